"""Pictures of letters as phones and desks show them, light and dark, by a headless Chromium."""

import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

SCHEMES = {"light": 1, "dark": 0}  # what the reader's system prefers, as Chromium counts it
WIDTHS = (360, 800)  # pixels of a phone's and a desk's window; both stand in one picture
HEIGHT = 2000
AT_ONCE = 2
SECONDS = 60
# Frames: as narrow as they should be, where Chromium makes no window so small.
FRAME = '<iframe src="{page}" width="{width}" height="{height}"></iframe>'
SHEET = "<!doctype html><style>* {{ margin: 0; border: 0 }} body {{ display: flex }}</style>{frames}"


def browser() -> str | None:
    """Where a Chromium is, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def picture(name: str, view: str) -> str:
    """The file of a letter's picture."""
    return f"{name}.{view}.png"


def photograph(chromium: str, folder: Path, names: Iterable[str]) -> None:
    """Each letter (NAME.html in the folder) in each view."""
    jobs = [(name, view) for name in names for view in SCHEMES]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(partial(_take, chromium, folder), jobs):
            pass


def _take(chromium: str, folder: Path, job: tuple[str, str]) -> None:
    name, view = job
    with TemporaryDirectory() as scratch:
        sheet = Path(scratch) / "sheet.html"
        page = (folder / f"{name}.html").resolve().as_uri()
        frames = "".join(FRAME.format(page=page, width=width, height=HEIGHT) for width in WIDTHS)
        sheet.write_text(SHEET.format(frames=frames), encoding="utf-8")
        command = (
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={scratch}/profile",
            f"--blink-settings=preferredColorScheme={SCHEMES[view]}",
            f"--window-size={sum(WIDTHS)},{HEIGHT}",
            f"--screenshot={(folder / picture(name, view)).resolve()}",
            sheet.as_uri(),
        )
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)

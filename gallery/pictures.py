"""Pictures of letters as phones and desks show them, light and dark, by a headless Chromium where there is one."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from gallery.chromium import started

WIDTHS = (360, 800)  # pixels of a phone's and a desk's window
VIEWS = tuple(f"{width}.{scheme}" for scheme in ("light", "dark") for width in WIDTHS)


def browser() -> str | None:
    """Where a Chromium is, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def picture(name: str, view: str) -> str:
    """The file of a letter's picture."""
    return f"{name}.{view}.png"


def photograph(chromium: str, folder: Path, names: Iterable[str]) -> None:
    """Each letter (NAME.html in the folder) in each view."""
    with started(chromium) as page:
        for name in names:
            for view in VIEWS:
                width, scheme = view.split(".")
                taken = page.picture(folder / f"{name}.html", int(width), scheme)
                (folder / picture(name, view)).write_bytes(taken)

"""python -m gallery [FOLDER]: writes each sample letter in each of its languages, pictures of it, and an index."""

import sys
from pathlib import Path

from gallery.letters import Letter, all_letters
from gallery.page import write_index
from gallery.pictures import browser, photograph


def main(folder: Path) -> None:
    """Text, HTML and mail of each letter; pictures of the English ones, where there is a browser."""
    (folder / "mails").mkdir(parents=True, exist_ok=True)
    letters = all_letters()
    for letter in letters:
        _write(folder / "mails", letter)
    chromium = browser()
    if chromium is None:
        print("no pictures: there is no chromium here (apt install chromium)")
    else:
        photograph(chromium, folder / "mails", [one.name for one in letters if one.language == "en"])
    write_index(folder, letters)
    print(f"{len(letters)} letters: {folder / 'index.html'}")


def _write(folder: Path, letter: Letter) -> None:
    (folder / f"{letter.name}.eml").write_bytes(letter.raw)
    (folder / f"{letter.name}.html").write_text(letter.html, encoding="utf-8")
    (folder / f"{letter.name}.txt").write_text(letter.text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "letters"))

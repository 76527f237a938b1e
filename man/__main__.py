"""python -m man: writes the pages into man1/ and man5/."""

from man.pages import PAGES

for path, make in PAGES.items():
    path.parent.mkdir(exist_ok=True)
    path.write_text(make(), encoding="utf-8")

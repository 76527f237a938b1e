"""index.html of the gallery: each letter once, with its languages, and its pictures where they were taken."""

import html
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from gallery.letters import Letter
from gallery.pictures import VIEWS, picture

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Letters of mailsla</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1200px; padding: 24px 16px }}
article {{ border-top: 1px solid #8886; padding: 12px 0 }}
h2 {{ font-size: 18px; margin: 0 }} p {{ margin: 4px 0; overflow-wrap: anywhere }}
.pictures {{ display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }}
.pictures img {{ border: 1px solid #8886; max-width: 100%; max-height: 480px }}
</style></head><body><h1>Letters of mailsla</h1>
<p>{count} letters with invented values. Made by <code>make letters</code>.</p>
{articles}</body></html>
"""


def write_index(folder: Path, letters: Sequence[Letter]) -> None:
    """The page; letters to customers first."""
    ordered = sorted(letters, key=lambda one: not one.customer)
    articles = [_article(folder, list(group)) for _, group in groupby(ordered, key=lambda one: one.case)]
    page = PAGE.format(count=len(letters), articles="\n".join(articles))
    (folder / "index.html").write_text(page, encoding="utf-8")


def _article(folder: Path, group: Sequence[Letter]) -> str:
    first = group[0]
    to = "to a customer" if first.customer else "to our people"
    links = " · ".join(
        f'{one.language}: <a href="mails/{one.name}.html">HTML</a> <a href="mails/{one.name}.txt">text</a>'
        f' <a href="mails/{one.name}.eml">mail</a>'
        for one in group
    )
    pictures = "".join(
        f'<a href="mails/{name}"><img loading="lazy" src="mails/{name}" alt="{first.case}, {view}"></a>'
        for view in VIEWS
        for one in group
        if (folder / "mails" / (name := picture(one.name, view))).exists()
    )
    subject = html.escape(first.subject)
    return (
        f'<article id="{first.case}"><h2>{first.case}</h2><p>{to}: <b>{subject}</b></p><p>{links}</p>'
        f'<div class="pictures">{pictures}</div></article>'
    )

"""A page that shows every mail of the week, in order, as its reader sees it."""

import html
from collections.abc import Sequence
from datetime import datetime, tzinfo
from email.header import decode_header, make_header
from pathlib import Path

from mailsla.demo.office import Posted, parts_of

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light"><title>A week with mailsla</title><style>
body{{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:760px;padding:24px 12px}}
body{{color:#1c2430;background:#f3f4f6}}
article{{background:#fff;border-radius:8px;margin:0 0 20px;padding:16px;border-left:6px solid #8aa3c4}}
article.in{{border-left-color:#d9a441}} h1{{font-size:24px}} h2{{font-size:16px;margin:0 0 4px;overflow-wrap:anywhere}}
p{{margin:0 0 8px;color:#55606e;font-size:14px}} pre{{white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}}
.letter{{border:1px solid #d5dae1;border-radius:4px;overflow-x:auto}}
</style></head><body><h1>A week with mailsla</h1>
<p>Yellow: what came in. Blue: what mailsla sent. The files are in <a href="mails/">mails/</a>.</p>
{articles}</body></html>
"""


def write_index(folder: Path, posted: Sequence[Posted], zone: tzinfo) -> Path:
    """index.html in the folder; mail content stands in it as text, or apart from the page's styles; no script runs."""
    path = folder / "index.html"
    path.write_text(PAGE.format(articles="\n".join(_article(one, zone) for one in posted)), encoding="utf-8")
    return path


def _article(posted: Posted, zone: tzinfo) -> str:
    mail = posted.mail
    at = f"{datetime.fromtimestamp(posted.at, zone):%a %d %b, %H:%M}"
    subject = html.escape(str(make_header(decode_header(str(mail["Subject"])))))
    from_to = html.escape(f"{make_header(decode_header(str(mail['From'])))} to {posted.to}")
    file = f"mails/{posted.number:02}-{'in' if posted.incoming else 'out'}.eml"
    parts = dict(parts_of(mail))
    if "text/html" in parts:
        # As high as its letter, which a frame is only by a script.
        letter = parts["text/html"].replace("</template", "&lt;/template")
        shown = f'<div class="letter"><template shadowrootmode="open">{letter}</template></div>'
    else:
        shown = f"<pre>{html.escape(parts.get('text/plain', ''))}</pre>"
    return (
        f'<article class="{"in" if posted.incoming else "out"}"><h2>{posted.number:02} {subject}</h2>'
        f'<p>{at} · {from_to} · <a href="{file}">file</a></p>{shown}</article>'
    )

"""Gmail: in the browser and its app for Android. The old mail stands in div.gmail_quote, below an attribution."""

import textwrap
from html import escape

from tests.clients.draft import Draft, dated, mail, sender, text_part, threaded, unique

_STYLE = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"


def web(draft: Draft) -> bytes:
    """In the browser: the signature behind "-- ", which is in the HTML too."""
    signature = draft.writer.signature
    new = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in draft.lines)
    text = "\n".join(draft.lines)
    if signature:
        text += "\n\n-- \n" + "\n".join(signature)
        new += (
            '<div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"'
            f' data-smartmail="gmail_signature"><div dir="ltr">{"<br>".join(map(escape, signature))}</div></div>'
        )
    at = draft.original.at if draft.original is not None else draft.at
    return _finished(draft, text, f'<div dir="ltr">{new}</div>', f"{at:%a, %b} {at.day}, {at:%Y at %I:%M}\u202f{at:%p}")


def app(draft: Draft) -> bytes:
    """On a phone, in British English: all on one line where it came from a link, for it knows no lines there."""
    text = draft.text if draft.original is not None else " ".join(draft.text.split())
    new = "".join(f'<div dir="auto">{escape(line) or "<br>"}</div>' for line in text.split("\n"))
    at = draft.original.at if draft.original is not None else draft.at
    return _finished(draft, text, f'<div dir="auto">{new}</div>', f"{at:%a}, {at.day} {at:%b %Y, %H:%M},")


def _finished(draft: Draft, text: str, new: str, when: str) -> bytes:
    old = draft.original
    page = new
    if old is not None:
        who = f"{when} {old.name}"
        text += f"\n\nOn {who} <{old.address}>\nwrote:\n\n{_marked(old.text)}"
        page += (
            '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f'On {escape(who)} &lt;<a href="mailto:{old.address}">{old.address}</a>&gt; wrote:<br></div>'
            f'<blockquote class="gmail_quote" style="{_STYLE}">{old.page}</blockquote></div>'
        )
    headers = [
        ("MIME-Version", "1.0"),
        *threaded(draft),
        ("From", sender(draft)),
        ("Date", dated(draft)),
        ("X-Gm-Features", f"AWmQ_b{unique(20)}"),
        ("Message-ID", f"<CAKx7{unique(30)}=+{unique(10)}@mail.gmail.com>"),
        ("Subject", draft.headed()),
        ("To", draft.to),
    ]
    coding = "7bit" if text.isascii() and max(map(len, text.split("\n"))) < 900 else "quoted-printable"
    parts = [
        text_part("text/plain", text, "UTF-8", coding),
        text_part("text/html", page, "UTF-8", "quoted-printable"),
    ]
    return mail(headers, parts, draft, f"000000000000{unique(16)}")


def _marked(text: str) -> str:
    """Quoted, and broken where a line is long."""
    lines = (piece for line in text.splitlines() for piece in textwrap.wrap(line, 74) or [""])
    return "".join(f"> {line}".rstrip() + "\n" for line in lines)

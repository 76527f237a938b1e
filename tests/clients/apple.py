"""Apple Mail on a Mac and on an iPhone: the old mail in blockquote[type=cite], which holds its attribution."""

from html import escape

from tests.clients.draft import Draft, dated, mail, narrowest, sender, text_part, threaded, unique

_HEAD = '<html aria-label="message body"><head><meta http-equiv="content-type" content="text/html; charset={}"></head>'
_BODY = '<body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">'


def macos(draft: Draft) -> bytes:
    """The signature stands above the quote, with nothing that would tell it from the text."""
    lines = [*draft.lines, *(("", *draft.writer.signature) if draft.writer.signature else ())]
    new = "<br>".join(map(escape, draft.lines))
    if draft.writer.signature:
        below = "".join(f"<div>{escape(line)}</div>" for line in draft.writer.signature)
        new += f'<br id="lineBreakAtBeginningOfMessage"><div><br>{below}</div>'
    mailer = [
        ("Mime-Version", r"1.0 (Mac OS X Mail 16.0 \(3826.200.121\))"),
        ("X-Mailer", "Apple Mail (2.3826.200.121)"),
    ]
    return _finished(draft, lines, new, mailer, "Apple-Mail=_")


def iphone(draft: Draft) -> bytes:
    """ "Sent from my iPhone" above the quote."""
    lines = [*draft.lines, "", "Sent from my iPhone"]
    new = "<br>".join(map(escape, draft.lines))
    new = f'<div dir="ltr">{new}</div><br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div>'
    mailer = [("Mime-Version", "1.0 (1.0)"), ("X-Mailer", "iPhone Mail (22B91)")]
    return _finished(draft, lines, new, mailer, "Apple-Mail-")


def _finished(draft: Draft, lines: list[str], new: str, mailer: list[tuple[str, str]], edge: str) -> bytes:
    old = draft.original
    text = "\n".join(lines) + "\n"
    page = new
    if old is not None:
        said = f"On {old.at.day} {old.at:%b %Y, at %H:%M}, {old.name} <{old.address}> wrote:"
        text += f"\n> {said}\n> \n" + "".join(f"> {line}".rstrip() + "\n" for line in old.text.splitlines())
        page += (
            f'<div><br><blockquote type="cite"><div>{escape(said)}</div><br class="Apple-interchange-newline">'
            f"<div>{old.page}</div></blockquote></div><br>"
        )
    charset = narrowest(text + page, "us-ascii")
    html = f"{_HEAD.format(charset)}{_BODY}{page}</body></html>"
    headers = [
        ("From", sender(draft)),
        *mailer,
        ("Subject", draft.headed()),
        ("Date", dated(draft)),
        ("Message-Id", f"<{unique(8)}-{unique(4)}-{unique(4)}-{unique(12)}@{draft.writer.domain}>".upper()),
        *threaded(draft),
        ("To", draft.to),
    ]
    parts = [
        text_part("text/plain", text, charset, "7bit" if charset == "us-ascii" else "quoted-printable"),
        text_part("text/html", html, charset, "quoted-printable"),
    ]
    return mail(headers, parts, draft, f"{edge}{unique(8)}-{unique(12)}".upper())

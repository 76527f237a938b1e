"""Outlook: for Windows, in English and in German, and on the web. The old mail stands below a block of its headers."""

import base64
from html import escape

from tests.clients.draft import Draft, Original, Part, dated, mail, narrowest, sender, text_part, threaded, unique

_ENGLISH = ("From", "Sent", "To", "Subject")
_GERMAN = ("Von", "Gesendet", "An", "Betreff")
_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_MONTHS = ("Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.")


def desktop(draft: Draft) -> bytes:
    """Outlook 2016 and later with an IMAP account: Word's HTML, the signature without any separator."""
    return _desktop(draft, _ENGLISH, "RE: ", "en-us", both=True)


def german(draft: Draft) -> bytes:
    """The same in German, an older version: In-Reply-To, and no References."""
    return _desktop(draft, _GERMAN, "AW: ", "de", both=False)


def web(draft: Draft) -> bytes:
    """Outlook on the web, Microsoft 365: a line of underscores above the headers, the signature in a div with an id."""
    old = draft.original
    lines = [*draft.lines, "", *draft.writer.signature] if draft.writer.signature else draft.lines
    text = "\n".join(lines) + "\n"
    page = "".join(
        f'<div class="elementToProof" style="font-family: Aptos, Calibri, sans-serif; font-size: 12pt;">'
        f"{escape(line) or '<br>'}</div>"
        for line in draft.lines
    )
    if draft.writer.signature:
        page += f'<div id="Signature">{"".join(f"<div>{_linked(line)}</div>" for line in draft.writer.signature)}</div>'
    if old is not None:
        text += f"\n{'_' * 32}\n" + "".join(f"{label}: {value}\n" for label, value in _block(old, _ENGLISH))
        text += f"\n{old.text}"
        block = "<br>".join(f"<b>{label}:</b> {escape(value)}" for label, value in _block(old, _ENGLISH))
        page += (
            '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
            '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">'
            f"{block}</font><div>&nbsp;</div></div>{old.page}"
        )
    host = f"{unique(8).upper()}.eurprd04.prod.outlook.com"
    headers = [
        ("From", sender(draft)),
        ("To", draft.to),
        ("Subject", draft.headed("Re: ")),
        ("Thread-Topic", draft.base_subject if draft.base_subject.isascii() else ""),
        ("Thread-Index", _thread_index()),
        ("Date", dated(draft)),
        ("Message-ID", f"<AM0PR04{unique(16).upper()}@{host}>"),
        *threaded(draft),
        ("Accept-Language", "en-GB, en-US"),
        ("Content-Language", "en-GB"),
        ("X-MS-Has-Attach", "yes" if draft.files else ""),
        ("x-ms-exchange-senderadcheck", "1"),
        ("MIME-Version", "1.0"),
    ]
    return mail(headers, _both_parts(text, f'<html><head></head><body dir="ltr">{page}</body></html>'), draft, _edge())


def _desktop(draft: Draft, labels: tuple[str, ...], prefix: str, language: str, *, both: bool) -> bytes:
    old = draft.original
    lines = [*draft.lines, *(("", *draft.writer.signature) if draft.writer.signature else ())]
    # Each paragraph of Word's becomes a line with an empty one below it; an empty paragraph a blank that breaks not.
    text = "".join(f"{line or chr(160)}\n\n" for line in lines)
    page = "".join(f"<p class=MsoNormal>{_linked(line) or '<o:p>&nbsp;</o:p>'}<o:p></o:p></p>\n" for line in lines)
    if old is not None:
        text += f"{chr(160)}\n\n" + "".join(f"{label}: {value} \n" for label, value in _block(old, labels))
        text += f"\n{chr(160)}\n\n{old.text}"
        block = "<br>".join(f"<b>{label}:</b> {escape(value)}" for label, value in _block(old, labels))
        page += (
            "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;"
            f"padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{block}<o:p></o:p></p></div></div>\n{old.page}"
        )
    html = (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>'
        '<meta name=Generator content="Microsoft Word 15 (filtered medium)"><style><!--\n'
        "p.MsoNormal, li.MsoNormal, div.MsoNormal {margin:0cm; font-size:11.0pt; font-family:Calibri,sans-serif;}\n"
        f"--></style></head><body lang={language.upper()} link=blue vlink=purple style='word-wrap:break-word'>"
        f"<div class=WordSection1>{page}</div></body></html>"
    )
    thread = [one for one in threaded(draft) if both or one[0] == "In-Reply-To"]
    headers = [
        ("From", sender(draft, quoted=True)),
        ("To", f"<{draft.to}>"),
        *thread,
        ("Subject", draft.headed(prefix)),
        ("Date", dated(draft)),
        ("Message-ID", f"<{unique(6)}01dc5c${unique(8)}${unique(8)}$@{draft.writer.domain}>"),
        ("MIME-Version", "1.0"),
        ("X-Mailer", "Microsoft Outlook 16.0"),
        ("Thread-Index", _thread_index()),
        ("Content-Language", language),
    ]
    return mail(headers, _both_parts(text, html), draft, _edge())


def _both_parts(text: str, html: str) -> list[Part]:
    return [
        text_part(kind, body, narrowest(body, "us-ascii", "iso-8859-1", "windows-1252"), "quoted-printable")
        for kind, body in (("text/plain", text), ("text/html", html))
    ]


def _block(old: Original, labels: tuple[str, ...]) -> list[tuple[str, str]]:
    address = old.answers_go_to
    if labels is _GERMAN:
        when = f"{_DAYS[old.at.weekday()]}, {old.at.day}. {_MONTHS[old.at.month - 1]} {old.at:%Y %H:%M}"
    else:
        when = f"{old.at:%A, %B} {old.at.day}, {old.at:%Y %I:%M %p}"
    return list(zip(labels, (f"{old.name} <{address}>", when, old.to, old.subject), strict=True))


def _linked(line: str) -> str:
    """Outlook makes links of addresses in a signature."""
    words = (f'<a href="mailto:{escape(w)}">{escape(w)}</a>' if "@" in w else escape(w) for w in line.split(" "))
    return " ".join(words)


def _thread_index() -> str:
    return base64.b64encode(bytes.fromhex(unique(44))).decode()


def _edge() -> str:
    return f"----=_NextPart_000_{unique(4).upper()}_01DC5C"

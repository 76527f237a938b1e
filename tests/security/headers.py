"""Header sets made to break a letter, and whether its bytes hold exactly the fields that were meant: three readings.

The first is our own of RFC 5322's lines, the second the standard library's, the third mail-parser's.
"""

import email
import random
import re
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from unicodedata import category, normalize

import mailparser

from mailsla.adapters.letters_mime import SUPPRESS, compose
from mailsla.core.letters import Enclosure, Envelope
from mailsla.errors import PermanentError

PIECES = (
    *("Where is my parcel", "Re: ", "\u00dcber die Lieferung", "\u5305\u88f9\u6ca1\u6709\u5230", "\U0001f4e6"),
    *("a" * 90, " ", "   ", "e\u0301"),
    *("\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example\n\nbody", "\r\n\r\n<script>", "\rX: y", "\r\n ", "\0"),
    *("\t",),
    *("\u2028Bcc: x", "\u2029", "\x85Bcc: eve@evil.example", "\x0b", "\x0c", "\x1c", "\ud800"),
    *("\udc0a", "\udcff", "\ud83d\ude00"),
    *("\u202egpj.exe", "\u2066", "\ufeff", "\xa0", "\u3000", "=?utf-8?q?=0D=0ABcc:_eve@evil.example?="),
    *("=?utf-8?b?DQpCY2M6IGU=?="),
    *("=?", "?=", '"', "\\", "\\\"", ",", ";", ":", "<", ">", "<eve@evil.example>", "(", ")", "@", "%0d%0a"),
    *("=0D=0A", "%s", "{{7*7}}"),
    *("Content-Type: text/html", "--=_", ".", "\r\n.\r\n", "MIME-Version: 1.0"),
)  # fmt: skip
NAMES = (
    "../../etc/passwd",
    "C:\\con",
    "/dev/null",
    "a.pdf",
    "\u202efdp.exe",
    "\u00fc" * 90 + ".txt",
    "x\0.pdf",
    "..",
    "",
    "aux.",
)
TYPES = (
    "application/pdf",
    "image/png",
    "text/html\r\nX: y",
    "message/rfc822",
    "multipart/mixed; boundary=x",
    "",
    "TEXT/Plain",
)
GOOD = (
    "ann@x.example",
    "Ann.Lee+tag=1@x.example",
    '"a b"@x.example',
    "a@[192.0.2.1]",
    "x@b\u00fccher.example",
    "a" * 60 + "@x.example",
)
BAD = (
    *("ann@x.example\r\nBcc: eve@evil.example", "ann@x.example, eve@evil.example", "ann@x.example\n", "\u00fc@x.y"),
    *("", "nobody", "a b@x.example", "<ann@x.example>"),
    *("ann@x.example\0", '"a\r\nb"@x.example', "ann@x.example;", "ann@b\u00fc..example"),
    *("a" * 400 + "@x",),
)  # fmt: skip
BAD_IDS = ("a b", "a>\r\nBcc: eve@evil.example", "", "\u00fc@x.example", "<a@b>", "a\0b", "x" * 901)
_UMLAUT, _PUNYCODE = "b\u00fccher", "xn--bcher-kva"
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]*): (.*)", re.DOTALL)
_PARSER = BytesParser()
_TURNS = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"}
_PARTS = {"content-type", "content-transfer-encoding", "content-disposition", "content-id"}


class Made:
    """One header set from the dice: what to compose, and what a reader must find."""

    def __init__(self, dice: random.Random) -> None:
        self.lawful = dice.random() > 0.05
        to = dice.choice(GOOD) if self.lawful else dice.choice(BAD)
        ids = [
            dice.choice(BAD_IDS) if dice.random() < 0.2 else _id(dice)
            for _ in range(dice.choice((0, 0, 1, 1, 1, 2, 2, 3, 3, 30)))
        ]
        files = [
            Enclosure(name=dice.choice(NAMES) + _text(dice), type=dice.choice(TYPES), content=b"x")
            for _ in range(dice.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 2)))
        ]
        inside = dice.random() < 0.3
        self.subject = _text(dice)
        self.kind = _text(dice)
        self.envelope = Envelope(
            from_name=_text(dice),
            from_email="support@acme.example",
            to_name=_text(dice),
            to_email=to,
            reply_to="support+k7q2m5x4t6w3p6r5n2b7c4d3fh@acme.example" if dice.random() < 0.8 else "",
            message_id=_id(dice),
            in_reply_to=ids[0] if ids else "",
            references=ids,
            date=dice.randrange(1_000_000_000, 2_000_000_000),
            auto_submitted=dice.choice(("", "auto-replied", "auto-generated")),
            list_id="reminder.acme.example" if inside else "",
            internal=(("X-mailsla-Kind", self.kind),) if inside else (),
            enclosures=files,
        )

    @property
    def intended(self) -> dict[str, str]:
        """Lower-case name -> what a person's mail program shows, for the fields that others' words enter."""
        envelope = self.envelope
        kept = [one for one in envelope.references if _carried(one)]
        meant = {
            "date": "",
            "from": f"{shown(envelope.from_name)}|support@acme.example",
            "to": f"{shown(envelope.to_name)}|{envelope.to_email.replace(_UMLAUT, _PUNYCODE)}",
            "subject": shown(self.subject),
            "message-id": f"<{envelope.message_id}>",
            "reply-to": f"|{envelope.reply_to}" if envelope.reply_to else "",
            "in-reply-to": f"<{envelope.in_reply_to}>" if _carried(envelope.in_reply_to) else "",
            "references": " ".join(f"<{one}>" for one in kept),
            "auto-submitted": envelope.auto_submitted,
            "x-auto-response-suppress": SUPPRESS if envelope.auto_submitted else "",
            "list-id": "<reminder.acme.example>" if envelope.list_id else "",
            "x-mailsla-kind": shown(self.kind) if envelope.internal else "",
            "content-language": "en",
            "mime-version": "1.0",
            "content-type": "",
        }
        always = {"date", "subject", "content-type", *(("x-mailsla-kind",) if envelope.internal else ())}
        return {name: value for name, value in meant.items() if value or name in always}


def fault(made: Made, *, second: bool) -> str:
    """What is wrong with the letter of a header set, "" when nothing is. `second`: mail-parser reads it, too."""
    try:
        raw = compose(made.envelope, "en", made.subject, "text\r\n.\r\nrest\rof it\n.\n", "<p>html</p>")
    except PermanentError as error:
        return f"a lawful letter is refused: {error.message}" if made.lawful else ""
    if not made.lawful:
        return f"written to {made.envelope.to_email!r}"
    meant = made.intended
    if wrong := bytes_fault(raw, frozenset(meant)):
        return wrong
    files = bool(made.envelope.enclosures)  # a parse of the parts compiles two patterns for each letter's boundary
    parsed = (
        email.message_from_bytes(raw) if files else _PARSER.parsebytes(raw.partition(b"\r\n\r\n")[0], headersonly=True)
    )
    for name, value in meant.items():
        if name not in ("date", "content-type") and (found := _shown_in(name, str(parsed[name]))) != value:
            return f"{name}: {found!r} instead of {value!r}"
    if files and (wrong := _parts_fault(parsed, len(made.envelope.enclosures))):
        return wrong
    return _second_fault(raw, meant) if second else ""


def bytes_fault(raw: bytes, names: frozenset[str]) -> str:
    """What is wrong with the bytes alone: line ends, lengths, fields that are not exactly these."""
    if b"\0" in raw or re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        return "a bare CR, LF or NUL"  # what SMTP smuggling (CVE-2023-51764) is made of
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        return "a line of over 998 octets"
    head = re.sub(rb"\r\n(?=[ \t])", b"", raw.partition(b"\r\n\r\n")[0])
    fields = [_FIELD.fullmatch(line) for line in head.split(b"\r\n")]
    found = [field[1].decode().lower() if field else "no field" for field in fields]
    if sorted(found) != sorted(names):
        return f"fields {sorted(found)} instead of {sorted(names)}"
    return ""


def _parts_fault(parsed: Message, files: int) -> str:
    parts = [part for part in parsed.walk() if part is not parsed]
    for part in parts:
        if strange := {name.lower() for name in part} - _PARTS:
            return f"a part with {strange}"
        name = part.get_filename() or ""
        if len(name) > 100 or re.search(r'[\x00-\x1f\x7f/\\"]', name) or name.startswith(".") or _TURNS & set(name):
            return f"a file called {name!r}"
    count = sum(part.get_filename() is not None for part in parts)
    return "" if count == files else f"{count} files instead of {files}"


def _second_fault(raw: bytes, meant: dict[str, str]) -> str:
    read = mailparser.parse_from_bytes(raw)
    names = sorted(name.lower() for name in read.headers)
    if names != sorted(meant):
        return f"mail-parser: fields {names} instead of {sorted(meant)}"
    if [address for _, address in read.to] != [meant["to"].rpartition("|")[2]]:
        return f"mail-parser: to {read.to!r} instead of {meant['to']!r}"
    if read.bcc or read.cc or " ".join(read.subject.split()) != normalize("NFC", meant["subject"]):
        return f"mail-parser: {read.subject!r} instead of {meant['subject']!r}, bcc {read.bcc!r}"
    return ""


def shown(text: str) -> str:
    """Any text as one line that can be shown: controls are blanks, marks that turn the direction are gone."""
    kept = ("" if c in _TURNS else " " if category(c) in ("Cc", "Zl", "Zp") or c == "\ufeff" else c for c in text)
    whole = "".join(kept).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(whole.split())


def _shown_in(name: str, value: str) -> str:
    value = re.sub(r"\r\n(?=[ \t])", "", value)
    if name in ("from", "to", "reply-to"):
        found = getaddresses([value])
        return " & ".join(f"{_decoded(phrase)}|{address}" for phrase, address in found)
    return _decoded(value) if name in ("subject", "x-mailsla-kind") else " ".join(value.split())


def _decoded(value: str) -> str:
    return str(make_header(decode_header(value))) if "=?" in value else value


def _carried(one: str) -> bool:
    return 0 < len(one) <= 900 and all("!" <= c <= "~" and c not in "<>" for c in one)


def _id(dice: random.Random) -> str:
    return f"{dice.getrandbits(40):x}.{'y' * dice.choice((0, 5, 200))}@x.example"


def _text(dice: random.Random) -> str:
    return "".join(dice.choice(PIECES) for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 6))))

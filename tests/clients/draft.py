"""What somebody typed, what they answer, and the parts that a mail client makes of it."""

import base64
import hashlib
import itertools
import quopri
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import Header
from email.policy import default
from email.utils import format_datetime, parseaddr
from html import escape

_numbers = itertools.count(1)
_PREFIX = re.compile(r"(?i)\A(?:(?:re|aw)\s*:\s*)+")
_BODY = re.compile(r"(?is)<body[^>]*>(.*)</body>")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who sits at the client. `signature`: the lines that it puts under each mail."""

    name: str
    email: str
    signature: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


class Original:
    """The mail that is answered, as its reader's client has it."""

    def __init__(self, raw: bytes) -> None:
        self._mail = message_from_bytes(raw, policy=default)
        self.name, self.address = parseaddr(self.header("From"))
        self.to = self.header("To")
        self.subject = self.header("Subject")
        self.message_id = self.header("Message-ID")
        self.at = datetime.strptime(self.header("Date")[:25].strip(), "%a, %d %b %Y %H:%M:%S").replace(tzinfo=UTC)
        self.text = self._part("plain")
        page = self._part("html")
        found = _BODY.search(page)
        self.page = found[1] if found else page or "<br>\n".join(map(escape, self.text.splitlines()))

    def header(self, name: str) -> str:
        return str(self._mail.get(name, ""))

    @property
    def answers_go_to(self) -> str:
        return parseaddr(self.header("Reply-To") or self.header("From"))[1]

    @property
    def references(self) -> str:
        """Of an answer to it (RFC 5322 section 3.6.4)."""
        return f"{self.header('References') or self.header('In-Reply-To')} {self.message_id}".strip()

    def _part(self, kind: str) -> str:
        part = self._mail.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail before "Send" is pressed. Without `original` it is a new one."""

    writer: Writer
    to: str
    subject: str
    text: str
    original: Original | None = None
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def base_subject(self) -> str:
        return _PREFIX.sub("", self.subject)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def headed(self, prefix: str = "Re: ") -> str:
        """The subject of an answer, or of the new mail."""
        return prefix + self.base_subject if self.original is not None else self.subject


Client = Callable[[Draft], bytes]


def reply(
    client: Client,
    writer: Writer,
    received: bytes,
    text: str,
    *,
    to: str = "",
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """The answer to a mail; `to`: an address that its reader picked in it, instead of where answers go."""
    original = Original(received)
    to = to or original.answers_go_to
    subject = original.subject
    return client(Draft(writer=writer, to=to, subject=subject, text=text, original=original, files=files or {}))


def write(client: Client, writer: Writer, to: str, subject: str, text: str) -> bytes:
    """A new mail, as one that a link of a letter opened."""
    return client(Draft(writer=writer, to=to, subject=subject, text=text))


def unique(length: int = 24) -> str:
    """Hexadecimal digits that no mail had before."""
    return hashlib.sha256(str(next(_numbers)).encode()).hexdigest()[:length]


@dataclass(frozen=True, slots=True)
class Part:
    """One part, with its header lines, as bytes."""

    head: str
    body: bytes


def text_part(content_type: str, text: str, charset: str, coding: str, more: str = "") -> Part:
    """`coding`: 7bit, 8bit, quoted-printable or base64. `more`: header lines behind the Content-Type."""
    raw = text.encode(charset)
    coded = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(coding, bytes)(raw)
    return Part(f'{content_type}; charset="{charset}"{more}\nContent-Transfer-Encoding: {coding}', coded)


def narrowest(text: str, *charsets: str) -> str:
    """The first charset that can write the text, else UTF-8."""
    for charset in charsets:
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            continue
        return charset
    return "utf-8"


def mail(headers: Sequence[tuple[str, str]], parts: Sequence[Part], draft: Draft, boundary: str) -> bytes:
    """The finished mail: its text in one or in alternative parts, with the files behind it."""
    body = parts[0] if len(parts) == 1 else _multipart("alternative", parts, f"{boundary}a")
    if draft.files:
        files = [_file(name, content) for name, content in draft.files.items()]
        body = _multipart("mixed", [body, *files], f"{boundary}m")
    lines = [f"{name}: {_encoded(name, value)}" for name, value in headers if value]
    head = "\n".join([*lines, f"Content-Type: {body.head}"])
    whole = head.encode("ascii") + b"\n\n" + body.body
    return whole.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def threaded(draft: Draft) -> Iterator[tuple[str, str]]:
    """In-Reply-To and References, where it is an answer."""
    if draft.original is not None:
        yield "In-Reply-To", draft.original.message_id
        yield "References", draft.original.references


def dated(draft: Draft) -> str:
    return format_datetime(draft.at)


def sender(draft: Draft, *, quoted: bool = False) -> str:
    """From; Outlook `quoted` writes quotation marks that nobody needs."""
    name = draft.writer.name
    name = f'"{name}"' if quoted and name.isascii() else str(Header(name).encode())
    return f"{name} <{draft.writer.email}>"


def _encoded(name: str, value: str) -> str:
    return Header(value, "utf-8").encode() if name == "Subject" and not value.isascii() else value


def _multipart(kind: str, parts: Sequence[Part], boundary: str) -> Part:
    pieces = b"".join(
        f"--{boundary}\nContent-Type: {part.head}\n\n".encode() + part.body.rstrip(b"\n") + b"\n\n" for part in parts
    )
    return Part(f'multipart/{kind};\n\tboundary="{boundary}"', pieces + f"--{boundary}--\n".encode())


def _file(name: str, content: bytes) -> Part:
    head = f'application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n'
    return Part(f'{head}Content-Disposition: attachment; filename="{name}"', base64.encodebytes(content))

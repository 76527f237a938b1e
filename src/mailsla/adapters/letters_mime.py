"""A letter's bytes (RFC 5322, 2045 to 2047, 2183, 2231): header fields built and checked here, the parts put together.

Written out by hand: the standard library's generators cost 1 to 6 ms a letter, and draw their boundaries at random.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from mailsla.adapters.letters_values import one_line
from mailsla.core.letters import Enclosure, Envelope
from mailsla.errors import PermanentError

SUPPRESS = "DR, RN, NRN, OOF, AutoReply"  # not "All": Exchange would drop bounces [MS-OXCMAIL 2.1.3.2.20]
_LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_SEVEN_BIT = bytes([9, 10, *range(32, 127)])  # without controls, though RFC 2045 section 2.7 has most of them
_FEW = 1.1  # of the length: a text of a whole other script as references is what spam filters know from spam
_LINE = 76
_LINE_FITS = r"[^\r]{1,998}\r"
_FRAME = len("=?utf-8?b??=")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+"
_ADDRESS = re.compile(rf'(?:{_ATOM}|"(?:[ !#-\[\]-~]|\\[ -~])+")@(?:[A-Za-z0-9.-]+|\[[0-9A-Za-z.:]+\])')
_ID = re.compile(r"[!-;=?-~]{1,900}")  # what stands between < and >
_TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
# A name, and printable lines of ASCII, none over the limit, of which only the first may be blank.
_FIELD = re.compile(
    r"(?=LINE)[A-Za-z][A-Za-z0-9-]*: [\t -~]*\r\n(?:(?=LINE)[\t ][\t -~]*[!-~][\t ]*\r\n)*".replace("LINE", _LINE_FITS)
)
_OWN_FIELD = re.compile(r"X-mailsla-[A-Za-z-]+")

Fields = list[tuple[str, str]]


def compose(envelope: Envelope, language: str, subject: str, text: str, html: str) -> bytes:
    """The whole mail with CRLF lines: text first, then HTML with its pictures, then the other enclosures.

    Raises PermanentError when a field can't be written safely, or reads back otherwise than it was meant.
    """
    boundary = "=_" + hashlib.sha256(envelope.message_id.encode()).hexdigest()[:24]  # nobody can guess it
    pictures = [file for file in envelope.enclosures if file.content_id and file.type.startswith("image/")]
    files = [file for file in envelope.enclosures if file not in pictures]
    page = _html_part(html)
    if pictures:
        page = _multipart('related; type="text/html"', f"{boundary}r", [page, *map(_picture, pictures)])
    kind, content = _multipart("alternative", f"{boundary}a", [_text_part(text), page])
    if files:
        kind, content = _multipart("mixed", f"{boundary}m", [(kind, content), *map(_file, files)])
    fields = [*_fields(envelope, language, subject), ("MIME-Version", "1.0"), *kind]
    return _checked(fields) + b"\r\n" + content


def _fields(envelope: Envelope, language: str, subject: str) -> Fields:
    date = format_datetime(datetime.fromtimestamp(envelope.date, UTC))
    fields = [
        ("Date", date),
        ("From", _mailbox(envelope.from_name, envelope.from_email)),
        ("To", _mailbox(envelope.to_name, envelope.to_email)),
        ("Subject", _unstructured("Subject", subject)),
        ("Message-ID", f"<{_own_id(envelope.message_id)}>"),
    ]
    if envelope.reply_to:
        fields.append(("Reply-To", f"<{_address(envelope.reply_to)}>"))
    # Ids of other people's mails: one that can't be written safely is no use as a reference either.
    if _ID.fullmatch(envelope.in_reply_to):
        fields.append(("In-Reply-To", f"<{envelope.in_reply_to}>"))
    if references := [f"<{one}>" for one in envelope.references if _ID.fullmatch(one)]:
        fields.append(("References", "\r\n ".join(references)))
    if envelope.auto_submitted:
        fields.append(("Auto-Submitted", _token(envelope.auto_submitted)))
        fields.append(("X-Auto-Response-Suppress", SUPPRESS))
    if envelope.list_id:
        fields.append(("List-Id", f"<{_own_id(envelope.list_id)}>"))
    if envelope.unsubscribe:
        fields.append(("List-Unsubscribe", f"<mailto:{_address(envelope.unsubscribe)}?subject=unsubscribe>"))
    for name, value in envelope.internal:
        if not _OWN_FIELD.fullmatch(name):
            raise PermanentError(f"letter {envelope.message_id}: {name!r} is no field of mail to agents")
        fields.append((name, _unstructured(name, value)))
    fields.append(("Content-Language", _token(language.replace("_", "-"))))
    return fields


def _checked(fields: Fields) -> bytes:
    """The header block. Each field must be one by RFC 5322 section 2.2, so that it reads back exactly as meant."""
    lines = [f"{name}: {value}\r\n" for name, value in fields]
    if broken := [name for (name, _), line in zip(fields, lines, strict=True) if not _reads_back(name, line)]:
        raise PermanentError(f"a letter's header would not read back as meant: {', '.join(broken)}; it is not sent")
    return "".join(lines).encode("ascii")


def _reads_back(name: str, line: str) -> bool:
    """Whether the line is a field; the grammar of folded ones, which costs ten times as much, is for those alone."""
    plain = name.replace("-", "").isalpha() and line.isascii() and line[:-2].isprintable()
    return (plain and len(line) <= _LONGEST_LINE) or _FIELD.fullmatch(line) is not None


@lru_cache(maxsize=64)
def _checked_part(fields: tuple[tuple[str, str], ...]) -> bytes:
    """The same for a part, whose fields are mostly those of the last letter's."""
    return _checked(list(fields))


def _unstructured(name: str, text: str) -> str:
    """Free text: folded at spaces if it is plain, else as encoded words (RFC 2047)."""
    text = " ".join(one_line(text).split())
    plain = text.isascii() and "=?" not in text and all(len(word) < _LINE for word in text.split(" "))
    return _folded(text, len(name) + 2) if plain else _encoded(text, len(name) + 2)


def _folded(text: str, used: int) -> str:
    lines, line = [], ""
    for word in text.split(" "):
        if line and used + len(line) + 1 + len(word) > _LINE:
            lines.append(line)
            line, used = word, 1
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _encoded(text: str, used: int) -> str:
    """Encoded words of whole characters on lines of at most 76; `used`: columns of the first line that are taken."""
    chunks, chunk = [], b""
    room = (_LINE - used - _FRAME) // 4 * 3
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > room:
            chunks.append(chunk)
            chunk, room = b"", (_LINE - 1 - _FRAME) // 4 * 3
        chunk += encoded
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in (*chunks, chunk))


def _mailbox(name: str, address: str) -> str:
    name = " ".join(one_line(name).split())
    if not name:
        return f"<{_address(address)}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    if name.isascii() and "=?" not in name and len(escaped) < _LINE - len('From: ""'):
        return f'"{escaped}"\r\n <{_address(address)}>'
    return f"{_encoded(name, len('From: '))}\r\n <{_address(address)}>"


def _address(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if at and not domain.isascii():
        try:
            address = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError as error:
            raise PermanentError(f"no domain to write to: {domain!r}") from error
    if len(address) > 320 or not _ADDRESS.fullmatch(address):
        raise PermanentError(f"no address that a header can carry: {address!r}", "correct the address")
    return address


def _own_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise PermanentError(f"no id that a header can carry: {value!r}")
    return value


def _token(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", value):
        raise PermanentError(f"no word that a header can carry: {value!r}")
    return value


Part = tuple[Fields, bytes]


def _text_part(text: str) -> Part:
    # A bare CR stays one in quoted-printable text, and servers differ in whether it ends a line (SMTP smuggling).
    lines = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return _typed("plain", "quoted-printable", binascii.b2a_qp(_with_crlf(lines), istext=True))


def _html_part(text: str) -> Part:
    """As it is where a mail can carry that, with a few other letters as references (&#8364;).

    The page is markup for the most part, which quoted-printable bloats.
    """
    page = text.encode("ascii", "xmlcharrefreplace")
    few = len(page) < len(text) * _FEW
    if few and not page.translate(None, _SEVEN_BIT) and max(map(len, page.split(b"\n"))) <= _LONGEST_LINE:
        return _typed("html", "7bit", page.replace(b"\n", b"\r\n"))
    return _typed("html", "quoted-printable", binascii.b2a_qp(_with_crlf(text), istext=True))


def _with_crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _typed(subtype: str, encoding: str, body: bytes) -> Part:
    return [("Content-Type", f"text/{subtype}; charset=utf-8"), ("Content-Transfer-Encoding", encoding)], body


def _multipart(subtype: str, boundary: str, parts: Sequence[Part]) -> Part:
    def pieces() -> Iterator[bytes]:
        for fields, body in parts:
            yield f"--{boundary}\r\n".encode()
            yield _checked_part(tuple(fields))
            yield b"\r\n" + body + b"\r\n"
        yield f"--{boundary}--\r\n".encode()

    return [("Content-Type", f'multipart/{subtype};\r\n boundary="{boundary}"')], b"".join(pieces())


def _picture(file: Enclosure) -> Part:
    fields, body = _enclosed(file, "inline")
    return [*fields, ("Content-ID", f"<{_own_id(file.content_id)}>")], body


def _file(file: Enclosure) -> Part:
    return _enclosed(file, "attachment")


def _enclosed(file: Enclosure, disposition: str) -> Part:
    kind = file.type.lower()
    fields = [
        # A type that we do not take for one (or a nested mail, which must not be encoded) goes as plain bytes.
        ("Content-Type", kind if _TYPE.fullmatch(kind) else "application/octet-stream"),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"{disposition};\r\n {_filename(file.name)}"),
    ]
    return fields, base64.encodebytes(file.content).replace(b"\n", b"\r\n")


def _filename(name: str) -> str:
    """The parameter (RFC 2231 where it is not plain), without path and control characters, at most 100 characters."""
    name = re.sub(r'[\\/"]', "_", " ".join(one_line(name).split())).strip(". ") or "file"
    stem, dot, suffix = name.rpartition(".")
    if len(name) > 100:
        name = f"{stem[: 99 - len(suffix)]}.{suffix}" if dot and len(suffix) < 10 else name[:100]
    if name.isascii():
        return f'filename="{name}"'
    encoded = quote(name, safe="", encoding="utf-8")
    if len(encoded) < _LINE - 20:
        return f"filename*=utf-8''{encoded}"
    pieces = re.findall(r"(?:%..|[^%]){1,40}", encoded)
    return ";\r\n ".join(
        f"filename*{number}*={chr(39).join(('utf-8', '', piece)) if number == 0 else piece}"
        for number, piece in enumerate(pieces)
    )

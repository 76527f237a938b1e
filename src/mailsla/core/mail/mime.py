"""The MIME tree of a mail by offsets into its bytes: bounded, without recursion into hostile depth (RFC 2046).

The standard library's parser takes seconds to minutes on hostile structures; this one looks at each byte once a
level and stops at its limits. Parts are offsets, so that 50 MB are not copied.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value

from mailsla.core.mail import headers as h
from mailsla.core.mail.limits import LIMITS, Limits

_GUESS = re.compile(rb"\n--([^\s-][^\r\n]{0,199}?|-[^\r\n]{1,199}?)[ \t]*\r?\n[!-9;-~]+[ \t]*:")
_AFTER = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_UU_BEGIN = re.compile(rb"(?:(?<=\n)|\A)(begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n)(?=[!-M])")
_UU_END = re.compile(rb"\n(?:[` ]\r?\n)?end[ \t]*(?=\r?\n|\Z)")
_PATH = re.compile(r"[/\\:]")


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree. `path` is "1.2" ("1" for a mail that is no multipart), the body is raw[start:end].

    `type` is the media type in lower case, `disposition` "inline", "attachment", another word or "".
    """

    path: str
    headers: h.Headers
    type: str
    charset: str
    disposition: str
    filename: str
    start: int
    end: int
    children: tuple["Part", ...] = ()

    def leaves(self) -> Iterator["Part"]:
        """The parts without children, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def payload(self, raw: bytes) -> bytes:
        """The body decoded from its Content-Transfer-Encoding; what can't be decoded is kept as it is."""
        return transfer_decoded(raw[self.start : self.end], self.headers.first("content-transfer-encoding"))


class _Walk:
    """One pass over one mail: the limits are of the whole mail, not of a level."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.limits = limits
        self.parts = 0
        self.problems: dict[str, None] = {}

    def part(self, head: h.Headers, end: int, path: str, depth: int, default: str) -> Part:
        fields = _Fields(head)
        kind, start = fields.type(default), head.body
        self.parts += 1
        for problem in head.problems:
            self.problems[problem] = None
        children: tuple[Part, ...] = ()
        if kind.startswith("multipart/"):
            if depth >= self.limits.depth:
                self.problems[f"nested over {self.limits.depth} levels, the rest is not read"] = None
                kind = "application/octet-stream"
            else:
                children = self.children(fields, kind, start, end, path, depth)
                if not children:
                    self.problems["a multipart without parts is read as text"] = None
                    kind = "text/plain"
        elif kind == "text/plain" and fields.disposition() != "attachment" and _is_identity(head):
            children = tuple(self.uuencoded(fields.charset(), start, end, path))
        return Part(
            path=path or "1",
            headers=head,
            type=kind,
            charset=fields.charset(),
            disposition=fields.disposition(),
            filename=fields.filename(self.limits.name_chars),
            start=start,
            end=end,
            children=children,
        )

    def children(self, fields: "_Fields", kind: str, start: int, end: int, path: str, depth: int) -> tuple[Part, ...]:
        boundary = fields.boundary()
        spans = list(self.spans(boundary, start, end)) if boundary else []
        if not spans and (guess := _GUESS.search(self.raw, max(start - 1, 0), min(end, start + 64 * 1024))):
            self.problems["the boundary of a multipart is guessed"] = None
            spans = list(self.spans(guess[1], start, end))
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        found: list[Part] = []
        for number, (first, last) in enumerate(spans, 1):
            head = h.split(self.raw, first, last, self.limits)
            found.append(self.part(head, last, f"{path}.{number}" if path else str(number), depth + 1, inner))
        return tuple(found)

    def uuencoded(self, charset: str, start: int, end: int, path: str) -> Iterator[Part]:
        """The files that old programs put into the text itself, and the texts around them; nothing where none is."""
        at = start
        for first, last, name in _uu_blocks(self.raw, start, end, self.limits.parts - self.parts):
            file = h.Headers((("content-transfer-encoding", b"x-uuencode"),), first, ())
            yield self.inside(_PLAIN, at, first, path, charset)
            yield self.inside(file, first, last, path, charset, name)
            at = last
        if at > start:
            yield self.inside(_PLAIN, at, end, path, charset)

    def inside(self, head: h.Headers, start: int, end: int, path: str, charset: str, name: str = "") -> Part:
        """A part that no MIME delimits: a text, or a file where it has a name."""
        self.parts += 1
        path = f"{path}.{self.parts}" if path else str(self.parts)
        if not name:
            return Part(path, head, "text/plain", charset, "", "", start, end)
        name = clean_name(h.decode_words(name), self.limits.name_chars)
        return Part(path, head, "application/octet-stream", "", "attachment", name, start, end)

    def spans(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        """(start, end) of each body part between the delimiter lines, until the closing one or a limit."""
        delimiter = b"\n--" + boundary
        first, count = -1, 0
        at = start - 1 if self.raw.startswith(delimiter[1:], start, end) else self.raw.find(delimiter, start, end)
        while at != -1:
            after = _AFTER.match(self.raw, at + len(delimiter), end)
            if after is None:
                at = self.raw.find(delimiter, at + len(delimiter), end)
                continue
            if first != -1:
                yield first, self._before(first, at)
                count += 1
            if after[1]:
                return
            if self.parts + count >= self.limits.parts:
                self.problems[f"over {self.limits.parts} parts, the rest is not read"] = None
                return
            first = after.end()
            # The line end of this delimiter may be that of the next one.
            at = self.raw.find(delimiter, first - 1, end)
        if first != -1:
            self.problems["a multipart has no closing boundary"] = None
            yield first, end

    def _before(self, first: int, at: int) -> int:
        """The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1); `at` is its LF."""
        return max(at - 1 if self.raw[at - 1 : at] == b"\r" else at, first)


_PLAIN = h.Headers((), 0, ())


def _is_identity(head: h.Headers) -> bool:
    return head.first("content-transfer-encoding").strip().lower() in ("", "7bit", "8bit", "binary")


def _uu_blocks(raw: bytes, start: int, end: int, most: int) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of each "begin 644 name" to "end" whose first line is of the length that it promises."""
    at = start
    for _ in range(most):
        found = _UU_BEGIN.search(raw, at, end) if raw.find(b"begin ", at, end) != -1 else None
        closing = _UU_END.search(raw, found.end() - 1, end) if found else None
        if found is None or closing is None:
            return
        line = raw[found.end() : raw.find(b"\n", found.end())].rstrip(b"\r")
        at = closing.end()
        if line and len(line) >= 1 + (((line[0] - 32) & 63) * 8 + 5) // 6:
            yield found.start(1), closing.end(), found[2].decode("utf-8", "replace")


class _Fields:
    """The Content-* headers of one part, by the standard library's parameter reader behind our bounds."""

    def __init__(self, head: h.Headers) -> None:
        self.message = Message()
        for name in ("content-type", "content-disposition"):
            if value := head.first(name):
                # 4 KB: reading parameters takes quadratic time (8,000 of them 15 s).
                self.message[name] = h.clean(value)[:4096]

    def type(self, default: str) -> str:
        value = str(self.message.get("content-type", "")).partition(";")[0].strip().lower()
        if value == "text":
            return "text/plain"
        match = _TYPE.match(value)
        if match:
            return match[0]
        return "text/plain" if value or default == "text/plain" else default

    def _param(self, name: str, header: str = "content-type") -> str:
        try:
            value = self.message.get_param(name, "", header)
            return str(collapse_rfc2231_value(value) if value else "")
        except (LookupError, ValueError, TypeError, AttributeError):
            return ""

    def boundary(self) -> bytes:
        return self._param("boundary").rstrip().encode("utf-8", "surrogateescape")[:250]

    def charset(self) -> str:
        return self._param("charset")[:60]

    def disposition(self) -> str:
        return str(self.message.get("content-disposition", "")).partition(";")[0].strip().lower()

    def filename(self, bound: int) -> str:
        name = self._param("filename", "content-disposition") or self._param("name")
        return clean_name(h.decode_words(name), bound) if name else ""


def clean_name(name: str, bound: int = LIMITS.name_chars) -> str:
    """A file name without path, control characters or leading dots, at most `bound` characters, its ending kept."""
    name = _PATH.split(h.clean(name.encode("utf-8", "replace").decode("utf-8")))[-1].strip().lstrip(".")
    if len(name) > bound:
        stem, dot, ending = name.rpartition(".")
        keep = dot + ending if stem and len(ending) <= 10 else ""
        name = name[: bound - len(keep)] + keep
    return name


def walk(raw: bytes, limits: Limits = LIMITS, start: int = 0) -> tuple[Part, tuple[str, ...]]:
    """The tree of the mail in raw[start:] and the problems met. Never raises; message/* parts are leaves."""
    state = _Walk(raw, limits)
    head = h.split(raw, start, len(raw), limits)
    return state.part(head, len(raw), "", 0, "text/plain"), tuple(state.problems)


def transfer_decoded(data: bytes, encoding: str) -> bytes:
    """The bytes behind a Content-Transfer-Encoding (RFC 2045 section 6); damage costs no more than itself."""
    match encoding.strip().lower().rstrip(";"):
        case "base64":
            return _base64(data)
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uudecoded(data)
        case _:
            return data


def _base64(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except binascii.Error:
        core = _NOT_BASE64.sub(b"", data)
        core = core[: len(core) - 1] if len(core) % 4 == 1 else core
        return base64.b64decode(core + b"=" * (-len(core) % 4))


def _uudecoded(data: bytes) -> bytes:
    lines = iter(data.splitlines())
    if not any(line.startswith(b"begin ") for line in lines):
        return data
    out: list[bytes] = []
    for line in lines:
        if line.strip() == b"end":
            break
        out.append(_uuline(line))
    return b"".join(out)


def _uuline(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad the line: take what its first character promises.
        promised = (((line[0] - 32) & 63) * 4 + 5) // 3 + 1
    try:
        return binascii.a2b_uu(line[:promised])
    except binascii.Error:
        return b""


def content(raw: bytes, path: str, limits: Limits = LIMITS) -> bytes | None:
    """The decoded bytes of the part at `path` (as in `Attachment.part`), None when there is none."""
    root, _ = walk(raw, limits)
    return next((leaf.payload(raw) for leaf in root.leaves() if leaf.path == path), None)

"""The body text of a MIME tree: which parts are the body, in which form, and which are attachments."""

from dataclasses import dataclass

from mailsla.core.mail import charset
from mailsla.core.mail.limits import Limits
from mailsla.core.mail.mime import Part
from mailsla.core.mail.text import from_html

_STUB_CHARS = 300


@dataclass(frozen=True, slots=True)
class Body:
    """`text` is all of it; `marked` the same with HTML quotes behind "> "; `parts` the paths that it came from."""

    text: str
    marked: str
    html_only: bool
    parts: frozenset[str]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One thing said once: its plain form, its HTML form, or both (multipart/alternative)."""

    plain: tuple[Part, ...] = ()
    html: tuple[Part, ...] = ()


def is_text(part: Part) -> bool:
    """Whether a leaf can be body text: text/plain or text/html that is neither attached nor a named file."""
    if part.type not in ("text/plain", "text/html") or part.disposition == "attachment":
        return False
    return not part.filename or (part.disposition in ("", "inline") and part.type == "text/plain" and part.path == "1")


def _pieces(part: Part) -> list[_Piece]:
    if not part.children:
        if not is_text(part):
            return []
        return [_Piece(plain=(part,))] if part.type == "text/plain" else [_Piece(html=(part,))]
    inner = [piece for child in part.children for piece in _pieces(child)]
    if part.type != "multipart/alternative" or not inner:
        return inner
    plain = tuple(leaf for piece in inner for leaf in piece.plain)
    html = tuple(leaf for piece in inner for leaf in piece.html)
    # Apple Mail puts a whole multipart/mixed beside the plain text: both forms stay whole.
    return [_Piece(plain, html)]


class _Reader:
    """Decodes parts under the one budget of the mail."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.left = limits.text_chars
        self.html_left = limits.html_chars
        self.problems: dict[str, None] = {}

    def decoded(self, part: Part) -> str:
        text, problem = charset.decode(part.payload(self.raw), part.charset)
        if problem:
            self.problems[problem] = None
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    def plain(self, parts: tuple[Part, ...]) -> str:
        texts: list[str] = []
        for part in parts:
            text = self.decoded(part)
            if len(text) > self.left:
                self.problems["the text is over its limit and read in part"] = None
            text = text[: self.left]
            self.left -= len(text)
            texts.append(text)
        return "\n".join(texts)

    def html(self, parts: tuple[Part, ...]) -> tuple[str, str]:
        texts: list[str] = []
        marked: list[str] = []
        for part in parts:
            html = self.decoded(part)
            if len(html) > self.html_left:
                self.problems["the HTML is over its limit and read in part"] = None
            html = html[: self.html_left]
            self.html_left -= len(html)
            found = from_html(html)
            texts.append(found.text)
            marked.append(found.marked)
        return "\n".join(texts), "\n".join(marked)


def read(raw: bytes, root: Part, limits: Limits) -> Body:
    """The body of a tree. Plain text is preferred, unless it is empty or a stub beside much more HTML."""
    reader = _Reader(raw, limits)
    texts: list[str] = []
    marked: list[str] = []
    used: set[str] = set()
    html_only = True
    for piece in _pieces(root):
        used.update(part.path for part in (*piece.plain, *piece.html))
        plain = reader.plain(piece.plain)
        quoted = plain
        if piece.html and _is_stub(plain, piece):
            text, with_marks = reader.html(piece.html)
            if len(text) > 2 * len(plain.strip()):
                plain, quoted = text, with_marks
            else:
                html_only = False
        elif plain.strip():
            html_only = False
        if plain.strip():
            texts.append(plain)
            marked.append(quoted)
    return Body(
        text="\n".join(texts).strip("\n"),
        marked="\n".join(marked).strip("\n"),
        html_only=html_only and bool(texts),
        parts=frozenset(used),
        problems=tuple(reader.problems),
    )


def _is_stub(plain: str, piece: _Piece) -> bool:
    """Nothing, or "your program can't show HTML": little text beside at least ten times as many bytes of HTML."""
    length = len(plain.strip())
    return length == 0 or (length < _STUB_CHARS and sum(p.end - p.start for p in piece.html) > 10 * length + 2000)

"""The text part's lines: at most 72 columns, quotes of customers' words, label and value (RFC 3676 section 4)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import quote

WIDTH = 72
FOOTER = "-- "  # the signature line of RFC 3676 section 4.3; mail programs cut what follows from quotes
_WOULD_MISLEAD = (">", "From ", "-- ")  # read as a quote, an mbox separator, a footer
# Letters of the west, dashes, quotation marks, the euro sign: nearly all there is, and none is wide or without width.
_ONE_EACH = re.compile(r"[ -\xac\xae-\u02ff\u2010-\u2027\u20ac]*")
_WRAPS = (60, 80)  # columns at which mail programs break lines
_STANDS_ALONE = re.compile(r"\s|[-*•–>|]|\d{1,3}[.)]\s")  # an indented line, an item of a list, a quote
# No line is broken where French has its spaces: before : ; ? !, inside « », and in "18 h 42".
_BREAKS = re.compile(r"(?:[^\S\u00a0\u202f]|(?<!«)[\u00a0\u202f](?![:;?!»\d]|h\b))+")
_LEAST_ROOM = 14  # columns that the first column of several needs to be read
_HTML_COST = 12  # encoded bytes that one character takes at most: four UTF-8 bytes, each "=XX"


def columns(text: str) -> int:
    """How many columns a terminal gives to the text."""
    if text.isascii() or _ONE_EACH.fullmatch(text):
        return len(text)
    return sum(map(_columns_of, text))


@lru_cache(maxsize=8192)
def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int = WIDTH, first: str = "", rest: str = "") -> Iterator[str]:
    """One line as lines of at most `width` columns; `first` and `rest` stand before the first and the others.

    A word that does not fit is cut, but an address of the web stays whole: cut in two it leads nowhere.
    """
    if columns(first) + columns(text) <= width:
        yield first + " ".join(_words(text))
        return
    line, used, start = first, columns(first), True
    for word, size in _pieces(text, width - max(columns(first), columns(rest))):
        if not start and used + 1 + size > width:
            yield line
            line, used, start = rest, columns(rest), True
        line, used = (line + word, used + size) if start else (f"{line} {word}", used + 1 + size)
        start = False
    yield line.rstrip()


def _words(text: str) -> list[str]:
    """What a line may be broken between."""
    if "\u00a0" not in text and "\u202f" not in text:
        return text.split()
    return [word for word in _BREAKS.split(text) if word]


def _pieces(text: str, room: int) -> Iterator[tuple[str, int]]:
    """The words with their columns, those that do not fit in pieces."""
    for word in _words(text):
        if (size := columns(word)) <= room or "://" in word:
            yield word, size
            continue
        piece, used = "", 0
        for character in word:
            size = _columns_of(character)
            if used + size > room:
                yield piece, used
                piece, used = "", 0
            piece, used = piece + character, used + size
        yield piece, used


def quoted(text: str) -> str:
    """Somebody's words with "| " before each line; the blank lines inside them stay."""
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        lines.extend(wrapped(line, first="| ", rest="| ") if line.strip() else ["|"])
    return "\n".join(lines)


def prose(text: str) -> str:
    """A person's text as paragraphs of hard lines, none of which a mail program takes for a quote or a footer."""
    lines: list[str] = []
    for line in unwrapped(text.strip("\n").splitlines()):
        lines.extend([_guarded(line.rstrip())] if columns(line) < WIDTH else map(_guarded, wrapped(line, WIDTH - 1)))
    return "\n".join(lines)


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a text, each as its lines."""
    blocks = re.split(r"\n\s*\n", "\n".join(unwrapped(text.strip().splitlines())))
    return [block.splitlines() for block in blocks if block.strip()]


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Lines as they were written, before the writer's mail program broke them at its 60 to 80 columns.

    A break is the program's where the next word had no more room in the widest line; any other one is the writer's.
    """
    widest = max(map(columns, lines), default=0)
    if not _WRAPS[0] <= widest <= _WRAPS[1]:
        return list(lines)
    whole: list[str] = []
    last = ""  # the line before, as it stood
    for line in lines:
        word = line.split(" ", 1)[0]
        full = columns(last) > widest // 2 and columns(last) + 1 + columns(word) > widest
        if full and word and not _STANDS_ALONE.match(line):
            whole[-1] = f"{whole[-1].rstrip()} {line}"
        else:
            whole.append(line)
        last = line.rstrip()
    return whole


def table(rows: Sequence[tuple[str, str]], indent: str = "") -> str:
    """Label and value in two columns; a long value goes on below itself, one with a very long word below its label."""
    side = max((columns(label) for label, _ in rows), default=0) + 2
    room = WIDTH - side - len(indent)
    lines: list[str] = []
    for label, value in rows:
        first, rest = indent + label + " " * (side - columns(label)), indent + " " * side
        if columns(value) > room and any(columns(word) > room for word in _words(value)):
            lines += [first.rstrip()] if label else []
            first = rest = f"{indent}  "
        lines.extend(wrapped(value, first=first, rest=rest))
    return "\n".join(lines)


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Several columns with their names above: the first from the left, cut to its room, the others from the right.

    Where these alone leave it no room, each row becomes its first value with the others named below it.
    """
    every = [header, *rows] if header else list(rows)
    widths = [max(columns(row[place]) for row in every) for place in range(1, len(every[0]))]
    room = min(max(columns(row[0]) for row in every), WIDTH - sum(widths) - 2 * len(widths))
    if room < _LEAST_ROOM and header and room < max(columns(row[0]) for row in every):
        return "\n".join(f"{row[0]}\n{table(list(zip(header[1:], row[1:], strict=True)), '  ')}" for row in rows)
    lines: list[str] = []
    for row in every:
        first, *more = list(wrapped(row[0], room)) or [""]
        rest = "".join("  " + " " * (width - columns(cell)) + cell for width, cell in zip(widths, row[1:], strict=True))
        lines += [first + " " * (room - columns(first)) + rest, *more]
    return "\n".join(line.rstrip() for line in lines)


def promise(label: str, value: str, notes: Sequence[str] = ()) -> str:
    """The promised time on lines of its own: the label with its colon, then the value and its notes."""
    return "\n".join([f"    {label}", *(f"      {line}" for line in (value, *notes) if line)])


def marker(text: str, name: str = "") -> str:
    """The first line of mail to our people: `text` with its %(name)s, between "=== " and " ===", cut to the width.

    Replies are cut at a line of this shape, so it is one line in every language.
    """
    line = f"=== {text % {'name': name}} ==="
    if name and (over := columns(line) - WIDTH) > 0:
        line = f"=== {text % {'name': name[: -over - 1].rstrip() + '…'}} ==="
    return line


def mailto(address: str, subject: str, body: str) -> str:
    """A link that opens a filled draft (RFC 6068); "" where a mail client would spoil the address (letters.md 5).

    All mail links are made here: one recipient, a subject, a body, and nothing unencoded that a client could misread.
    """
    if not address or "+" in address:
        return ""
    local, _, domain = address.rpartition("@")
    to, about, text = (quote(part, safe="") for part in (local, subject, body))
    return f"mailto:{to}@{domain}?subject={about}&body={text}"


def bar(share: float) -> str:
    """A share as ten characters: "[###-------]"."""
    filled = min(max(int(share * 10), 0), 10)
    return f"[{'#' * filled}{'-' * (10 - filled)}]"


@lru_cache(maxsize=16)
def listed(items: tuple[str, ...]) -> str:
    """Commands side by side, broken between them, never inside."""
    lines, line = [], ""
    for item in items:
        if line and columns(line) + 2 + columns(item) > WIDTH:
            lines.append(line)
            line = item
        else:
            line = f"{line}  {item}" if line else item
    return "\n".join([*lines, line])


def shortened(text: str, budget: int = 36_000) -> str:
    """The beginning of a text that stays within so many encoded bytes (Gmail clips large mails)."""
    if len(text) * _HTML_COST <= budget:
        return text
    used = 0
    for position, character in enumerate(text):
        used += 1 if character.isascii() and character not in "&<>\"'=" else _HTML_COST
        if used > budget:
            return text[:position].rstrip()
    return text


def settled(text: str) -> str:
    """The finished text part: no line over the width, none that misleads, no two blank lines, a newline at the end."""
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        if line == FOOTER:
            lines.append(line)
            continue
        line = line.rstrip()
        if columns(line) > WIDTH:
            indent = line[: len(line) - len(line.lstrip())]
            lines.extend(_guarded(part) for part in wrapped(line, WIDTH - 1, indent, indent))
        elif line or (lines and lines[-1]):
            lines.append(_guarded(line))
    return "\n".join(lines) + "\n"


def _guarded(line: str) -> str:
    return f" {line}" if line.startswith(_WOULD_MISLEAD) else line

"""What a template may print: content values cleaned of control characters before any template sees them."""

import dataclasses
from collections.abc import Hashable, Mapping
from functools import cache
from typing import TypeVar

T = TypeVar("T")

_LINES = frozenset({"text", "signature", "answer", "note"})  # fields that keep their line breaks
_LONGEST_NAME = 40
_PLAIN = frozenset({type(None), bool, int, float})

# Controls (C0, C1), line separators, and the marks that turn the order of characters and so hide what is written.
_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF}
_ONE_LINE: dict[int, str | None] = {**dict.fromkeys(_CONTROLS, " "), **dict.fromkeys(_TURNS, None)}
_MANY_LINES = {**_ONE_LINE, 0x0A: "\n"}


def one_line(text: str) -> str:
    """Without controls and line breaks; lone surrogates, which no mail can carry, become U+FFFD."""
    if text.isascii() and text.isprintable():  # almost all there is
        return text
    return _encodable(text.translate(_ONE_LINE))


def many_lines(text: str) -> str:
    """Without controls, lines ended by a newline alone."""
    return _encodable(text.replace("\r\n", "\n").replace("\r", "\n").translate(_MANY_LINES))


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cleaned(value: T) -> T:
    """A content value with every text in it cleaned; what is no text stays as it is."""
    result: object = _cleaned(value, lines=False)
    return result  # type: ignore[return-value]  # the same shape, text for text


def _cleaned(value: object, lines: bool) -> object:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, str):
        return many_lines(value) if lines else one_line(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(item, lines=False) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_cleaned(item, lines=False) for item in value)
    if not (fields := _fields_of(kind)):  # type: ignore[arg-type]  # every class is hashable; mypy doubts type[object]
        return value
    return kind(**{name: _cleaned(getattr(value, name), lines) for name, lines in fields})


@cache
def _fields_of(kind: Hashable) -> tuple[tuple[str, bool], ...]:
    """The fields of a content class, and whether each keeps its line breaks; none of what is no such class."""
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
        return ()
    return tuple((field.name, field.name in _LINES) for field in dataclasses.fields(kind))


def greetable(name: str) -> str:
    """The name if a letter may greet by it (letters.md section 1: letters, space, '-. and at most 40), else ""."""
    name = " ".join(name.split())
    fits = name[:1].isalpha() and all(character.isalpha() or character in " '-." for character in name)
    return name if fits and len(name) <= _LONGEST_NAME else ""

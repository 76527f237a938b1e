"""Reads and writes files of labelled texts: CSV with the columns text and category (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mailsla.errors import PermanentError

COLUMNS = ("text", "category")
LONGEST = 1_000_000  # characters of one field
MOST_CATEGORIES = 300  # more are no categories, but numbers or texts
_ENOUGH = 20  # rows, from which on more categories than texts are no contradictions
_SEPARATORS = (",", ";", "\t")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SHAPE = "its first line must name the columns text and category, as in: text,category"


@dataclass(frozen=True, slots=True)
class Labelled:
    """The rows (text, category) of a file. `latin`: it was no UTF-8, and taken for Windows-1252; `skipped`: the
    numbers of lines where text or category is empty."""

    rows: Sequence[tuple[str, str]]
    latin: bool = False
    skipped: Sequence[int] = ()


def read(path: Path) -> Labelled:
    """All of a file, or PermanentError with what is wrong with it."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PermanentError(f"{path} can't be read: {error.strerror}") from error
    text, latin = _decoded(raw, path)
    if not text.strip():
        raise PermanentError(f"{path} is empty", _SHAPE)
    rows, skipped = _rows(text, path)
    if not rows:
        raise PermanentError(f"{path} has no row with a text and a category", _SHAPE)
    _check_columns(rows, path)
    return Labelled(rows, latin, skipped)


def write(file: TextIO, rows: Iterable[tuple[str, str]]) -> None:
    """As `read` reads them."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def _decoded(raw: bytes, path: Path) -> tuple[str, bool]:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text, latin = raw.decode(encoding), False
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise PermanentError(f"{path} begins as {encoding}, but is not", "save it as UTF-8") from error
        text, latin = raw.decode("cp1252", "replace"), True
    if "\0" in text:
        raise PermanentError(f"{path} is no text: it holds null characters", "save it as CSV in UTF-8")
    return text, latin


def _rows(text: str, path: Path) -> tuple[list[tuple[str, str]], list[int]]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[str, str]] = []
    skipped: list[int] = []
    places: tuple[int, int] | None = None
    columns = 0
    try:
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if places is None:
                places, columns = _places(fields, path), len(fields)
                continue
            if any(field.strip() for field in fields[columns:]):
                raise csv.Error(f"it has {len(fields)} fields, the first line {columns}")
            said, category = (fields[place].strip() if place < len(fields) else "" for place in places)
            if said and category:
                rows.append((said, category))
            else:
                skipped.append(reader.line_num)
    except csv.Error as error:
        raise PermanentError(
            f"{path}, line {reader.line_num}: {error}", "quote a text that holds a quote or comma"
        ) from error
    return rows, skipped


def _check_columns(rows: Sequence[tuple[str, str]], path: Path) -> None:
    """Labels are never deleted, so a column that was taken for another is refused before it makes any."""
    texts, categories = (len({row[place] for row in rows}) for place in (0, 1))
    if categories > MOST_CATEGORIES or (len(rows) >= _ENOUGH and categories > texts):
        raise PermanentError(
            f"{path} has {categories} categories for {texts} texts: the column category seems to hold something else",
            f"name the columns by what they hold; there may be {MOST_CATEGORIES} categories",
        )


def _places(header: Sequence[str], path: Path) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        there = ", ".join(name[:40] for name in names[:8])
        raise PermanentError(f"{path} has no column {' and '.join(missing)}; it has: {there}", _SHAPE)
    return names.index("text"), names.index("category")

"""Between rows and the core's values: a table, a dataclass, and columns named as its fields."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import Field, fields
from operator import attrgetter
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Table


class _Value(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=_Value)
X = TypeVar("X")

SLICE = 512  # values in one IN list, a power of two: both databases bound the number of parameters


class Rows(Generic[T]):
    """Reads and writes values of the dataclass `kind` in `table`.

    `columns` is what to select for `read`; `write` gives the values of a row without its id, which the database gives.
    """

    def __init__(self, table: Table, kind: type[T]) -> None:
        names = tuple(field.name for field in fields(kind))
        self.table = table
        self._kind = kind
        self._names = names
        self._written = tuple(name for name in names if name != "id")
        self._get = attrgetter(*self._written)
        self.columns: tuple[ColumnElement[Any], ...] = tuple(table.c[name] for name in names)

    def read(self, row: Iterable[Any]) -> T:
        """A selected row as a value."""
        return self._kind(**dict(zip(self._names, row, strict=True)))

    def read_optional(self, row: Iterable[Any] | None) -> T | None:
        """The same for a row that may be absent."""
        return None if row is None else self.read(row)

    def read_all(self, rows: Iterable[Iterable[Any]]) -> list[T]:
        """All of a result."""
        return [self.read(row) for row in rows]

    def write(self, value: T) -> dict[str, Any]:
        """A value as the parameters of an INSERT or UPDATE."""
        return dict(zip(self._written, self._get(value), strict=True))


def slices(items: Sequence[X]) -> Iterator[list[X]]:
    """The items in IN lists of at most SLICE."""
    for start in range(0, len(items), SLICE):
        yield in_list(items[start : start + SLICE])


def in_list(items: Sequence[X]) -> list[X]:
    """Filled up with the last one to a power of two, which changes nothing of what IN finds.

    A list of another length is another statement, and each connection keeps 256 of them prepared, at up to 70 kB each:
    a list that grows with the open tickets would take tens of MB.
    """
    if not items:
        return []
    return [*items, *[items[-1]] * ((1 << (len(items) - 1).bit_length()) - len(items))]

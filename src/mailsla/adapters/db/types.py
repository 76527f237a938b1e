"""Column types that mean the same on SQLite and PostgreSQL, and refuse what one of them would bend."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator

# A 64-bit key; SQLite gives numbers by itself only to a column that is called exactly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")

E = TypeVar("E", bound=StrEnum)


class EpochSeconds(TypeDecorator[int]):
    """An instant: integer seconds since the epoch, UTC (sla.md section 1). Floats, bools and datetimes are refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """The value as it is, or TypeError."""
        if value is not None and type(value) is not int:
            raise TypeError(f"an instant is an int of epoch seconds, not {type(value).__name__}: {value!r}")
        return value


class MailText(TypeDecorator[str]):
    """Text that may come out of a mail.

    PostgreSQL holds no NUL and neither database holds a lone surrogate; each becomes U+FFFD, so that a mail can always
    be stored. The raw bytes are kept beside it.
    """

    impl: type[String] = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The value, storable."""
        if value is None:
            return None
        if "\0" in value:
            value = value.replace("\0", "\ufffd")
        if not value.isascii():
            value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return value


class MailName(MailText):
    """The same as a VARCHAR: a name that is asked for as it stands in a mail."""

    impl = String
    cache_ok = True


class Named(TypeDecorator[E], Generic[E]):
    """A member of a StrEnum, kept as its value; a value that the enum doesn't know raises ValueError."""

    impl = String
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Its value."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> E | None:
        """The member."""
        return None if value is None else self.enum(value)


class Document(TypeDecorator[Mapping[str, object]]):
    """A JSON object."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, object] | None, dialect: Dialect) -> dict[str, object] | None:
        """A dict, since the JSON encoder takes no other Mapping."""
        return None if value is None else dict(value)


class Items(TypeDecorator[tuple[Any, ...]]):
    """A tuple of strings or numbers as a JSON array."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> list[Any] | None:
        """A list."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:
        """A tuple."""
        return None if value is None else tuple(value)

"""INSERT ... ON CONFLICT: one statement in the words of each dialect; "not twice" is a unique key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

InsertInto = Callable[[Table], sqlite.Insert]
Statement = Insert | ReturningInsert[Any]


def upsert(build: Callable[[InsertInto], Statement]) -> Mapping[str, Statement]:
    """The statement that `build` makes with a dialect's own insert(), by the name of the dialect.

    The two inserts are different classes with the same methods; `build` is written once, for either.
    """
    return {
        "sqlite": build(sqlite.insert),
        "postgresql": build(cast(InsertInto, postgresql.insert)),
    }


def insert_new(connection: Connection, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert row by row with a DO NOTHING statement that returns the id; the ids of those that were new, in order.

    One by one, since neither database promises the order of what a multi-row INSERT returns.
    """
    ids = (connection.execute(statement, row).scalar_one_or_none() for row in rows)
    return [new_id for new_id in ids if new_id is not None]

"""Many rows at once into an empty database: for generated history, which is made anew when a crash spoils it."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from sqlalchemy import insert

from mailsla.adapters.db import schema
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.rows import Rows
from mailsla.core.access.recipients import mailbox_of
from mailsla.core.model import (
    Breach,
    ClockRow,
    Correction,
    Customer,
    Event,
    Letter,
    Message,
    Moment,
    Notice,
    Promise,
    Ticket,
)
from mailsla.core.triage.labels import Label

FIRST_OF_ALL: tuple[type[Any], ...] = (Customer, Ticket, Notice, Letter, Message)  # others refer to them
_TABLES: dict[type[Any], Rows[Any]] = {
    Customer: Rows(schema.customers, Customer),
    Ticket: Rows(schema.tickets, Ticket),
    Notice: Rows(schema.notices, Notice),
    Letter: Rows(schema.letters, Letter),
    Message: Rows(schema.messages, Message),
    Event: Rows(schema.events, Event),
    ClockRow: Rows(schema.clocks, ClockRow),
    Breach: Rows(schema.breaches, Breach),
    Correction: Rows(schema.corrections, Correction),
    Promise: Rows(schema.promises, Promise),
    Moment: Rows(schema.moments, Moment),
    Label: Rows(schema.labels, Label),
}


class BulkWriter:
    """A context manager; each `write` is a transaction."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._connection = self._engine.connect()

    def __enter__(self) -> "BulkWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()
        self._engine.dispose()

    def write(self, values: Iterable[Any]) -> None:
        """Insert values of the core; one with an id keeps it."""
        groups: dict[type[Any], list[dict[str, Any]]] = {kind: [] for kind in FIRST_OF_ALL}
        for value in values:
            groups.setdefault(type(value), []).append(_row(value))
        with self._connection.begin():
            for kind, rows in groups.items():
                if rows:
                    self._connection.execute(insert(_TABLES[kind].table), rows)

    def numbered_up_to(self, number: int) -> None:
        """The next ticket gets the number after this one."""
        with self._connection.begin():
            self._connection.execute(insert(schema.counters), {"name": "ticket", "value": number})


def _row(value: Any) -> dict[str, Any]:
    row = _TABLES[type(value)].write(value)
    if number := getattr(value, "id", 0):
        row["id"] = number
    match value:
        case Notice():
            row["address"] = value.recipient.lower()
        case Letter():
            row |= {"address": mailbox_of(value.recipient), "blanked": not value.content}
    return row

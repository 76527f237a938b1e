"""A list of any length is asked for by one of few statements: each connection keeps its last 256 prepared."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.rows import SLICE
from mailsla.adapters.db.store import SqlStore, SqlUnitOfWork
from mailsla.core.model import Event, NoticeState
from mailsla.ports.store import UnitOfWork
from tests.contracts.values import NOW, new_ticket

LENGTHS = range(1, 33)
FEW = 6  # of 1, 2, 4, 8, 16 and 32

LISTS: dict[str, Callable[[UnitOfWork, Sequence[int], Sequence[str]], object]] = {
    "intake.marked": lambda uow, ids, _: uow.intake.marked(ids),
    "tickets.get_all": lambda uow, ids, _: uow.tickets.get_all(ids),
    "tickets.customers_by_email": lambda uow, _, names: uow.tickets.customers_by_email(names),
    "tickets.messages_by_id": lambda uow, ids, _: uow.tickets.messages_by_id(ids),
    "tickets.attachments_of": lambda uow, ids, _: uow.tickets.attachments_of(ids),
    "tickets.posted_of": lambda uow, ids, _: uow.tickets.posted_of(ids),
    "tickets.tickets_by_message_ids": lambda uow, _, names: uow.tickets.tickets_by_message_ids(names),
    "tickets.events_of": lambda uow, ids, _: uow.tickets.events_of(ids),
    "clocks.of_tickets": lambda uow, ids, _: uow.clocks.of_tickets(ids),
    "clocks.fired_of": lambda uow, ids, _: uow.clocks.fired_of(ids),
    "clocks.promises_of": lambda uow, ids, _: uow.clocks.promises_of(ids),
    "outbox.settle_notices": lambda uow, ids, _: uow.outbox.settle_notices(ids, NoticeState.RENDERED),
    "outbox.automatic": lambda uow, ids, names: uow.outbox.automatic(names, ids, NOW),
    "outbox.internal_to": lambda uow, _, names: uow.outbox.internal_to(names, NOW),
    "display.forget": lambda uow, ids, _: uow.display.forget(ids),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_that_grow_take_few_statements(sqlite_url: str, name: str) -> None:
    statements = set[str]()
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        uow = SqlUnitOfWork(connection)

        @event.listens_for(connection, "before_cursor_execute")
        def note(_on: Connection, _cursor: Any, statement: str, *_: Any) -> None:
            statements.add(statement)

        for length in LENGTHS:
            LISTS[name](uow, range(1, length + 1), [f"kim{number}@example.org" for number in range(length)])
    engine.dispose()
    assert 0 < len(statements) <= FEW


@pytest.mark.parametrize("absent", [0, 2, SLICE])
def test_a_list_of_any_length_finds_each_row_once(store: SqlStore, absent: int) -> None:
    with store.begin() as uow:
        tickets = [new_ticket(uow) for _ in range(3)]
        opened = {"at": NOW, "recorded_at": NOW, "type": "opened", "actor": "mailsla"}
        uow.tickets.add_events([Event(ticket_id=one, **opened) for one in tickets])
        found = uow.tickets.events_of([*range(-absent, 0), *tickets])
        assert [len(events) for events in found.values()] == [*[0] * absent, 1, 1, 1]

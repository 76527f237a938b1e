"""The contract of what happened in a stretch of time: half-open, by team, without what was no complaint or is void."""

from dataclasses import replace

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Breach, Correction, Instant, Status
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.days import Day
from tests.contracts.values import NOW, new_ticket


def changed(uow: UnitOfWork, **changes: object) -> int:
    number = new_ticket(uow)
    ticket = uow.tickets.get(number)
    assert ticket is not None
    uow.tickets.update(replace(ticket, **changes))  # type: ignore[arg-type]  # names of its own fields
    return number


def missed(uow: UnitOfWork, ticket: int, at: Instant) -> int:
    version = uow.clocks.version("policy", "standard", "hash", {}, NOW)
    breach = Breach(
        ticket_id=ticket,
        policy_version=version.id,
        metric="resolution",
        cycle=1,
        target_version=1,
        target=3600,
        breached_at=at,
        recorded_at=at,
        tzdata="2026a",
    )
    assert uow.clocks.add_breach(breach)
    return uow.clocks.breaches(ticket)[-1].id


def test_each_is_counted_where_it_fell(store: SqlStore) -> None:
    with store.begin() as uow:
        assert uow.days.counted(NOW, NOW + 60) == Day({}, {}, {})
        for team, at in (
            ("repairs", NOW),
            ("repairs", NOW + 59),
            ("repairs", NOW + 60),
            (None, NOW),
            ("money", NOW - 1),
        ):
            changed(uow, team=team, received_at=at, resolved_at=at + 60)
        for status in (Status.VOID, Status.MERGED):
            changed(uow, status=status, received_at=NOW, resolved_at=NOW)
        late = changed(uow, team="money", received_at=NOW - 99)
        missed(uow, late, NOW)
        annulled = missed(uow, late, NOW + 1)
        correction = Correction(breach_id=annulled, kind="annulled", cause="calendar", at=NOW, actor="mailsla")
        uow.clocks.correct(correction)
        missed(uow, late, NOW + 60)
        assert uow.days.counted(NOW, NOW + 60) == Day({"repairs": 2, "": 1}, {"money": 1}, {"money": 1})
        assert uow.days.counted(NOW + 60, NOW + 120) == Day({"repairs": 1}, {"repairs": 2, "": 1}, {"money": 1})

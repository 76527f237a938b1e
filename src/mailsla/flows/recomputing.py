"""Clocks computed anew from their events: after other calendars or time zone data, or because a person asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailsla.core.model import ENDED, ClockRow, Instant, Moment, Ticket
from mailsla.flows.looking import by_reference
from mailsla.flows.services import Services
from mailsla.flows.steps.agreeing import agree_anew
from mailsla.flows.steps.clocks import clocks_of, rows_of
from mailsla.flows.steps.terms import agreements_of
from mailsla.flows.steps.work import SYSTEM, TicketWork
from mailsla.ports.store import UnitOfWork

PAGE = 200  # tickets read at once


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock that is cached otherwise than it is replayed; None: it is not there. `before` is what is cached."""

    before: ClockRow | None
    after: ClockRow | None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What computing a ticket anew changes. `policies`: the names of its agreements before and after."""

    ticket: Ticket
    clocks: Sequence[Moved]
    policies: tuple[Sequence[str], Sequence[str]] = ((), ())


def recompute_due(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """Moment `recompute` of a ticket: its calendar or the time zone data changed. A due time that moves is an event."""
    ticket = uow.tickets.get(int(moment.key))
    if ticket is None:
        return
    cached = uow.clocks.of_ticket(ticket.id)
    reason = "tzdata" if any(row.tzdata != services.tzdata for row in cached) else "calendar"
    work = TicketWork(uow, services, ticket, now)
    for moved in _moved(cached, _replayed(work)):
        before, after = moved.before, moved.after
        if before is not None and after is not None and before.due is not None and before.due != after.due:
            data = {"metric": after.metric, "cycle": after.cycle, "from": before.due, "due": after.due}
            beside = {"track": after.track} if after.track else {}
            work.record("due_moved", SYSTEM, {**data, "reason": reason, "tzdata": services.tzdata, **beside})
    work.save(cause=reason)


def recompute(services: Services, reference: str | None, *, dry_run: bool) -> Iterator[Reckoned]:
    """Each ticket, or the one named, whose clocks are cached otherwise than its events say; written unless dry."""
    for ticket in _tickets(services, reference, ended=True):
        with services.store.begin() as uow:
            work = TicketWork(uow, services, ticket, services.now())
            moved = _moved(uow.clocks.of_ticket(ticket.id), _replayed(work), still=True)
            if not moved:
                continue
            if not dry_run:
                work.save(cause="recompute")
                uow.commit()
        yield Reckoned(ticket, moved)


def apply_open(services: Services, actor: str, *, dry_run: bool) -> Iterator[Reckoned]:
    """Each open ticket that other versions of the policies count for than those it was opened under."""
    for ticket in _tickets(services, None, ended=False):
        with services.store.begin() as uow:
            work = TicketWork(uow, services, ticket, services.now())
            before, names = _replayed(work), _names(uow, services, ticket)
            if not agree_anew(work, actor):
                continue
            moved = _moved(before, _replayed(work))
            after = _names(uow, services, work.ticket)
            if not dry_run:
                work.save()
                uow.commit()
        yield Reckoned(ticket, moved, (names, after))


def _tickets(services: Services, reference: str | None, *, ended: bool) -> Iterator[Ticket]:
    """Those that a person means, oldest first."""
    if reference is not None:
        with services.store.begin() as uow:
            ticket = by_reference(uow, reference)
        yield ticket
        return
    after = 0
    while True:
        with services.store.begin() as uow:
            page = uow.tickets.page(after, PAGE)
        for ticket in page:
            if ended or ticket.status not in ENDED:
                yield ticket
        if not page:
            return
        after = page[-1].id


def _replayed(work: TicketWork) -> list[ClockRow]:
    uow, services, ticket = work.uow, work.services, work.ticket
    clocks = clocks_of(uow, services, ticket, work.now, work.events)
    return rows_of(services, ticket, clocks, agreements_of(uow, services, ticket))


def _names(uow: UnitOfWork, services: Services, ticket: Ticket) -> list[str]:
    return [f"{one.policy.name} (version {one.version})" for one in agreements_of(uow, services, ticket).values()]


def _moved(before: Sequence[ClockRow], after: Sequence[ClockRow], *, still: bool = False) -> list[Moved]:
    """The clocks that differ, in order. `still`: in what does not change while time passes; else in what a person sees
    of them.
    """
    old = {(row.track, row.metric, row.cycle): row for row in before}
    new = {(row.track, row.metric, row.cycle): row for row in after}
    pairs = [Moved(old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new))]
    return [one for one in pairs if _facts(one.before, still) != _facts(one.after, still)]


def _facts(row: ClockRow | None, still: bool) -> tuple[object, ...]:
    """What is compared: of a clock that runs, elapsed is that of the last look."""
    if row is None:
        return ()
    facts = (row.policy, row.state, row.target, row.target_version, row.due, row.breached_at, row.stopped_at)
    return (*facts, row.started_at, row.last_due, row.tzdata) if still else facts

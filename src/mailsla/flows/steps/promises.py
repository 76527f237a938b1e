"""The times that letters state to a customer, what became of them, and how we say that we were closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from mailsla.core.letters import Acknowledgement, Closed, Content, DelayNotice, Promised, Relay, RelayCopy, Update
from mailsla.core.model import Event, Instant, Notice, Promise, PromiseState, Status, Ticket
from mailsla.core.sla.calendar import ClosedDate
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.promises import Delay, delays, settled, told_to_customers
from mailsla.core.sla.terms import Metric
from mailsla.flows.services import Services
from mailsla.flows.steps.terms import Agreement, agreement_of
from mailsla.ports.store import UnitOfWork

MAKE_PROMISES = (Acknowledgement, Relay, DelayNotice, Update)
MakesPromises: TypeAlias = Acknowledgement | Relay | DelayNotice | Update
STATED = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)


def stated_promises(clocks: Sequence[Clock], now: Instant) -> tuple[Promised, ...]:
    """What is promised: the due of each clock that runs, rounded to the later five minutes; nothing that has passed.

    Of several agreements (a contract and a statute) the one that is due first is what we promise.
    """
    first: dict[Metric, Promised] = {}
    for clock in clocks:
        if clock.metric not in STATED or clock.due is None or clock.due <= now:
            continue
        date_only = clock.target.seconds is None
        until = clock.due if date_only else told_to_customers(clock.due)
        if clock.metric not in first or until < first[clock.metric].until:
            first[clock.metric] = Promised(metric=clock.metric.value, until=until, date_only=date_only)
    return tuple(first.values())


def as_promised(promise: Promise) -> Promised:
    """A stored promise as a letter states it."""
    return Promised(metric=promise.metric, until=promise.until, date_only=promise.date_only)


@dataclass(frozen=True, slots=True)
class Given:
    """A time that an agent gives the customer, in their words."""

    promised: Promised
    reason: str
    by: str


def given_by_agent(data: Mapping[str, object]) -> Given | None:
    """The promise that a notice carries for an agent; None where it carries none."""
    given = data.get("promise")
    if not isinstance(given, Mapping):
        return None
    promised = Promised(metric=str(given["metric"]), until=int(given["until"]))
    return Given(promised, str(given["reason"]), str(given["by"]))


def state_promises(uow: UnitOfWork, stated: Sequence[tuple[Notice, Content, int]], now: Instant) -> None:
    """Keep the times that letters state to customers: of each its notice, what it says, and its id."""
    making = [
        one
        for one in stated
        if isinstance(one[1], MAKE_PROMISES) and not isinstance(one[1], RelayCopy) and one[0].ticket_id is not None
    ]
    tickets = {notice.ticket_id for notice, _, _ in making if notice.ticket_id is not None}
    known = uow.clocks.promises_of(sorted(tickets)) if tickets else {}
    made: list[Promise] = []
    for notice, content, letter_id in making:
        if notice.ticket_id is not None and isinstance(content, MAKE_PROMISES):
            new = _new_promises(known[notice.ticket_id], notice.ticket_id, notice, content, letter_id, now)
            known[notice.ticket_id] += new
            made += new
    uow.clocks.add_promises(made)


def _new_promises(
    stored: Sequence[Promise], ticket_id: int, notice: Notice, content: MakesPromises, letter_id: int, now: Instant
) -> list[Promise]:
    """Those that this letter is the first to state: one that says again what stands makes no new promise."""
    known = {(one.metric, one.until, one.date_only) for one in stored if one.state is PromiseState.OPEN}
    agent = given_by_agent(notice.data)
    made = []
    for one in content.promises:
        if (one.metric, one.until, one.date_only) in known:
            continue
        by_agent = agent is not None and agent.promised == one
        made.append(
            Promise(
                ticket_id=ticket_id,
                metric=one.metric,
                until=one.until,
                date_only=one.date_only,
                stated_at=now,
                letter_id=letter_id,
                made_by=agent.by if agent is not None and by_agent else "",
                reason=agent.reason if agent is not None and by_agent else "",
            )
        )
    return made


def promises_now(
    uow: UnitOfWork, services: Services, ticket: Ticket, events: Sequence[Event], now: Instant
) -> tuple[Promise, ...]:
    """The promises of a ticket as they stand."""
    return _as_they_stand(uow, services, ticket, uow.clocks.promises(ticket.id), events, now)


def _as_they_stand(
    uow: UnitOfWork,
    services: Services,
    ticket: Ticket,
    stored: Sequence[Promise],
    events: Sequence[Event],
    now: Instant,
) -> tuple[Promise, ...]:
    if not stored:
        return ()
    agreement = agreement_of(uow, services, ticket)
    return settled(stored, events, _pausing(agreement), now)


def delays_of(
    promises: Sequence[Promise], events: Sequence[Event], agreement: Agreement | None, now: Instant
) -> tuple[Delay, ...]:
    """Those that are to be put off, or updated, by the policy."""
    return delays(promises, events, agreement.policy, agreement.calendar, now) if agreement else ()


def settle_promises(
    uow: UnitOfWork, services: Services, ticket: Ticket, events: Sequence[Event], fired: Collection[str], now: Instant
) -> tuple[list[Event], Instant | None]:
    """Write down what became of the ticket's promises; returns events for broken ones, and when to look again.

    `fired`: the keys of the ticket that fired so far.
    """
    stored = uow.clocks.promises(ticket.id)
    promises = _as_they_stand(uow, services, ticket, stored, events, now)
    found = []
    for before, one in zip(stored, promises, strict=True):
        if one != before and uow.clocks.settle_promise(one) and one.state is PromiseState.BROKEN:
            data = {"promise": one.id, "metric": one.metric, "until": one.until}
            found.append(
                Event(
                    ticket_id=ticket.id,
                    at=one.until,
                    recorded_at=now,
                    type="promise_broken",
                    actor="mailsla",
                    data=data,
                )
            )
    open_ones = [one for one in promises if one.state is PromiseState.OPEN]
    moments = [one.until + 1 for one in open_ones]
    if open_ones:
        put_off = delays_of(promises, events, agreement_of(uow, services, ticket), now)
        moments += [max(delay.at, now) for delay in put_off if delay.key not in fired]
    return found, min(moments, default=None)


def _pausing(agreement: Agreement | None) -> frozenset[Status]:
    return agreement.terms.pause_on if agreement else frozenset()


def when_closed(agreement: Agreement | None, received_at: Instant) -> Closed | None:
    """Why nobody was there when the mail came, and when somebody is again; None when we were open."""
    if agreement is None:
        return None
    calendar = agreement.calendar
    closed = calendar.closed_because(received_at)
    if closed is None:
        return None
    if closed.reason == "holiday":
        return Closed(reason="holiday", holiday=_holiday_names(closed.dates), reopens_at=closed.opens)
    today: date = calendar.local_date(received_at)
    opening = calendar.next_open(calendar.end_of_date(today) - 24 * 3600)
    if opening is None or calendar.local_date(opening) != today:
        return Closed(reason="closed_day", reopens_at=closed.opens)
    before = closed.opens is not None and calendar.local_date(closed.opens) == today
    return Closed(reason="before_hours" if before else "after_hours", reopens_at=closed.opens)


def _holiday_names(dates: Sequence[ClosedDate]) -> str:
    return ", ".join(dict.fromkeys(day.name for day in dates if day.name))

"""The clocks of a ticket, replayed from its events; their cache, breaches and next due moment are kept in step."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailsla.core.lifecycle import next_step
from mailsla.core.model import Breach, ClockRow, Event, Instant, Moment, Status, Ticket
from mailsla.core.sla.clocks import Clock, SlaEvent, replay
from mailsla.core.sla.escalation import next_moment, upcoming
from mailsla.flows.services import Services
from mailsla.flows.steps.terms import Agreement, agreement_by_version, agreement_of
from mailsla.ports.store import UnitOfWork

# What the audit trail calls it -> what the clocks call it.
SEEN = {
    "created": "created",
    "customer_mail": "customer_reply",
    "agent_reply": "agent_reply",
    "reply_bounced": "reply_bounced",
    "status": "status",
    "policy": "terms",
}


def clocks_of(
    uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant, events: Iterable[Event] | None = None
) -> tuple[Clock, ...]:
    """The clocks as they stand at `now`."""
    past = _from_receipt(uow.tickets.events(ticket.id) if events is None else events)
    first: Agreement | None = None
    seen = []
    for event in past:
        if event.type in ("created", "policy"):
            version = event.data.get("policy_version")
            agreement = agreement_by_version(uow, services, version if isinstance(version, int) else None)
            if event.type == "created":
                first = agreement
            seen.append(SlaEvent(event.at, SEEN[event.type], terms=agreement.terms if agreement else None))
        elif event.type in SEEN:
            seen.append(_sla_event(event))
    return replay(seen, first.terms if first else None, now)


def _from_receipt(events: Iterable[Event]) -> list[Event]:
    """The events, with `created` at the earliest receipt: a customer's second mail can come before their first."""
    past = list(events)
    received = min((event.at for event in past if event.type in ("created", "customer_mail")), default=0)
    created = [replace(event, at=received) for event in past if event.type == "created"]
    return [*created, *(event for event in past if event.type != "created")]


def reckon(
    uow: UnitOfWork, services: Services, ticket: Ticket, events: Sequence[Event], now: Instant, *, opened_here: bool
) -> list[Event]:
    """Bring cache, breaches and the next due moment in step with the events; returns events for new breaches.

    `opened_here`: the ticket is of this transaction, so nothing can have fired yet.
    """
    clocks = clocks_of(uow, services, ticket, now, events)
    agreement = agreement_of(uow, services, ticket)
    uow.clocks.replace(ticket.id, [_row(services, ticket, clock, agreement) for clock in clocks], first=opened_here)
    found = [event for clock in clocks for event in _record_breaches(uow, services, ticket, clock, now)]
    fired = set() if opened_here else uow.clocks.fired(ticket.id)
    at = _next_moment(ticket, clocks, agreement, fired, now)
    if at is None:
        uow.clocks.drop_moment("ticket", str(ticket.id))
    else:
        uow.clocks.set_moment(Moment(kind="ticket", key=str(ticket.id), at=at))
    return found


def next_level(
    clocks: Sequence[Clock], agreement: Agreement, fired: set[str], now: Instant
) -> tuple[Instant, tuple[str, ...]] | None:
    """When the ladder climbs next if nothing happens, and to whom."""
    levels = [
        (firing.at, agreement.policy.ladder[firing.level].to)
        for clock in clocks
        for firing in upcoming(clock, agreement.policy, agreement.calendar, fired)
        if firing.kind == "level" and firing.at > now
    ]
    return min(levels, default=None)


def _sla_event(event: Event) -> SlaEvent:
    data = event.data
    to = Status(str(data["to"])) if event.type == "status" else None
    return SlaEvent(event.at, SEEN[event.type], to=to, reply=str(data.get("letter", "")))


def _row(services: Services, ticket: Ticket, clock: Clock, agreement: Agreement | None) -> ClockRow:
    return ClockRow(
        ticket_id=ticket.id,
        policy=agreement.policy.name if agreement else "",
        metric=clock.metric,
        cycle=clock.cycle,
        state=clock.state,
        started_at=clock.started_at,
        target=clock.target.seconds or 0,
        target_version=clock.target_version,
        elapsed=clock.elapsed,
        due=clock.due,
        breached_at=clock.breached_at,
        stopped_at=clock.stopped_at,
        tzdata=services.tzdata,
    )


def _record_breaches(
    uow: UnitOfWork, services: Services, ticket: Ticket, clock: Clock, now: Instant
) -> Iterable[Event]:
    """Write down what was missed, once for each target version (sla.md section 4)."""
    for missed in clock.breaches:
        new = uow.clocks.add_breach(
            Breach(
                ticket_id=ticket.id,
                policy_version=missed.policy_version or 0,
                metric=clock.metric,
                cycle=clock.cycle,
                target_version=missed.target_version,
                target=missed.target.seconds or missed.target.amount,
                breached_at=missed.at,
                recorded_at=now,
                tzdata=services.tzdata,
                cause=missed.cause,
            )
        )
        if new:
            data = {"metric": clock.metric.value, "cycle": clock.cycle, "cause": missed.cause}
            yield Event(ticket_id=ticket.id, at=missed.at, recorded_at=now, type="breached", actor="mailsla", data=data)


def _next_moment(
    ticket: Ticket, clocks: Sequence[Clock], agreement: Agreement | None, fired: set[str], now: Instant
) -> Instant | None:
    moments = []
    if agreement is not None:
        moments += [next_moment(clock, agreement.policy, agreement.calendar, fired, now) for clock in clocks]
    step = next_step(ticket, agreement.policy if agreement else None, agreement.calendar if agreement else None, fired)
    moments.append(step.at if step else None)
    return min((at for at in moments if at is not None), default=None)

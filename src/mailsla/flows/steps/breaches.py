"""What was missed is written down once and for ever; what a replay no longer has is annulled (sla.md section 4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.model import Breach, Correction, Event, Instant, Ticket
from mailsla.core.sla.clocks import Clock, Missed
from mailsla.flows.services import Services
from mailsla.flows.steps.terms import agreement_by_version
from mailsla.ports.store import UnitOfWork

SYSTEM = "mailsla"
Key = tuple[int, str, int, int, Instant]


def record_breaches(
    uow: UnitOfWork,
    services: Services,
    ticket: Ticket,
    clocks: Sequence[Clock],
    events: Sequence[Event],
    now: Instant,
    cause: str,
) -> list[Event]:
    """Record each new breach, annul each recorded one that the clocks have no more; the events of both."""
    missed = {_key(clock, one): (clock, one) for clock in clocks for one in clock.breaches}
    recorded: list[Breach] = []
    corrected: set[int] = set()
    if any(event.type == "breached" for event in events):  # else none is there, and nothing is asked for
        recorded = uow.clocks.breaches(ticket.id)
        corrected = {one.breach_id for one in uow.clocks.corrections(ticket.id)}
    standing = {_key_of(one): one for one in recorded if one.id not in corrected}
    found = []
    for key, breach in standing.items():
        if key not in missed:
            kind = "superseded" if any(new[1:3] == key[1:3] and new not in standing for new in missed) else "annulled"
            why = cause or max(events, key=lambda event: (event.recorded_at, event.at)).type
            uow.clocks.correct(Correction(breach_id=breach.id, kind=kind, cause=why, at=now, actor=SYSTEM))
            data: dict[str, object] = {
                "metric": breach.metric,
                "cycle": breach.cycle,
                "breached_at": breach.breached_at,
                "cause": why,
            }
            if track := track_of(uow, services, breach):
                data["track"] = track
            found.append(_event(ticket, kind, now, now, data))
    for key, (clock, one) in missed.items():
        again = sum(_key_of(breach) == key for breach in recorded)
        if key not in standing and uow.clocks.add_breach(_breach(services, ticket, clock, one, again, now)):
            data = {"metric": clock.metric.value, "cycle": clock.cycle, "cause": one.cause, **on_track(clock)}
            found.append(_event(ticket, "breached", one.at, now, data))
    return found


def with_undone(clocks: Sequence[Clock], events: Sequence[Event]) -> tuple[Clock, ...]:
    """The clocks with how often a recorded breach of each was taken back; not where another took its place at once."""
    undone = Counter(
        (event.data.get("track", ""), event.data["metric"], event.data["cycle"])
        for event in events
        if event.type == "annulled"
    )
    if not undone:
        return tuple(clocks)
    return tuple(replace(one, undone=undone[one.track, one.metric.value, one.cycle]) for one in clocks)


def track_of(uow: UnitOfWork, services: Services, breach: Breach) -> str:
    """Of the agreement that was missed, "" = the main one."""
    agreement = agreement_by_version(uow, services, breach.policy_version or None)
    return agreement.policy.track if agreement else ""


def on_track(clock: Clock) -> dict[str, object]:
    """What events and notices say of a clock that is not of the main agreement."""
    return {"track": clock.track} if clock.track else {}


def _breach(services: Services, ticket: Ticket, clock: Clock, missed: Missed, again: int, now: Instant) -> Breach:
    return Breach(
        ticket_id=ticket.id,
        policy_version=missed.policy_version or 0,
        calendar_version=missed.calendar_version,
        metric=clock.metric,
        cycle=clock.cycle,
        target_version=missed.target_version,
        target=missed.target.seconds or missed.target.amount,
        breached_at=missed.at,
        again=again,
        recorded_at=now,
        tzdata=services.tzdata,
        cause=missed.cause,
    )


def _key(clock: Clock, missed: Missed) -> Key:
    return (missed.policy_version or 0, clock.metric.value, clock.cycle, missed.target_version, missed.at)


def _key_of(breach: Breach) -> Key:
    return (breach.policy_version, breach.metric, breach.cycle, breach.target_version, breach.breached_at)


def _event(ticket: Ticket, type_: str, at: Instant, now: Instant, data: dict[str, object]) -> Event:
    return Event(ticket_id=ticket.id, at=at, recorded_at=now, type=type_, actor=SYSTEM, data=data)

"""The clocks of a ticket, replayed from its events; their cache, breaches and next due moment are kept in step."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailsla.core.lifecycle import next_step
from mailsla.core.model import ClockRow, Event, Instant, Status, Ticket
from mailsla.core.sla.clocks import ADOPTING, Adopted, Clock, SlaEvent, replay
from mailsla.core.sla.escalation import next_moment, upcoming
from mailsla.core.sla.policy import SUPPLIER, TEAM
from mailsla.core.sla.targets import Target
from mailsla.core.sla.terms import Metric, Terms
from mailsla.flows.services import Services
from mailsla.flows.steps.breaches import record_breaches, with_undone
from mailsla.flows.steps.terms import Agreements, agreement_by_version, agreements_of
from mailsla.ports.store import UnitOfWork

# What the audit trail calls it -> what the clocks call it.
SEEN = {
    "created": "created",
    "customer_mail": "customer_reply",
    "agent_reply": "agent_reply",
    "reply_bounced": "reply_bounced",
    "status": "status",
}
WITH_TEAM = ("created", "assigned", "category")  # events that say which team has the ticket


def clocks_of(
    uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant, events: Iterable[Event] | None = None
) -> tuple[Clock, ...]:
    """The clocks as they stand at `now`, those of the main agreement first."""
    past = _from_receipt(_as_complaint(uow.tickets.events(ticket.id) if events is None else events))
    tracks = dict.fromkeys(("", *(track for event in past for track in versions_of(event))))
    clocks = [clock for track in tracks for clock in _replayed(uow, services, past, track, now)]
    return with_undone(clocks, past)


def _as_complaint(events: Iterable[Event]) -> list[Event]:
    """Of what was no complaint at first nothing counts until somebody took it up: that is when it came in."""
    past = list(events)
    if not any(event.type == "created" and event.data.get("scope") for event in past):
        return past
    taken_up = next((place for place, event in enumerate(past) if event.type == "in_scope"), None)
    return [] if taken_up is None else [replace(past[taken_up], type="created"), *past[taken_up + 1 :]]


def _from_receipt(events: Iterable[Event]) -> list[Event]:
    """The events, with `created` at the earliest receipt: a customer's second mail can come before their first."""
    past = _without_split_off(events)
    received = min((event.at for event in past if event.type in ("created", "customer_mail")), default=0)
    created = [event for event in past if event.type == "created"]
    return [
        *(event if event.at == received else replace(event, at=received) for event in created),
        *(event for event in past if event.type != "created"),
    ]


def _without_split_off(events: Iterable[Event]) -> list[Event]:
    """A mail that became a ticket of its own before it was answered was never one of this ticket's."""
    past = list(events)
    gone = {one.data["message"] for one in past if one.type == "split_off" and not one.data["answered"]}
    return [one for one in past if not (gone and one.type == "customer_mail" and one.data["message"] in gone)]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a reckoning found: events for what was missed, when to look again, and the keys that fired so far."""

    missed: Sequence[Event]
    next_at: Instant | None
    fired: set[str]


def reckon(
    uow: UnitOfWork,
    services: Services,
    ticket: Ticket,
    events: Sequence[Event],
    now: Instant,
    *,
    opened_here: bool,
    cause: str = "",
) -> Reckoned:
    """Bring cache and breaches in step with the events.

    `opened_here`: the ticket is of this transaction, so nothing can have fired yet. `cause`: what a breach is annulled
    by that is no more; "": the newest event.
    """
    clocks = clocks_of(uow, services, ticket, now, events)
    agreements = agreements_of(uow, services, ticket)
    uow.clocks.replace(ticket.id, rows_of(services, ticket, clocks, agreements), first=opened_here)
    found = record_breaches(uow, services, ticket, clocks, events, now, cause)
    clocks = with_undone(clocks, [*events, *found])
    fired = set() if opened_here else uow.clocks.fired(ticket.id)
    return Reckoned(found, _next_moment(ticket, clocks, agreements, fired, now), fired)


def next_level(
    clocks: Sequence[Clock], agreements: Agreements, fired: set[str], now: Instant
) -> tuple[Instant, tuple[str, ...]] | None:
    """When a ladder climbs next if nothing happens, and to whom."""
    levels = [
        (firing.at, agreement.policy.ladder[firing.level].to)
        for clock in clocks
        if (agreement := agreements.get(clock.track)) is not None
        for firing in upcoming(clock, agreement.policy, agreement.calendar, fired)
        if firing.kind == "level" and firing.at > now
    ]
    return min(levels, default=None)


def _replayed(
    uow: UnitOfWork, services: Services, events: Sequence[Event], track: str, now: Instant
) -> tuple[Clock, ...]:
    """The clocks of one track."""
    first: Terms | None = None
    seen: list[SlaEvent] = []
    undone = {event.data["letter"] for event in events if event.type == "reply_bounced" and event.data.get("undone")}
    for event in events:
        if "policy_version" in event.data:
            agreement = agreement_by_version(uow, services, versions_of(event).get(track))
            terms = agreement.terms if agreement else None
            if event.type == "created":
                first = terms
            else:
                seen.append(SlaEvent(event.at, "terms", terms=terms))
        if event.type in SEEN:
            seen.append(_sla_event(event, undone))
        if event.type in ADOPTING:
            seen += _adopted(uow, services, event, track)
        if track:
            seen += _duty(event, track)
    return replay(seen, first, now, track)


def versions_of(event: Event) -> dict[str, int | None]:
    """The versions that an event says count from then on, by track; {} when it says nothing of them."""
    data = event.data
    if "policy_version" not in data:
        return {}
    main, tracks = data["policy_version"], data.get("tracks")
    beside = {str(track): version for track, version in tracks.items()} if isinstance(tracks, Mapping) else {}
    return {"": main if isinstance(main, int) else None, **beside}


def _sla_event(event: Event, undone: Collection[object]) -> SlaEvent:
    """`undone`: the answers that bounced while what they did to the status could be taken back."""
    letter = event.data.get("letter", "")
    if event.type == "status":
        to = Status(str(event.data["to"]))
        return SlaEvent(event.at, "status", to=to, reply=str(letter) if letter in undone else "")
    return SlaEvent(event.at, SEEN[event.type], reply=str(letter))


def _adopted(uow: UnitOfWork, services: Services, event: Event, track: str) -> Iterator[SlaEvent]:
    """The clocks of a track that a merged ticket brought or left behind (steps/merging.py, splitting.py)."""
    clocks = event.data["clocks"]
    assert isinstance(clocks, list)  # as it was written
    for data in clocks:
        agreement = agreement_by_version(uow, services, data["version"])
        if data["track"] == track and agreement is not None:
            adopted = Adopted(
                metric=Metric(data["metric"]),
                started_at=data["started_at"],
                elapsed=data["elapsed"],
                target=Target(**data["target"]),
                terms=agreement.terms,
            )
            yield SlaEvent(event.at, event.type, adopted=adopted)


def _duty(event: Event, track: str) -> Iterator[SlaEvent]:
    """What an event means to the team or supplier of a track: it was asked, or it has answered."""
    data = event.data
    if event.type in WITH_TEAM and "team" in data and track.startswith(TEAM):
        asked = track == f"{TEAM}{data['team']}"
        yield SlaEvent(event.at, "asked" if asked else "answered", duty=Metric.OLA)
    elif event.type in ("supplier_asked", "supplier_answered") and track == f"{SUPPLIER}{data['supplier']}":
        yield SlaEvent(event.at, event.type.removeprefix("supplier_"), duty=Metric.UC)


def rows_of(services: Services, ticket: Ticket, clocks: Sequence[Clock], agreements: Agreements) -> list[ClockRow]:
    """The clocks as they are cached."""
    return [
        ClockRow(
            ticket_id=ticket.id,
            track=clock.track,
            policy=agreement.policy.name if (agreement := agreements.get(clock.track)) else "",
            metric=clock.metric,
            cycle=clock.cycle,
            state=clock.state,
            started_at=clock.started_at,
            target=clock.target.seconds or 0,
            target_version=clock.target_version,
            elapsed=clock.elapsed,
            due=clock.due,
            last_due=clock.last_due,
            breached_at=clock.breached_at,
            stopped_at=clock.stopped_at,
            tzdata=services.tzdata,
        )
        for clock in clocks
    ]


def _next_moment(
    ticket: Ticket, clocks: Sequence[Clock], agreements: Agreements, fired: set[str], now: Instant
) -> Instant | None:
    moments = [
        next_moment(clock, agreement.policy, agreement.calendar, fired, now)
        for clock in clocks
        if (agreement := agreements.get(clock.track)) is not None
    ]
    # A breach is recorded a second after its due, also where one that was annulled has fired before.
    moments += [clock.due + 1 for clock in clocks if clock.due is not None]
    main = agreements.get("")
    step = next_step(ticket, main.policy if main else None, main.calendar if main else None, fired)
    moments += [step.at if step else None, ticket.snoozed_until]
    return min((at for at in moments if at is not None), default=None)

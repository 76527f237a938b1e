"""`#ack`: somebody takes care of what was escalated, so its ladder climbs no further (sla.md section 5)."""

from collections.abc import Iterator, Sequence

from mailsla.core.commands.situation import Alarm
from mailsla.core.model import Event
from mailsla.core.sla.escalation import Firing, episode, rungs
from mailsla.core.sla.timer import Clock
from mailsla.flows.steps.breaches import on_track
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.terms import agreements_of
from mailsla.flows.steps.work import TicketWork


def alarms_of(work: TicketWork) -> list[Alarm]:
    """The clocks whose ladder has climbed, acknowledged or not."""
    known = acknowledged(work.events)
    return [
        Alarm(metric=clock.metric, episode=episode(clock), acknowledged=episode(clock) in known)
        for clock, told, _ in _ladders(work)
        if told
    ]


def acknowledge(work: TicketWork, episodes: Sequence[str], actor: str) -> None:
    """What is still to come of these ladders counts as passed over; what was told stays told."""
    for clock, _, ahead in _ladders(work):
        if episode(clock) not in episodes:
            continue
        for firing in ahead:
            work.uow.clocks.fire(work.ticket.id, firing.key, work.now, True)
        data = {"episode": episode(clock), "metric": clock.metric.value, **on_track(clock)}
        work.record("acknowledged", actor, data)
    work.touched_by_person(actor)


def acknowledged(events: Sequence[Event]) -> frozenset[str]:
    """The episodes that somebody takes care of."""
    return frozenset(str(event.data["episode"]) for event in events if event.type == "acknowledged")


def _ladders(work: TicketWork) -> Iterator[tuple[Clock, bool, Sequence[Firing]]]:
    """Each clock that runs, whether somebody was told of it, and the levels to come."""
    agreements = agreements_of(work.uow, work.services, work.ticket)
    fired = work.uow.clocks.fired(work.ticket.id)
    for clock in clocks_of(work.uow, work.services, work.ticket, work.now, work.events):
        if (agreement := agreements.get(clock.track)) is not None:
            levels = rungs(clock, agreement.policy, agreement.calendar)
            ahead = [one for one in levels if one.key not in fired]
            yield clock, len(ahead) < len(levels), ahead

"""A ticket goes into another: its clocks end, what is due earlier counts on there (sla.md section 4)."""

from mailsla.core.model import Status, Ticket
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.merging import adopted
from mailsla.core.sla.terms import RESPONSES
from mailsla.flows.steps.admitting import bring_along
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.incidents import stand_in
from mailsla.flows.steps.terms import agreed, agreements_of
from mailsla.flows.steps.work import TicketWork


def merge(work: TicketWork, into: Ticket, actor: str) -> None:
    """The ticket in hand goes into another open one, which is saved here."""
    uow, services, now = work.uow, work.services, work.now
    survivor = TicketWork(uow, services, into, now)
    theirs, mine = agreements_of(uow, services, work.ticket), agreements_of(uow, services, into)
    together = {**{track: one for track, one in theirs.items() if ":" not in track}, **mine}
    merged = clocks_of(uow, services, work.ticket, now, work.events)
    taken = adopted(clocks_of(uow, services, into, now, survivor.events), merged, together.keys())
    if together.keys() != mine.keys():
        after, data = agreed(into, together)
        survivor.record("policy", actor, data)
        survivor.change(policy_version=after.policy_version, tracks=after.tracks)
    clocks = [clock_data(one) for one in taken]
    survivor.record("merged_from", actor, {"reference": work.ticket.reference, "clocks": clocks})
    bring_along(work, survivor, actor)
    stand_in(work, survivor, actor)
    survivor.touched_by_person(actor)
    if survivor.ticket.status is Status.WAITING_CUSTOMER and any(one.metric in RESPONSES for one in taken):
        survivor.set_status(Status.OPEN, actor)  # they have written, and wait for us
    survivor.save()
    work.record("merged", actor, {"reference": into.reference})
    work.set_status(Status.MERGED, actor)
    work.change(merged_into=into.id, closed_at=now)


def clock_data(clock: Clock) -> dict[str, object]:
    """A clock as the event carries it, so that the survivor's clocks are a replay of its own events."""
    target = clock.target
    return {
        "track": clock.track,
        "metric": clock.metric.value,
        "started_at": clock.counts_from,
        "elapsed": clock.elapsed,
        "target": {"unit": target.unit, "amount": target.amount, "end_of": target.end_of, "roll": target.roll},
        "version": clock.policy_version,
    }

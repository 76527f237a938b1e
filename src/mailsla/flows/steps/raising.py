"""What a customer writes later, or what becomes of their case, may raise the priority of an open ticket."""

from collections.abc import Mapping, Sequence

from mailsla.core.model import ENDED, PRIORITIES, Event, Instant, Reason, Status
from mailsla.core.notices import reason_data, reason_from
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.terms import Metric
from mailsla.core.sla.timer import ClockState
from mailsla.core.triage.own_words import own_words
from mailsla.core.triage.priority import START, Assessment, Priority, assess
from mailsla.core.triage.scope import scope_of
from mailsla.core.triage.words import Words
from mailsla.flows.steps.agreeing import agree_anew
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.terms import Agreement, agreements_of
from mailsla.flows.steps.work import SYSTEM, TicketWork

ANSWERS = ("agent_reply",)


def raise_priority(work: TicketWork, text: str = "", *, storm: bool = False) -> None:
    """Assess the ticket anew with this new text of its customer; it only ever goes up, and says why.

    `storm`: it is one of an incident. What one of us set counts as the start, and follow-ups from then on.
    """
    ticket = work.ticket
    if ticket.status in (*ENDED, Status.RESOLVED) or scope_of(ticket) is not None:
        return
    found = _assessed(work, text, storm)
    if PRIORITIES.index(found.priority) <= PRIORITIES.index(ticket.priority):
        return
    reasons = [reason_data(one) for one in found.reasons if one.code != "priority_rule"]
    work.record("priority", SYSTEM, {"from": ticket.priority, "priority": found.priority, "reasons": reasons})
    work.change(priority=found.priority)
    agree_anew(work, SYSTEM)


def raised_by(events: Sequence[Event]) -> list[Reason]:
    """Why the priority is higher than it was first or than somebody set it; [] when it is not."""
    last = next((one for one in reversed(events) if one.type == "priority"), None)
    return reasons_in(last.data) if last is not None else []


def reasons_in(data: Mapping[str, object]) -> list[Reason]:
    """The reasons that an event of a raised priority holds; [] where a person set it."""
    stored = data.get("reasons")
    return [reason_from(one) for one in stored] if isinstance(stored, list | tuple) else []


def follow_ups(events: Sequence[Event]) -> int:
    """How often the customer has written without an answer since they, or who set the priority, last had a say.

    Their first mail after an answer of ours is a reply to it, no follow-up.
    """
    count = 0
    for event in events:
        if event.type in ANSWERS:
            count = -1
        elif _set_by_one_of_us(event):
            count = 0
        elif event.type == "customer_mail" and not event.data.get("thanks"):
            count += 1
    return max(0, count)


def _assessed(work: TicketWork, text: str, storm: bool) -> Assessment:
    events = work.events
    chosen = next((one for one in reversed(events) if _set_by_one_of_us(one)), None)
    start: Priority | None = next((one for one in START if chosen and one == chosen.data["priority"]), None)
    stored = work.ticket.triage.get("priority_reasons")
    before = [reason_from(one) for one in stored] if isinstance(stored, list | tuple) else []
    if start is not None:  # their word is worth its points; what was known then counts no more
        before = [Reason(one.code, {**one.values, "points": 0}) for one in before]
    return assess(
        Words.of("", own_words(text)),
        work.services.triage.signals,
        start=start,
        follow_ups=follow_ups(events),
        storm=storm,
        time_left=_time_left(work),
        before=before,
    )


def _set_by_one_of_us(event: Event) -> bool:
    return event.type == "priority" and event.actor != SYSTEM


def _time_left(work: TicketWork) -> float | None:
    """Of the time to resolve it, as a share of the whole; None where no such clock runs."""
    clocks = clocks_of(work.uow, work.services, work.ticket, work.now, work.events)
    agreements = agreements_of(work.uow, work.services, work.ticket)
    running = [one for one in clocks if one.metric is Metric.RESOLUTION and one.state is ClockState.RUNNING]
    return min(
        (_share(one, agreements[one.track], work.now) for one in running if one.track in agreements), default=None
    )


def _share(clock: Clock, agreement: Agreement, now: Instant) -> float:
    if clock.due is None:
        return 0.0 if clock.overdue else 1.0
    left = agreement.calendar.elapsed(now, clock.due)
    return round(left / (clock.elapsed + left), 2) if left else 0.0

"""A deadline tried out without a ticket: when a target is due, and line by line why."""

from collections.abc import Collection
from dataclasses import dataclass

from mailsla.core.model import Instant, Reason, Status
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.clocks import Metric, SlaEvent, Terms, replay
from mailsla.core.sla.day_counts import counted_days
from mailsla.core.sla.spans import Span, union
from mailsla.core.sla.targets import Target, due_of
from mailsla.core.sla.why import why


@dataclass(frozen=True, slots=True)
class Trial:
    """due: None = never. lines: the codes of `why`, or of `counted_days` for a target of days, weeks or months."""

    due: Instant | None
    lines: tuple[Reason, ...]


def tried(target: Target, calendar: Calendar, start: Instant, pauses: Collection[Span] = ()) -> Trial:
    """What comes of a target from `start` on. Pauses move business time only (sla.md section 3)."""
    due = due_of(target, calendar, start, pauses)
    if target.seconds is None:
        return Trial(due, tuple(counted_days(target, calendar, start, due)))
    events = [SlaEvent(start, "created")]
    for a, b in union((max(a, start), b) for a, b in pauses if due is None or a < due):
        events.append(SlaEvent(a, "status", to=Status.WAITING_CUSTOMER))
        events.append(SlaEvent(b, "status", to=Status.OPEN))
    terms = Terms(calendar, {Metric.RESOLUTION: target})
    (clock,) = replay(events, terms, events[-1].at)
    return Trial(due, why(clock, calendar))

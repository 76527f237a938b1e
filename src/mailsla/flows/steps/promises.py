"""The times that a letter states to a customer, and how it says that we were closed (sla.md section 6)."""

from collections.abc import Sequence
from datetime import date

from mailsla.core.letters import Closed, Promised
from mailsla.core.model import Instant
from mailsla.core.sla.calendar import ClosedDate
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.promises import told_to_customers
from mailsla.core.sla.terms import Metric
from mailsla.flows.steps.terms import Agreement

STATED = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)


def stated_promises(clocks: Sequence[Clock], now: Instant) -> tuple[Promised, ...]:
    """What is promised: the due of each clock that runs, rounded to the later five minutes; nothing that has passed."""
    return tuple(
        Promised(
            metric=clock.metric.value,
            until=clock.due if clock.target.seconds is None else told_to_customers(clock.due),
            date_only=clock.target.seconds is None,
        )
        for clock in clocks
        if clock.metric in STATED and clock.due is not None and clock.due > now
    )


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

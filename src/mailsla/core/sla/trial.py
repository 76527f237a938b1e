"""A deadline tried out without a ticket: when a target is due, and line by line why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mailsla.core.model import Instant, Reason, Status
from mailsla.core.sla.calendar import SEARCH_DAYS, Calendar
from mailsla.core.sla.clocks import Metric, SlaEvent, Terms, replay
from mailsla.core.sla.spans import Span, union
from mailsla.core.sla.targets import Target, add_months, due_of
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


def counted_days(target: Target, calendar: Calendar, start: Instant, due: Instant | None) -> Iterator[Reason]:
    """How a target of days or months is counted, in order of dates (ISO 8601).

    Codes: received(date), the day 0; day(date, number) for each business day counted; passed_over(date, name, kind)
    for a date that is none, kind "holiday", "exception" or "hours"; civil(date, target) for the date that calendar
    days or months lead to; rolled(date) for the business day it moves to; and last due(at) or no_due(state).
    """
    received = calendar.local_date(start)
    yield Reason("received", {"date": received.isoformat()})
    if target.unit == "business_days":
        yield from _business_days(target.amount, calendar, received)
    else:
        last = _civil_end(target, received)
        yield Reason("civil", {"date": last.isoformat(), "target": target.written})
        if target.roll == "next_business_day" and calendar.business_close(last) is None:
            *over, day = (_passed_over(calendar, last), *_business_days(1, calendar, last))
            yield from over
            yield Reason("rolled", {"date": day.values["date"]}) if day.code == "day" else day
    yield Reason("no_due", {"state": "running"}) if due is None else Reason("due", {"at": due})


def _business_days(count: int, calendar: Calendar, after: date) -> Iterator[Reason]:
    """The business days after a date until so many are counted, with the dates between that are none."""
    number = 0
    for ahead in range(1, SEARCH_DAYS):
        day = after + timedelta(days=ahead)
        if calendar.business_close(day) is None:
            yield _passed_over(calendar, day)
            continue
        number += 1
        yield Reason("day", {"date": day.isoformat(), "number": number})
        if number == count:
            return


def _civil_end(target: Target, received: date) -> date:
    if target.unit == "months":
        return add_months(received, target.amount)
    return received + timedelta(days=target.amount)


def _passed_over(calendar: Calendar, day: date) -> Reason:
    end = calendar.end_of_date(day)
    closed = next((one for one in calendar.closed_dates(end - 1, end) if one.day == day), None)
    kind, name = ("hours", "") if closed is None else (closed.kind, closed.name)
    return Reason("passed_over", {"date": day.isoformat(), "name": name, "kind": kind})

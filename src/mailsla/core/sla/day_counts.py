"""How a target of days, weeks or months is counted, as values in order of dates."""

from collections.abc import Iterator
from datetime import date, timedelta

from mailsla.core.model import Instant, Reason
from mailsla.core.sla.calendar import SEARCH_DAYS, Calendar
from mailsla.core.sla.targets import Target, add_months


def counted_days(
    target: Target, calendar: Calendar, start: Instant, due: Instant | None, *, later: int = 0
) -> Iterator[Reason]:
    """How a target of days or months is counted, in order of dates (ISO 8601).

    Codes: received(date), the day 0; day(date, number) for each business day counted; passed_over(date, name, kind)
    for a date that is none, kind "holiday", "exception" or "hours"; civil(date, target) for the date that calendar
    days or months lead to, by pauses `later` days on; rolled(date) for the business day it moves to; and last due(at)
    or no_due(state).
    """
    received = calendar.local_date(start)
    yield Reason("received", {"date": received.isoformat()})
    if target.unit == "business_days":
        yield from _business_days(target.amount + later, calendar, received)
    else:
        last = _civil_end(target, received) + timedelta(days=later)
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

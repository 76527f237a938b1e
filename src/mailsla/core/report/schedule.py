"""Which period a report is of, and when it is due: each week from Monday on, each month from its first day on."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from mailsla.core.model import Instant
from mailsla.core.report.model import Period

WEEK, MONTH = "week", "month"


def containing(kind: str, day: date, zone: str) -> Period:
    """The week or month that the day is in."""
    if kind == WEEK:
        start = day - timedelta(days=day.weekday())
        return Period(kind, start, start + timedelta(days=6), zone)
    start = day.replace(day=1)
    return Period(kind, start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1), zone)


def before(period: Period) -> Period:
    """The one before."""
    return containing(period.kind, period.start - timedelta(days=1), period.zone)


def last_over(kind: str, now: Instant, zone: tzinfo, name: str) -> Period:
    """The last one that is over; `name`: of the zone."""
    return before(containing(kind, datetime.fromtimestamp(now, zone).date(), name))


def due(period: Period, at: str, zone: tzinfo) -> Instant:
    """When its report is made: on the day after it, at this time of day ("07:00")."""
    moment = datetime.combine(period.end + timedelta(days=1), time.fromisoformat(at), zone)
    return int(moment.timestamp())


def next_due(kind: str, at: str, now: Instant, zone: tzinfo, name: str) -> Instant:
    """The next such time after now."""
    period = last_over(kind, now, zone, name)
    while due(period, at, zone) <= now:
        period = containing(kind, period.end + timedelta(days=1), name)
    return due(period, at, zone)


def last_of(reported: Instant | None, zone: tzinfo) -> date | None:
    """The end of the period that was reported last; `reported`: when that was due."""
    return None if reported is None else datetime.fromtimestamp(reported, zone).date() - timedelta(days=1)


def owed(kind: str, last: date | None, at: str, now: Instant, zone: tzinfo, name: str, most: int) -> list[Period]:
    """The periods whose report is due and was not made, the oldest first, and not more than `most` of the newest.

    last: the end of the period that was reported last; None: none was, and only the newest is due.
    """
    newest = last_over(kind, now, zone, name)
    if due(newest, at, zone) > now:
        newest = before(newest)
    return list(reversed(list(_back_to(newest, last, most if last is not None else 1))))


def _back_to(period: Period, last: date | None, most: int) -> Iterator[Period]:
    for _ in range(most):
        if last is not None and period.end <= last:
            return
        yield period
        period = before(period)

"""The days of a calendar as a person would draw them: open wall time, what closes a date, and where clocks change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from mailsla.core.sla.calendar import Calendar, ClosedDate
from mailsla.core.sla.hours import DAY, Closure, Interval, day_of
from mailsla.core.sla.spans import Span
from mailsla.core.sla.wall import stretches


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The zone's clocks go from one wall time to another, in seconds since midnight of the date."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Day:
    """One local date.

    hours: open wall spans in seconds since its midnight, also what runs over from the date before; labels that clocks
    leap over by an hour are still among them. seconds: how much time it is open, another length where clocks
    change. exists: whether the zone has that date. closed: the holiday or empty exception that closes it. exception:
    the hours of one, () = none. closures: those that start on it.
    """

    day: date
    exists: bool
    hours: tuple[Span, ...]
    seconds: int
    closed: ClosedDate | None
    exception: tuple[Interval, ...]
    closures: tuple[Closure, ...]
    changes: tuple[ClockChange, ...]


def days(calendar: Calendar, first: date, count: int) -> Iterator[Day]:
    """So many dates from the first on."""
    for ahead in range(count):
        yield _day(calendar, first + timedelta(days=ahead))


def _day(calendar: Calendar, day: date) -> Day:
    start, end = calendar.end_of_date(day - timedelta(days=1)), calendar.end_of_date(day)
    midnight = day_of(day) * DAY
    spans = calendar.hours.open_labels(midnight, midnight + DAY) if start < end else []
    closed = (one for one in calendar.closed_dates(start, end) if one.day == day)
    return Day(
        day=day,
        exists=start < end,
        hours=tuple((a - midnight, b - midnight) for a, b in spans),
        seconds=calendar.elapsed(start, end),
        closed=next(closed, None),
        exception=calendar.spec.exceptions.get(day, ()),
        closures=tuple(closure for closure in calendar.spec.closures if closure[0] == day),
        changes=tuple(_changes(calendar, start, end, midnight)),
    )


def _changes(calendar: Calendar, start: int, end: int, midnight: int) -> Iterator[ClockChange]:
    """Looks from a second before the date, so that a change at its midnight is seen."""
    parts = list(stretches(calendar.zone, start - 1, end))
    for (_, until, old), (_, _, new) in pairwise(parts):
        if abs(new - old) < DAY:  # a zone that changes sides of the date line skips or repeats a date instead
            yield ClockChange(until + old - midnight, until + new - midnight)

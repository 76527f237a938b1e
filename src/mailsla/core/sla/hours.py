"""The hours of a calendar as they are written: on the line of wall labels, before any zone.

A wall label (local date, HH:MM) is a point on a line of seconds: day * 86400 + seconds since midnight, where
day counts from 1970-01-01. Each label is on it once, whether a zone shows it never, once or twice.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from mailsla.core.sla.spans import Span, clip, subtract, union

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = date(1970, 1, 1).toordinal()

Interval = tuple[str, str]
Closure = tuple[date, str, str]

_HHMM = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSpec:
    """Opening hours as an operator writes them; one immutable version of a calendar.

    zone: IANA name. weekly: "mon".."sun" to intervals ("HH:MM", "HH:MM"); an absent day is closed; an end may be
    "24:00"; `end <= start` runs past midnight and belongs to the start date. holidays: date to its name ("" if
    it has none). exceptions: date to the intervals that replace what else would hold (none: closed all day).
    closures: (date, start, end), subtracted last. effective_from: the local date this version counts from.
    Precedence: exception over holiday over weekly.
    """

    name: str = ""
    zone: str
    weekly: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()
    effective_from: date | None = None


def day_of(local: date) -> int:
    """Days from 1970-01-01 to a date."""
    return local.toordinal() - EPOCH


def date_of(day: int) -> date:
    """The date that is `day` days after 1970-01-01."""
    return date.fromordinal(day + EPOCH)


def seconds_of(text: str) -> int:
    """Seconds since midnight of "HH:MM", up to "24:00"; ValueError for any other form."""
    if text == "24:00":
        return DAY
    found = _HHMM.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no time of day: two digits, a colon, two digits, as in "09:00"')
    return int(found[1]) * 3600 + int(found[2]) * 60


def interval_of(start: str, end: str) -> Span:
    """An interval as seconds since its date's midnight; the end is beyond 24 h when it runs past midnight."""
    a, b = seconds_of(start), seconds_of(end)
    return (a, b) if b > a else (a, b + DAY)


def _intervals(written: Iterable[Interval]) -> tuple[Span, ...]:
    return tuple(interval_of(start, end) for start, end in written)


class Hours:
    """The hours of a CalendarSpec, compiled. ValueError when a time of day is malformed (see `checks`)."""

    def __init__(self, spec: CalendarSpec) -> None:
        self._weekly = tuple(_intervals(spec.weekly.get(name, ())) for name in WEEKDAYS)
        self._exceptions = {day_of(local): _intervals(rule) for local, rule in spec.exceptions.items()}
        self._holidays = {day_of(local) for local in spec.holidays}
        self._closures = union(
            (day_of(local) * DAY + a, day_of(local) * DAY + b)
            for local, start, end in spec.closures
            for a, b in (interval_of(start, end),)
        )

    def closed_all_day(self, day: int) -> bool:
        """Whether the date is closed by a holiday or by an empty exception (an exception overrides a holiday)."""
        if day in self._exceptions:
            return not self._exceptions[day]
        return day in self._holidays

    def closed_by_closure(self, label: int) -> bool:
        """Whether a closure covers the wall label."""
        return any(start <= label < end for start, end in self._closures)

    def shifts(self, day: int) -> list[Span]:
        """The wall spans that start on a date, closures not yet subtracted.

        A tail past midnight is cut where the next date is closed by a holiday or an empty exception.
        """
        if self.closed_all_day(day):
            return []
        rule = self._exceptions.get(day)
        if rule is None:
            rule = self._weekly[(day + 3) % 7]  # 1970-01-01 was a Thursday
        base = day * DAY
        limit = base + DAY if self.closed_all_day(day + 1) else base + 2 * DAY
        return [(base + start, min(base + end, limit)) for start, end in rule]

    def left_of(self, spans: Iterable[Span]) -> list[Span]:
        """What the closures leave of some wall spans."""
        return subtract(union(spans), self._closures)

    def open_labels(self, low: int, high: int) -> list[Span]:
        """The open wall labels in [low, high), as disjoint ascending spans."""
        days = range(low // DAY - 1, (high - 1) // DAY + 1)
        shifts = (shift for day in days for shift in self.shifts(day))
        return self.left_of(clip(shifts, low, high))

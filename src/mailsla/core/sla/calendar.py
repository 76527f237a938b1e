"""A calendar in a zone: which time is open, how much of it passed, and when so much of it has passed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal

from mailsla.core.model import Instant
from mailsla.core.sla.hours import DAY, CalendarSpec, Hours, date_of, day_of
from mailsla.core.sla.index import Index, grown, open_spans
from mailsla.core.sla.spans import Span, clip, gaps
from mailsla.core.sla.wall import EARLIEST, LATEST, end_of_labels, instants_of, offset_at

__all__ = ["SEARCH_DAYS", "Calendar", "CalendarSpec", "Closed", "ClosedDate"]

SEARCH_DAYS = 3653
"""Searches end ten years after their start: what is not found until then never comes."""
SEARCH = SEARCH_DAYS * DAY


@dataclass(frozen=True, slots=True)
class ClosedDate:
    """A date that a holiday ("" if it has no name) or an empty exception closes."""

    day: date
    name: str
    kind: Literal["holiday", "exception"]


@dataclass(frozen=True, slots=True)
class Closed:
    """Why it is closed at an instant, when it opens again (None: never) and the closed dates until then.

    reason: "hours" means outside the hours of that date (a weekday without hours too).
    """

    reason: Literal["hours", "holiday", "exception", "closure"]
    opens: Instant | None
    dates: tuple[ClosedDate, ...]


class Calendar:
    """A calendar with its zone. All instants are epoch seconds, all ranges half-open.

    Its versions are spliced: this one counts from the instant `since`, until then the calendar `before`. `version` is
    whatever the caller knows this version by.
    Equal inputs always give equal answers; what it keeps is an index of open time that grows where it is asked.
    ValueError from the constructor when the spec has a malformed time (`checks.calendar_problems` tells it kindly).
    """

    def __init__(
        self,
        spec: CalendarSpec,
        zone: tzinfo,
        *,
        version: int | None = None,
        since: Instant = EARLIEST,
        before: "Calendar | None" = None,
    ) -> None:
        self.spec = spec
        self.zone = zone
        self.hours = Hours(spec)
        self.version = version
        self.since = since
        self.before = before
        self._index = Index(0, 0)
        self._closes: dict[date, Instant | None] = {}  # of dates that were asked for

    def at(self, t: Instant) -> "Calendar":
        """The version that counts at an instant."""
        found = self
        while found.before is not None and t < found.since:
            found = found.before
        return found

    def is_open(self, t: Instant) -> bool:
        """Whether the wall label that the zone shows at the instant is open."""
        return self.elapsed(t, t + 1) == 1

    def next_open(self, t: Instant) -> Instant | None:
        """The first open instant at or after `t`; None when there is none in ten years."""
        end_of_first_second = self.due(t, 1)
        return None if end_of_first_second is None else end_of_first_second - 1

    def next_close(self, t: Instant) -> Instant | None:
        """The first instant at or after `t` that is not open; None when it stays open for ten years."""
        reach = t + 1
        while reach <= t + SEARCH:
            open_now = self.periods(t, reach)
            if not open_now or open_now[0][0] > t:
                return t
            if open_now[0][1] < reach:
                return open_now[0][1]
            reach = t + 2 * (reach - t) + DAY
        return None

    def elapsed(self, start: Instant, end: Instant, pauses: Collection[Span] = ()) -> int:
        """Seconds of [start, end) that are open and not paused; 0 if `end <= start`."""
        index = self._covering(start, end)
        return sum(index.open_before(b) - index.open_before(a) for a, b in gaps(pauses, start, end))

    def due(self, start: Instant, seconds: int, pauses: Collection[Span] = ()) -> Instant | None:
        """The earliest t >= start with `elapsed(start, t) >= seconds`; None (never) when over ten years away."""
        if seconds <= 0:
            return start
        left = seconds
        for a, b in gaps(pauses, start, start + SEARCH):
            found = self._reached(a, left, b)
            if found is not None:
                return found
            left -= self.elapsed(a, b)
        return None

    def periods(self, start: Instant, end: Instant) -> list[Span]:
        """The open ranges inside [start, end), clipped to it, ascending, joined where they touch."""
        return self._covering(start, end).spans(start, end)

    def local_date(self, at: Instant) -> date:
        """The date that the zone shows at the instant."""
        return date_of((at + offset_at(self.at(at).zone, at)) // DAY)

    def local_time(self, at: Instant) -> datetime:
        """The instant in the calendar's zone, `fold` set in the second pass of an hour that comes twice."""
        return datetime.fromtimestamp(at, self.at(at).zone)

    def end_of_date(self, day: date) -> Instant:
        """24:00 of a date: the end of the last second whose local date is `day` or earlier."""
        end = end_of_labels(self.zone, (day_of(day) + 1) * DAY)
        if self.before is None or end > self.since:
            return end
        return min(self.before.end_of_date(day), self.since)

    def business_close(self, day: date) -> Instant | None:
        """The end of the last shift that starts on the date, also after midnight; None: no business day.

        Of a shift that closures shorten, what is left counts; a date that the zone skips has no shift.
        """
        if day not in self._closes:
            open_time = self._shifts(day)
            self._closes[day] = open_time[-1][1] if open_time else None
        return self._closes[day]

    def closed_because(self, t: Instant) -> Closed | None:
        """Why it is closed at an instant, as values for a sentence; None when it is open."""
        if self.is_open(t):
            return None
        opens = self.next_open(t)
        last = self.local_date(t if opens is None else opens)
        days = range(day_of(self.local_date(t)), day_of(last) + 1)
        dates = tuple(closed for day in days for closed in self._closed_date(day))
        if dates and dates[0].day == self.local_date(t):
            return Closed(dates[0].kind, opens, dates)
        now = self.at(t)
        in_closure = now.hours.closed_by_closure(t + offset_at(now.zone, t))
        return Closed("closure" if in_closure else "hours", opens, dates)

    def closed_dates(self, start: Instant, end: Instant) -> tuple[ClosedDate, ...]:
        """The dates closed by a holiday or an empty exception that the zone shows in [start, end)."""
        if end <= start:
            return ()
        days = range(day_of(self.local_date(start)), day_of(self.local_date(end - 1)) + 1)
        return tuple(closed for day in days for closed in self._closed_date(day))

    def _shifts(self, day: date) -> list[Span]:
        """What is open of the shifts that start on a date, in the versions that count then."""
        midnight = day_of(day) * DAY
        there = instants_of(self.zone, [(midnight, midnight + DAY)])
        own = instants_of(self.zone, self.hours.left_of(self.hours.shifts(day_of(day)))) if there else []
        if self.before is None:
            return own
        return [*clip(self.before._shifts(day), EARLIEST, self.since), *clip(own, self.since, LATEST)]

    def _opened(self, low: Instant, high: Instant) -> list[Span]:
        """The open spans in [low, high)."""
        if self.before is None or low >= self.since:
            return open_spans(self.hours, self.zone, low, high)
        own = open_spans(self.hours, self.zone, self.since, high) if high > self.since else []
        return [*self.before._opened(low, min(high, self.since)), *own]

    def _closed_date(self, day: int) -> Iterator[ClosedDate]:
        if self.before is not None and self.end_of_date(date_of(day)) <= self.since:
            yield from self.before._closed_date(day)
        elif self.hours.closed_all_day(day):
            local = date_of(day)
            holiday = local in self.spec.holidays
            name = self.spec.holidays.get(local, "")
            yield ClosedDate(local, name, "holiday" if holiday else "exception")

    def _covering(self, low: Instant, high: Instant) -> Index:
        index = self._index
        if index.low <= low <= index.high and high <= index.high:
            return index
        low, high = (min(max(at, EARLIEST), LATEST) for at in (low, max(low, high)))
        if self._index.low == self._index.high:
            self._index = Index(low, low)  # the first question says where to begin
        self._index = grown(self._index, self._opened, low, high)
        return self._index

    def _reached(self, start: Instant, seconds: int, limit: Instant) -> Instant | None:
        """The earliest t <= limit with so many open seconds in [start, t); grows the index step by step."""
        index = self._covering(start, start)
        while True:
            found = index.reached(index.open_before(start) + seconds)
            if found is not None:
                return found if found <= limit else None
            if index.high >= min(limit, LATEST):
                return None
            index = self._covering(start, min(limit, index.high + 1))

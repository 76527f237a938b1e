"""What is wrong with a calendar as it is written, each with its mend; run before a calendar is used."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import pairwise

from mailsla.core.model import Instant
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.core.sla.hours import DAY, WEEKDAYS, Interval, interval_of, seconds_of
from mailsla.errors import Problem


def calendar_problems(spec: CalendarSpec, zone: tzinfo, now: Instant) -> tuple[Problem, ...]:
    """All problems of one calendar: unknown weekdays, malformed or doubtful intervals, overlaps, never open.

    `now` (epoch seconds) is where the ten-year search for an opening starts.
    """
    where = f"calendar {spec.name}"
    found = [*_weekday_problems(spec, where)]
    for place, intervals in interval_lists(spec):
        found += _interval_problems(f"{where}, {place}", intervals)
    if not _malformed(spec):
        found += _tail_problems(spec, where)
    if not _malformed(spec) and Calendar(spec, zone).next_open(now) is None:
        mend = "give `weekly` at least one interval that no closure covers; no deadline could ever be computed"
        found.append(Problem(where, "it never opens in the next ten years", mend))
    return tuple(found)


def _weekday_problems(spec: CalendarSpec, where: str) -> Iterator[Problem]:
    for name in spec.weekly:
        if name not in WEEKDAYS:
            yield Problem(f"{where}, weekly.{name}", "no such weekday", f"use one of {', '.join(WEEKDAYS)}")


def interval_lists(spec: CalendarSpec) -> Iterator[tuple[str, tuple[Interval, ...]]]:
    """Each place where intervals are written; a closure is a list of one."""
    for name, intervals in spec.weekly.items():
        yield f"weekly.{name}", intervals
    for day, intervals in sorted(spec.exceptions.items()):
        yield f"exceptions.{day}", intervals
    for day, start, end in spec.closures:
        yield f"closures, {day}", ((start, end),)


def _interval_problems(where: str, intervals: Iterable[Interval]) -> Iterator[Problem]:
    sound = []
    for start, end in intervals:
        try:
            sound.append((interval_of(start, end), f"{start}-{end}"))
        except ValueError as wrong:
            yield Problem(where, str(wrong), 'write times as "HH:MM", the end of a day as "24:00"')
            continue
        if start == "24:00":
            yield Problem(where, f"{start}-{end} starts at 24:00", 'write it on the next date, from "00:00"')
        if seconds_of(end) == DAY - 60:
            mend = f'write "24:00" if you mean midnight; {end} leaves the last minute closed'
            yield Problem(where, f"{start}-{end} ends a minute before midnight", mend)
    for (one, one_text), (two, two_text) in pairwise(sorted(sound)):
        if two[0] < one[1]:
            yield Problem(where, f"{one_text} and {two_text} overlap", "join them, or end one before the other")


def _tail_problems(spec: CalendarSpec, where: str) -> Iterator[Problem]:
    """Hours past midnight that run into those of the next weekday."""
    for name, following in zip(WEEKDAYS, (*WEEKDAYS[1:], WEEKDAYS[0]), strict=True):
        for start, end in spec.weekly.get(name, ()):
            tail = interval_of(start, end)[1] - DAY
            for first, last in spec.weekly.get(following, ()):
                if interval_of(first, last)[0] < tail:
                    what = f"{start}-{end} runs into {first}-{last} of {following}"
                    yield Problem(f"{where}, weekly.{name}", what, "end it before the next hours begin")


def _malformed(spec: CalendarSpec) -> bool:
    try:
        for _, intervals in interval_lists(spec):
            for start, end in intervals:
                interval_of(start, end)
    except ValueError:
        return True
    return False

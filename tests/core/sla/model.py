"""A slow model of open time that looks at every minute on its own; written from sla.md sections 2 and 3 alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from mailsla.core.sla.calendar import CalendarSpec

MINUTE = 60
ONE_DAY = timedelta(days=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def closed_all_day(spec: CalendarSpec, day: date) -> bool:
    if day in spec.exceptions:
        return len(spec.exceptions[day]) == 0
    return day in spec.holidays


def rules(spec: CalendarSpec, day: date) -> Sequence[tuple[str, str]]:
    if day in spec.exceptions:
        return spec.exceptions[day]
    if day in spec.holidays:
        return ()
    return spec.weekly.get(NAMES[day.weekday()], ())


def in_shift_of(spec: CalendarSpec, owner: date, day: date, label: str) -> bool:
    """Whether the label (day, "HH:MM") is in a shift that starts on the date `owner`."""
    if owner == day:
        return any(start <= label and (label < end or end <= start) for start, end in rules(spec, day))
    if owner != day - ONE_DAY or closed_all_day(spec, day):
        return False
    return any(end <= start and label < end for start, end in rules(spec, owner))


def in_closure(spec: CalendarSpec, day: date, label: str) -> bool:
    own = any(d == day and start <= label and (label < end or end <= start) for d, start, end in spec.closures)
    return own or any(d == day - ONE_DAY and end <= start and label < end for d, start, end in spec.closures)


def is_open(spec: CalendarSpec, zone: tzinfo, t: int) -> bool:
    local = datetime.fromtimestamp(t, zone)
    day, label = local.date(), local.strftime("%H:%M")
    shifts = in_shift_of(spec, day, day, label) or in_shift_of(spec, day - ONE_DAY, day, label)
    return shifts and not in_closure(spec, day, label)


def counts(spec: CalendarSpec, zone: tzinfo, t: int, pauses: Sequence[tuple[int, int]]) -> bool:
    return is_open(spec, zone, t) and not any(a <= t < b for a, b in pauses)


def elapsed(spec: CalendarSpec, zone: tzinfo, start: int, end: int, pauses: Sequence[tuple[int, int]] = ()) -> int:
    return sum(MINUTE for t in range(start, end, MINUTE) if counts(spec, zone, t, pauses))


def due(
    spec: CalendarSpec, zone: tzinfo, start: int, seconds: int, pauses: Sequence[tuple[int, int]], limit: int
) -> int | None:
    """The due, or None when it is not reached at `limit`."""
    for t in range(start, limit, MINUTE):
        if seconds <= 0:
            return t
        if counts(spec, zone, t, pauses):
            seconds -= MINUTE
    return limit if seconds <= 0 else None


def business_close(spec: CalendarSpec, zone: tzinfo, day: date) -> int | None:
    """The end of the last minute left of the shifts of a date; None if the date is no business day."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp())
    close, exists = None, False
    for t in range(noon - 36 * 3600, noon + 60 * 3600, MINUTE):
        local = datetime.fromtimestamp(t, zone)
        label = local.strftime("%H:%M")
        exists = exists or local.date() == day
        if in_shift_of(spec, day, local.date(), label) and not in_closure(spec, local.date(), label):
            close = t + MINUTE
    return close if exists else None


def end_of_date(zone: tzinfo, day: date) -> int:
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp())
    minutes = range(noon - 48 * 3600, noon + 60 * 3600, MINUTE)
    return max(t + MINUTE for t in minutes if datetime.fromtimestamp(t, zone).date() <= day)

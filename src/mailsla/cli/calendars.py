"""What commands about calendars take: the calendar by its name, and times of its zone."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from mailsla.adapters.zones import zone
from mailsla.config.faults import listed, meant
from mailsla.core.model import Instant
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.core.sla.spans import Span
from mailsla.errors import PermanentError

FORM = 'write it like "2026-12-23 15:00", or with its offset: "2026-12-23T15:00+01:00"'
YEARS = (1900, 2100)


def chosen(calendars: Mapping[str, CalendarSpec], name: str | None) -> Calendar:
    """The calendar of that name; without a name the only one. PermanentError when there is no such one."""
    if not calendars:
        raise PermanentError("no calendar is configured", "add one: [calendars.office]")
    if name is None and len(calendars) > 1:
        raise PermanentError("there are several calendars", f"name one of them: {listed(sorted(calendars))}")
    name = name or next(iter(calendars))
    if name not in calendars:
        raise PermanentError(f'there is no calendar "{name}"', meant(name, sorted(calendars)))
    spec = calendars[name]
    return Calendar(spec, zone(spec.zone))


def instant_of(text: str, place: tzinfo) -> Instant:
    """A time of the zone, or one with an offset, as epoch seconds.

    PermanentError for another form, and for a time that the zone shows never or twice: which is meant is not guessed.
    """
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError as malformed:
        raise PermanentError(f'"{text}" is no time', FORM) from malformed
    within_reach(written)
    if written.tzinfo is not None:
        return int(written.timestamp())
    first, second = (int(written.replace(tzinfo=place, fold=fold).timestamp()) for fold in (0, 1))
    if datetime.fromtimestamp(first, place).replace(tzinfo=None) != written.replace(microsecond=0):
        raise PermanentError(f"{text} does not exist in {place}: the clocks go forward over it", FORM)
    if first != second:
        both = listed([datetime.fromtimestamp(one, place).isoformat(timespec="minutes") for one in (first, second)])
        raise PermanentError(f"{text} comes twice in {place}: the clocks go back", f"say which: {both}")
    return first


def within_reach(day: date) -> None:
    """PermanentError for a date so far off that calendars, which look ten years ahead, would leave Python's dates."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise PermanentError(f"the year {day.year} is too far away", f"name one from {YEARS[0]} to {YEARS[1]}")


def span_of(text: str, place: tzinfo) -> Span:
    """ "TIME/TIME", each as `instant_of` takes it."""
    start, slash, end = text.partition("/")
    if not slash:
        raise PermanentError(f'"{text}" is no pause', 'write both ends: "2026-12-23 15:00/2026-12-24 10:00"')
    span = instant_of(start, place), instant_of(end, place)
    if span[1] <= span[0]:
        raise PermanentError(f'the pause "{text}" ends before it starts', "write its start first")
    return span

"""What `mailsla calendar show` prints: weeks as bars of half hours, and beside a bar its hours and what is odd."""

from collections.abc import Iterator, Sequence

from mailsla.cli import words
from mailsla.cli.output import cells_of, clean
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.spans import Span, clip
from mailsla.core.sla.week import Day

OPEN, PARTLY, CLOSED, ABSENT = "█", "▒", "·", " "
HOUR, WEEK, DAY = 3600, 7, 86_400
_ROOMY = 100  # cells of a terminal that has half hours; a narrower one has hours
_DATE = len("Mon 23 Nov  ")


def calendar_lines(spec: CalendarSpec, days: Sequence[Day]) -> Iterator[str]:
    """Whole weeks from a Monday on."""
    cell = HOUR // 2 if words.columns() >= _ROOMY else HOUR
    length = "half an hour" if cell < HOUR else "an hour"
    yield clean(
        f"Calendar {spec.name}, times in {spec.zone}.  {OPEN} open  {PARTLY} partly  {CLOSED} closed, {length} each"
    )
    for start in range(0, len(days), WEEK):
        yield from _week(days[start : start + WEEK], cell)


def _week(days: Sequence[Day], cell: int) -> Iterator[str]:
    first = days[0].day
    year, number, _ = first.isocalendar()
    yield ""
    yield " " * _DATE + "".join(f"{hour:02d}".ljust(3 * HOUR // cell) for hour in range(0, 24, 3)) + "24"
    for day in days:
        date = f"{day.day.strftime('%a')} {day.day.day:2d} {day.day.strftime('%b')}"
        begins = f"{date.ljust(_DATE)}{_bar(day, cell)}  "
        notes = "; ".join(notes_of(day))
        room = words.columns() - cells_of(begins)
        hours = _hours(day.hours)
        beside = "; ".join(part for part in (hours, notes) if part)
        if cells_of(beside) <= room:
            yield (begins + clean(beside)).rstrip()
        else:
            yield (begins + (hours if cells_of(hours) <= room else "")).rstrip()
            under = notes if cells_of(hours) <= room else beside
            yield from words.prose(under, indent=_DATE)
    total = sum(day.seconds for day in days)
    yield f"week {number} of {year}: {words.hours_of(total) if total else 'closed'}"


def _bar(day: Day, cell: int) -> str:
    """One character for each stretch of wall time; where clocks leap over it, nothing."""
    if not day.exists:
        return ABSENT * (DAY // cell)
    leapt = [(change.before, change.after) for change in day.changes if change.after > change.before]
    bar = []
    for start in range(0, DAY, cell):
        if _length(leapt, start, start + cell) == cell:
            bar.append(ABSENT)
        else:
            open_for = _length(day.hours, start, start + cell)
            bar.append(OPEN if open_for == cell else PARTLY if open_for else CLOSED)
    return "".join(bar)


def _length(spans: Sequence[Span], low: int, high: int) -> int:
    return sum(b - a for a, b in clip(spans, low, high))


def notes_of(day: Day) -> Iterator[str]:
    """What is odd about a date."""
    if not day.exists:
        yield "the zone skips this date"
    if day.closed is not None:
        yield f"closed: {day.closed.name or day.closed.kind}"
    elif day.exception:
        yield "other hours (exception)"
    for _, start, end in day.closures:
        yield f"closure {start}-{end}"
    for change in day.changes:
        way = "forward" if change.after > change.before else "back"
        yield f"clocks go {way}, {wall(change.before)} to {wall(change.after)}"


def json_of(spec: CalendarSpec, days: Sequence[Day]) -> dict[str, object]:
    """The same for programs; hours are wall times, `seconds` how long it is open."""
    return {
        "calendar": spec.name,
        "zone": spec.zone,
        "days": [
            {
                "date": day.day.isoformat(),
                "hours": [f"{wall(start)}-{wall(end)}" for start, end in day.hours],
                "seconds": day.seconds,
                "closed": None if day.closed is None else {"name": day.closed.name, "kind": day.closed.kind},
                "exception": bool(day.exception),
                "closures": [f"{start}-{end}" for _, start, end in day.closures],
                "clock_changes": [f"{wall(change.before)} to {wall(change.after)}" for change in day.changes],
                "exists": day.exists,
            }
            for day in days
        ],
    }


def _hours(spans: Sequence[Span]) -> str:
    return ", ".join(f"{wall(start)}-{wall(end)}" for start, end in spans)


def wall(seconds: int) -> str:
    """Seconds since midnight as "09:30", with seconds if any; what is before it or after 24:00 as on that date."""
    minutes, left = divmod(seconds % DAY if seconds != DAY else DAY, 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{clock}:{left:02d}" if left else clock

"""The calendars of the file as CalendarSpecs, with what is wrong in them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from mailsla.config.faults import Fault
from mailsla.config.file import CalendarTable, Intervals
from mailsla.config.formats import wrong_name, wrong_zone, zone
from mailsla.config.lines import KeyPath
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.checks import calendar_problems
from mailsla.core.sla.hours import Interval

MEND = 'write "09:00-17:00"; an end may be "24:00", or earlier than the start for a shift past midnight'


def calendars_of(tables: Mapping[str, CalendarTable]) -> tuple[dict[str, CalendarSpec], tuple[Fault, ...]]:
    """Each calendar by its name. An interval that can't be read is a fault and left out."""
    specs: dict[str, CalendarSpec] = {}
    faults: list[Fault] = []
    for name, table in tables.items():
        specs[name], own = _spec(name, table)
        faults += own or _faults(specs[name])
    return specs, tuple(faults)


def _spec(name: str, table: CalendarTable) -> tuple[CalendarSpec, list[Fault]]:
    at: KeyPath = ("calendars", name)
    faults: list[Fault] = []

    def read(intervals: Intervals, *key: str | int) -> tuple[Interval, ...]:
        pairs = []
        for written in intervals:
            start, dash, end = (part.strip() for part in written.partition("-"))
            if dash:
                pairs.append((start, end))
            else:
                faults.append(Fault((*at, *key), f'"{written}" is no interval', MEND))
        return tuple(pairs)

    spec = CalendarSpec(
        name=name,
        zone=table.zone,
        weekly={day: read(hours, "weekly", day) for day, hours in table.weekly.items()},
        holidays=table.holidays,
        exceptions={day: read(hours, "exceptions", str(day)) for day, hours in table.exceptions.items()},
        closures=tuple(
            (closure.date, *pair)
            for index, closure in enumerate(table.closures)
            for pair in read((closure.hours,), "closures", index, "hours")
        ),
        effective_from=table.effective_from,
    )
    return spec, faults


def _faults(spec: CalendarSpec) -> list[Fault]:
    at: KeyPath = ("calendars", spec.name)
    found = [Fault(path, *wrong) for path, wrong in ((at, wrong_name(spec.name)),) if wrong]
    wrong = wrong_zone(spec.zone)
    if wrong is not None:
        return [*found, Fault((*at, "zone"), *wrong)]
    for problem in calendar_problems(spec, zone(spec.zone), _search_from(spec)):
        place = problem.where.partition(", ")[2].partition(",")[0]
        found.append(Fault((*at, *place.split(".", 1)) if place else at, problem.what, problem.mend))
    return found


def _search_from(spec: CalendarSpec) -> int:
    """Where the search for an opening starts: whatever opens on some date is found, without asking the clock."""
    first = min(spec.exceptions, default=spec.effective_from or date(1970, 1, 2))
    return int(datetime.combine(first, time(), UTC).timestamp()) - 86_400

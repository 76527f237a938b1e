"""The calendars of the file as CalendarSpecs, with what is wrong in them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from mailsla.config.faults import Fault
from mailsla.config.file import CalendarTable, Intervals
from mailsla.config.formats import wrong_name, wrong_zone, zone
from mailsla.config.holidays import HolidayFile
from mailsla.config.lines import KeyPath
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.checks import calendar_problems
from mailsla.core.sla.hours import Interval

_NO_FILES: Mapping[str, HolidayFile] = {}


def calendars_of(
    tables: Mapping[str, CalendarTable], files: Mapping[str, HolidayFile] = _NO_FILES
) -> tuple[dict[str, CalendarSpec], tuple[Fault, ...]]:
    """Each calendar by its name, with the faults of all; a row of the table wins over one of its file of holidays."""
    specs = {name: _spec(name, table, files.get(name, HolidayFile())) for name, table in tables.items()}
    faults = [
        Fault(("calendars", name, "holidays_file"), f"{fault.where}: {fault.what}", fault.mend)
        for name, file in files.items()
        for fault in file.faults
    ]
    return specs, (*faults, *(fault for spec in specs.values() for fault in _faults(spec)))


def _spec(name: str, table: CalendarTable, file: HolidayFile) -> CalendarSpec:
    return CalendarSpec(
        name=name,
        zone=table.zone,
        weekly={day: _intervals(hours) for day, hours in table.weekly.items()},
        holidays={**file.rows, **table.holidays},
        exceptions={day: _intervals(hours) for day, hours in table.exceptions.items()},
        closures=tuple((closure.date, *_interval(closure.hours)) for closure in table.closures),
        effective_from=table.effective_from,
    )


def _intervals(written: Intervals) -> tuple[Interval, ...]:
    return tuple(map(_interval, written))


def _interval(written: str) -> Interval:
    """ "09:00-17:00" as a pair; whether both are times is calendar_problems' to say."""
    start, _, end = written.partition("-")
    return start.strip(), end.strip()


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

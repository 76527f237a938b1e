"""Instants as tests write them: local time in Berlin, "2026-11-20 16:55"; and an office in Berlin."""

from collections.abc import Mapping
from datetime import date, datetime

from mailsla.adapters.zones import zone
from mailsla.core.sla.calendar import Calendar, CalendarSpec

BERLIN = zone("Europe/Berlin")
NINE_TO_FIVE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("09:00", "17:00"),))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def said(t: int | None) -> str | None:
    return None if t is None else datetime.fromtimestamp(t, BERLIN).strftime("%Y-%m-%d %H:%M")


def office(
    holidays: dict[str, str] | None = None,
    exceptions: dict[str, tuple[tuple[str, str], ...]] | None = None,
    closures: tuple[tuple[str, str, str], ...] = (),
    weekly: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> Calendar:
    spec = CalendarSpec(
        name="office",
        zone="Europe/Berlin",
        weekly=NINE_TO_FIVE if weekly is None else weekly,
        holidays={date.fromisoformat(day): name for day, name in (holidays or {}).items()},
        exceptions={date.fromisoformat(day): rule for day, rule in (exceptions or {}).items()},
        closures=tuple((date.fromisoformat(day), start, end) for day, start, end in closures),
    )
    return Calendar(spec, BERLIN)

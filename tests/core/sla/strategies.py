"""Generated calendars, pauses and instants around the odd days of odd zones."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from mailsla.adapters.zones import zone
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.core.sla.hours import WEEKDAYS

# Zone and a date at which its offset does something worth looking at.
ODD = {
    "Europe/Berlin": date(2024, 3, 31),
    "America/New_York": date(2024, 11, 3),
    "Australia/Lord_Howe": date(2024, 4, 7),  # half an hour of daylight saving
    "Asia/Kathmandu": date(2024, 5, 5),  # +05:45
    "Pacific/Apia": date(2011, 12, 30),  # a date that was skipped
    "Pacific/Kwajalein": date(1993, 8, 21),  # another one
    "America/Sao_Paulo": date(2018, 11, 4),  # a gap at midnight
    "America/Havana": date(2024, 11, 3),  # a fold that ends after midnight
    "Asia/Beirut": date(2024, 10, 27),  # a fold that goes back over midnight
    "Africa/Casablanca": date(2024, 4, 14),  # negative daylight saving in Ramadan
    "Antarctica/Troll": date(2024, 3, 31),  # two hours
    "America/Nuuk": date(2024, 3, 30),  # a gap before midnight
    "Etc/UTC": date(2024, 2, 29),
}
MINUTE, HOUR, DAY = 60, 3600, 86_400

minutes = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
intervals = st.tuples(minutes, minutes | st.just("24:00"))
hours = st.lists(intervals, max_size=2).map(tuple)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar in one of the odd zones, with rules around its odd date."""
    name = draw(st.sampled_from(sorted(ODD)))
    days = st.integers(-4, 4).map(lambda ahead: ODD[name] + timedelta(days=ahead))
    spec = CalendarSpec(
        zone=name,
        weekly=draw(st.dictionaries(st.sampled_from(WEEKDAYS), hours)),
        holidays=draw(st.dictionaries(days, st.just("a holiday"), max_size=2)),
        exceptions=draw(st.dictionaries(days, hours, max_size=2)),
        closures=tuple(draw(st.lists(st.tuples(days, minutes, minutes | st.just("24:00")), max_size=2))),
    )
    return Calendar(spec, zone(name))


@st.composite
def instants_near(draw: st.DrawFn, calendar: Calendar, days: int = 3) -> int:
    """A full minute within some days of the odd date of the calendar's zone."""
    middle = int(datetime.combine(ODD[calendar.spec.zone], datetime.min.time(), UTC).timestamp())
    return middle + draw(st.integers(-days * DAY // MINUTE, days * DAY // MINUTE)) * MINUTE


@st.composite
def pauses_near(draw: st.DrawFn, calendar: Calendar) -> list[tuple[int, int]]:
    """Up to three pauses, which may overlap, in any order."""
    ends = st.tuples(instants_near(calendar), instants_near(calendar))
    return [(min(pair), max(pair)) for pair in draw(st.lists(ends, max_size=3))]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, int, list[tuple[int, int]]]:
    """A calendar, a start and pauses."""
    calendar = draw(calendars())
    return calendar, draw(instants_near(calendar)), draw(pauses_near(calendar))


@st.composite
def ascending(draw: st.DrawFn, calendar: Calendar, count: int) -> list[int]:
    """So many instants, ascending."""
    found = sorted(draw(st.lists(instants_near(calendar, 30), min_size=count, max_size=count)))
    assert all(a <= b for a, b in pairwise(found))
    return found

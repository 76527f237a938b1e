"""Calendars as an operator and a letter see them: what is wrong with one, why it is closed, edge cases by hand."""

import tomllib
from datetime import date

import pytest
from pydantic import TypeAdapter

from mailsla.adapters.zones import zone
from mailsla.core.sla.calendar import Calendar, CalendarSpec, ClosedDate
from mailsla.core.sla.checks import calendar_problems
from tests.core.sla.at import BERLIN, at, office, said

CHRISTMAS = {"2026-12-25": "Christmas Day", "2026-12-26": "St Stephen's Day"}
NOW = at("2026-11-02 09:00")


def test_a_calendar_is_pleasant_to_write_in_toml() -> None:
    text = """
        zone = "Europe/Berlin"
        weekly = { mon = [["09:00", "12:30"], ["13:15", "17:00"]], fri = [["22:00", "06:00"]] }
        holidays = { 2026-12-25 = "Christmas Day" }
        exceptions = { 2026-12-24 = [["09:00", "12:00"]], 2026-12-31 = [] }
        closures = [["2026-12-07", "15:00", "17:00"], [2026-12-14, "16:00", "24:00"]]
        effective_from = 2026-01-01
    """
    assert TypeAdapter(CalendarSpec).validate_python(tomllib.loads(text)) == CalendarSpec(
        zone="Europe/Berlin",
        weekly={"mon": (("09:00", "12:30"), ("13:15", "17:00")), "fri": (("22:00", "06:00"),)},
        holidays={date(2026, 12, 25): "Christmas Day"},
        exceptions={date(2026, 12, 24): (("09:00", "12:00"),), date(2026, 12, 31): ()},
        closures=((date(2026, 12, 7), "15:00", "17:00"), (date(2026, 12, 14), "16:00", "24:00")),
        effective_from=date(2026, 1, 1),
    )


@pytest.mark.parametrize(
    ("weekly", "what"),
    [
        ({"mon": (("9:00", "17:00"),)}, '"9:00" is no time of day'),
        ({"mon": (("09:00", "24:01"),)}, '"24:01" is no time of day'),
        ({"mon": (("09:00", "25:00"),)}, '"25:00" is no time of day'),
        ({"mon": (("٠٩:00", "17:00"),)}, "is no time of day"),
        ({"mon": (("24:00", "06:00"),)}, "starts at 24:00"),
        ({"mon": (("09:00", "23:59"),)}, "a minute before midnight"),
        ({"mon": (("09:00", "13:00"), ("12:00", "17:00"))}, "09:00-13:00 and 12:00-17:00 overlap"),
        ({"mon": (("22:00", "02:00"), ("23:00", "23:30"))}, "overlap"),
        ({"mon": (("22:00", "10:00"),), "tue": (("09:00", "17:00"),)}, "22:00-10:00 runs into 09:00-17:00 of tue"),
        ({"sun": (("22:00", "06:01"),), "mon": (("06:00", "17:00"),)}, "22:00-06:01 runs into 06:00-17:00 of mon"),
        ({"monday": (("09:00", "17:00"),)}, "no such weekday"),
        ({}, "never opens"),
        ({"mon": ()}, "never opens"),
    ],
)
def test_what_is_wrong_with_hours_is_told_with_its_mend(
    weekly: dict[str, tuple[tuple[str, str], ...]], what: str
) -> None:
    weekly = weekly | ({} if what == "never opens" else {"fri": (("09:00", "17:00"),)})
    problems = calendar_problems(CalendarSpec(name="office", zone="Europe/Berlin", weekly=weekly), BERLIN, NOW)
    assert [what in problem.what for problem in problems] == [True]
    assert problems[0].where.startswith("calendar office")
    assert problems[0].mend


def test_exceptions_and_closures_are_looked_at_too() -> None:
    spec = CalendarSpec(
        name="office",
        zone="Europe/Berlin",
        weekly={"mon": (("09:00", "17:00"),)},
        exceptions={date(2026, 12, 24): (("nine", "noon"),)},
        closures=((date(2026, 12, 7), "15:00", "23:59"),),
    )
    found = [problem.where for problem in calendar_problems(spec, BERLIN, NOW)]
    assert found == ["calendar office, exceptions.2026-12-24", "calendar office, closures, 2026-12-07"]


def test_a_calendar_whose_last_exception_is_over_never_opens() -> None:
    spec = office(weekly={}, exceptions={"2026-12-24": (("09:00", "12:00"),)}).spec
    assert calendar_problems(spec, BERLIN, at("2026-12-24 11:59")) == ()
    assert [problem.what for problem in calendar_problems(spec, BERLIN, at("2026-12-24 12:00"))] == [
        "it never opens in the next ten years"
    ]


def test_good_hours_have_no_problem() -> None:
    weekly = {
        "mon": (("00:00", "24:00"),),
        "tue": (("09:00", "12:00"), ("12:00", "17:00")),
        "fri": (("22:00", "06:00"),),
        "sat": (("06:00", "09:00"),),
    }
    assert calendar_problems(office(CHRISTMAS, weekly=weekly).spec, BERLIN, NOW) == ()


@pytest.mark.parametrize(
    ("t", "reason", "opens", "dates"),
    [
        ("2026-11-20 18:42", "hours", "2026-11-23 09:00", []),
        ("2026-11-21 12:00", "hours", "2026-11-23 09:00", []),
        ("2026-12-23 18:00", "hours", "2026-12-28 09:00", ["2026-12-24", "2026-12-25", "2026-12-26"]),
        ("2026-12-24 10:00", "exception", "2026-12-28 09:00", ["2026-12-24", "2026-12-25", "2026-12-26"]),
        ("2026-12-25 10:00", "holiday", "2026-12-28 09:00", ["2026-12-25", "2026-12-26"]),
        ("2026-12-07 15:30", "closure", "2026-12-08 09:00", []),
    ],
)
def test_why_it_is_closed(t: str, reason: str, opens: str, dates: list[str]) -> None:
    calendar = office(CHRISTMAS, {"2026-12-24": ()}, (("2026-12-07", "15:00", "24:00"),))
    closed = calendar.closed_because(at(t))
    assert closed is not None
    assert (closed.reason, said(closed.opens)) == (reason, opens)
    assert [one.day.isoformat() for one in closed.dates] == dates


def test_a_holiday_is_told_by_name() -> None:
    closed = office(CHRISTMAS).closed_because(at("2026-12-25 10:00"))
    assert closed is not None
    assert closed.dates[0] == ClosedDate(date(2026, 12, 25), "Christmas Day", "holiday")


def test_open_time_needs_no_reason_and_a_dead_calendar_has_no_opening() -> None:
    assert office().closed_because(at("2026-11-20 16:59")) is None
    closed = office(weekly={}).closed_because(at("2026-11-20 16:59"))
    assert closed is not None
    assert (closed.reason, closed.opens) == ("hours", None)


def test_next_close() -> None:
    calendar = office(weekly={"mon": (("09:00", "24:00"),), "tue": (("00:00", "17:00"),)})
    assert said(calendar.next_close(at("2026-11-23 10:00"))) == "2026-11-24 17:00"
    assert said(calendar.next_close(at("2026-11-23 08:00"))) == "2026-11-23 08:00"
    always = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("00:00", "24:00"),))
    assert office(weekly=always).next_close(at("2026-11-23 08:00")) is None


@pytest.mark.parametrize(("target", "due"), [(8 * 3600, "2026-11-23 17:00"), (8 * 3600 + 1, "2026-11-24 09:00")])
def test_a_day_of_eight_hours_ends_at_its_close(target: int, due: str) -> None:
    assert said(office().due(at("2026-11-23 09:00"), target)) == due


def test_the_search_ends_after_ten_years() -> None:
    calendar = office(weekly={}, exceptions={"2036-11-01": (("09:00", "17:00"),), "2037-01-05": (("09:00", "17:00"),)})
    assert said(calendar.next_open(at("2026-11-23 09:00"))) == "2036-11-01 09:00"
    assert calendar.next_open(at("2036-11-01 17:00")) == at("2037-01-05 09:00")
    assert calendar.due(at("2026-11-23 09:00"), 8 * 3600 + 1) is None


def test_instants_at_the_ends_of_time_are_no_crash() -> None:
    calendar = office()
    assert calendar.elapsed(-(10**12), -(10**12) + 5) == 0
    assert calendar.due(10**12, 5) is None
    assert not calendar.is_open(-(10**13))


def test_business_day_of_a_shift_past_midnight_closes_on_the_next_date() -> None:
    calendar = office(weekly={"fri": (("22:00", "06:00"),)}, closures=(("2026-11-28", "04:00", "07:00"),))
    assert said(calendar.business_close(date(2026, 11, 20))) == "2026-11-21 06:00"
    assert calendar.business_close(date(2026, 11, 21)) is None
    assert said(calendar.business_close(date(2026, 11, 27))) == "2026-11-28 04:00"


def test_a_date_that_the_zone_skips_is_no_business_day_although_its_shift_would_run_on() -> None:
    night = CalendarSpec(zone="Pacific/Apia", weekly={"thu": (("22:00", "06:00"),), "fri": (("22:00", "06:00"),)})
    apia = Calendar(night, zone("Pacific/Apia"))
    assert apia.business_close(date(2011, 12, 30)) is None
    assert apia.business_close(date(2011, 12, 29)) is not None


def test_malformed_hours_are_refused_by_the_calendar_itself() -> None:
    with pytest.raises(ValueError, match="no time of day"):
        Calendar(CalendarSpec(zone="Europe/Berlin", weekly={"mon": (("9", "17"),)}), BERLIN)

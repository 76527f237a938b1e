"""Targets as they are written, and when they are due (sla.md section 3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.sla.targets import Target, TargetError, add_months, due_of, parse_duration, parse_target
from tests.core.sla.at import at, office, said


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("8h", Target("seconds", 8 * 3600)),
        ("30m", Target("seconds", 1800)),
        ("1h 30m", Target("seconds", 5400)),
        ("1h30m", Target("seconds", 5400)),
        (" 12 hours ", Target("seconds", 12 * 3600)),
        ("90 minutes", Target("seconds", 5400)),
        ("45s", Target("seconds", 45)),
        ("2 business days", Target("business_days", 2)),
        ("1 Business Day", Target("business_days", 1)),
        ("2 working days", Target("business_days", 2)),
        ("15 calendar days", Target("calendar_days", 15)),
        ("8 weeks", Target("calendar_days", 56)),
        ("1 calendar week", Target("calendar_days", 7)),
        ("2 months", Target("months", 2)),
    ],
)
def test_what_is_written_is_read(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert parse_target(target.written) == target


@pytest.mark.parametrize("text", ["1 day", "1d", "3 days", "2D"])
def test_a_bare_day_is_refused_with_its_mend(text: str) -> None:
    with pytest.raises(TargetError, match="three things") as refused:
        parse_target(text)
    amount = text[0]
    assert f'"{amount} business day' in refused.value.mend
    assert f"{int(amount) * 24}h" in refused.value.mend


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "8",
        "0h",
        "0 business days",
        "-8h",
        "8.5h",
        "30m 1h",
        "1h 1h",
        "2 business weeks",
        "8 parsecs",
        "8h!",
        "٨h",
    ],
)
def test_what_is_not_clear_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_target(text)
    assert isinstance(refused.value, TargetError)
    assert refused.value.mend


@given(st.integers(1, 10**8))
def test_durations_are_written_as_they_are_read(seconds: int) -> None:
    assert parse_duration(Target("seconds", seconds).written) == seconds


HOLIDAYS = {"2026-12-25": "Christmas Day", "2026-12-26": "St Stephen's Day", "2027-01-01": "New Year"}


@pytest.mark.parametrize(
    ("target", "received", "due"),
    [
        # Business time.
        (parse_target("8h"), "2026-11-23 09:00", "2026-11-23 17:00"),
        (parse_target("4h"), "2026-11-20 16:55", "2026-11-23 12:55"),
        # The close of the n-th business day after the date of receipt; that date is day 0 whenever it came.
        (parse_target("2 business days"), "2026-11-23 08:00", "2026-11-25 17:00"),
        (parse_target("2 business days"), "2026-11-23 23:00", "2026-11-25 17:00"),
        (parse_target("2 business days"), "2026-11-21 10:00", "2026-11-24 17:00"),
        (parse_target("2 business days"), "2026-12-23 10:00", "2026-12-28 17:00"),
        (parse_target("2 business days", end_of="civil_day"), "2026-11-23 08:00", "2026-11-26 00:00"),
        # 24:00 of the date of receipt + n.
        (parse_target("15 calendar days"), "2026-12-10 08:00", "2026-12-26 00:00"),
        (parse_target("15 calendar days", roll="next_business_day"), "2026-12-10 08:00", "2026-12-29 00:00"),
        (parse_target("8 weeks"), "2026-11-23 08:00", "2027-01-19 00:00"),
        # The same day number, else the last of the month.
        (parse_target("2 months"), "2026-11-23 08:00", "2027-01-24 00:00"),
        (parse_target("3 months"), "2026-11-30 08:00", "2027-03-01 00:00"),
        (parse_target("1 months", roll="next_business_day"), "2026-12-01 08:00", "2027-01-05 00:00"),
    ],
)
def test_due(target: Target, received: str, due: str) -> None:
    assert said(due_of(target, office(HOLIDAYS), at(received))) == due


def test_pauses_move_business_time_only() -> None:
    pause = [(at("2026-11-23 10:00"), at("2026-11-23 12:00"))]
    received = at("2026-11-23 09:00")
    assert said(due_of(parse_target("4h"), office(), received, pause)) == "2026-11-23 15:00"
    assert said(due_of(parse_target("1 business days"), office(), received, pause)) == "2026-11-24 17:00"


def test_days_of_a_calendar_that_never_opens_are_never_due() -> None:
    dead = office(weekly={})
    for target in (Target("business_days", 1), Target("calendar_days", 1, roll="next_business_day")):
        assert due_of(target, dead, at("2026-11-23 09:00")) is None
    assert said(due_of(Target("calendar_days", 1), dead, at("2026-11-23 09:00"))) == "2026-11-25 00:00"


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 40))
def test_months_keep_the_day_number_or_take_the_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and date.fromordinal(later.toordinal() + 1).day == 1)

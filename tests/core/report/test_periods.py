"""Which days a period is, which instants these are, and which period came before."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailsla.core.report import periods
from mailsla.core.report.model import Period

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("kind", "day", "start", "end"),
    [
        ("week", date(2026, 11, 1), date(2026, 10, 26), date(2026, 11, 1)),
        ("week", date(2026, 11, 2), date(2026, 11, 2), date(2026, 11, 8)),
        ("month", date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
        ("month", date(2028, 2, 1), date(2028, 2, 1), date(2028, 2, 29)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        ("quarter", date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30)),
        ("quarter", date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31)),
        ("year", date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_that_a_day_is_in(kind: str, day: date, start: date, end: date) -> None:
    assert periods.period_with(kind, day, BERLIN) == Period(kind, start, end, BERLIN)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (periods.month_named("2026-01", BERLIN), date(2025, 12, 1), date(2025, 12, 31)),
        (periods.week_named("2026-W01", BERLIN), date(2025, 12, 22), date(2025, 12, 28)),
        (periods.period_with("quarter", date(2026, 2, 1), BERLIN), date(2025, 10, 1), date(2025, 12, 31)),
        (periods.days(date(2026, 3, 10), date(2026, 3, 12), BERLIN), date(2026, 3, 7), date(2026, 3, 9)),
        (periods.days(date(2026, 3, 10), date(2026, 3, 10), BERLIN), date(2026, 3, 9), date(2026, 3, 9)),
    ],
)
def test_the_one_before(period: Period, start: date, end: date) -> None:
    assert periods.before(period) == Period(period.kind, start, end, BERLIN)


def test_the_last_ones_end_with_this_one() -> None:
    months = periods.last(periods.month_named("2026-02", BERLIN), 3)
    assert [f"{one.start:%Y-%m}" for one in months] == ["2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize(
    ("month", "zone", "hours"),
    [
        ("2026-10", BERLIN, 31 * 24 + 1),  # the clocks go back
        ("2026-03", BERLIN, 31 * 24 - 1),
        ("2026-04", BERLIN, 30 * 24),
        ("2026-03", "America/New_York", 31 * 24 - 1),
        ("2024-03", "Asia/Beirut", 31 * 24 - 1),  # the 31st began at 1:00: there was no midnight
        ("2026-10", "Etc/UTC", 31 * 24),
    ],
)
def test_a_month_has_the_hours_that_its_zone_gives_it(month: str, zone: str, hours: int) -> None:
    start, end = periods.bounds(periods.month_named(month, zone), ZoneInfo(zone))
    assert end - start == hours * 3600


def test_periods_touch() -> None:
    months = periods.last(periods.month_named("2026-12", BERLIN), 24)
    bounds = [periods.bounds(one, ZoneInfo(BERLIN)) for one in months]
    assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]]


def test_bounds_are_midnights_of_the_zone() -> None:
    start, end = periods.bounds(periods.month_named("2026-10", BERLIN), ZoneInfo(BERLIN))
    assert datetime.fromtimestamp(start, UTC).isoformat() == "2026-09-30T22:00:00+00:00"
    assert datetime.fromtimestamp(end, UTC).isoformat() == "2026-10-31T23:00:00+00:00"


@pytest.mark.parametrize("text", ["2026-13", "2026", "2026-1", "10/2026", "2026-W45", ""])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError, match=r"month"):
        periods.month_named(text, BERLIN)


@pytest.mark.parametrize("text", ["2026-W54", "2026-W00", "2026-W1", "2026-10", ""])
def test_what_is_no_week(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)week"):
        periods.week_named(text, BERLIN)


def test_days_that_end_before_they_begin() -> None:
    with pytest.raises(ValueError, match="is before"):
        periods.days(date(2026, 3, 2), date(2026, 3, 1), BERLIN)


@pytest.mark.parametrize(
    ("period", "months"),
    [
        (periods.month_named("2026-10", BERLIN), ["2026-10"]),
        (periods.week_named("2026-W44", BERLIN), ["2026-10"]),  # 26 October to 1 November
        (periods.week_named("2026-W45", BERLIN), []),
        (periods.period_with("quarter", date(2026, 5, 1), BERLIN), ["2026-04", "2026-05", "2026-06"]),
        (periods.days(date(2026, 1, 15), date(2026, 3, 30), BERLIN), ["2026-01", "2026-02"]),
    ],
)
def test_credits_are_those_of_the_months_that_ended(period: Period, months: list[str]) -> None:
    assert [f"{one.start:%Y-%m}" for one in periods.months_ended(period)] == months

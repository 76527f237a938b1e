"""When a report is due, of which period, and what is made up for after an outage."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.report.schedule import MONTH, WEEK, before, containing, due, last_of, next_due, owed

BERLIN = ZoneInfo("Europe/Berlin")
NAME = "Europe/Berlin"


def berlin(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


@pytest.mark.parametrize(
    ("kind", "now", "expected"),
    [
        (WEEK, "2026-11-23 06:59", "2026-11-23 07:00"),
        (WEEK, "2026-11-23 07:00", "2026-11-30 07:00"),
        (WEEK, "2026-11-29 23:59", "2026-11-30 07:00"),
        (WEEK, "2026-10-25 12:00", "2026-10-26 07:00"),  # the clocks went back in the night
        (MONTH, "2026-11-01 06:59", "2026-11-01 07:00"),
        (MONTH, "2026-11-01 07:00", "2026-12-01 07:00"),
        (MONTH, "2026-12-15 10:00", "2027-01-01 07:00"),
        (MONTH, "2028-02-29 10:00", "2028-03-01 07:00"),
    ],
)
def test_the_next_report(kind: str, now: str, expected: str) -> None:
    assert next_due(kind, "07:00", berlin(now), BERLIN, NAME) == berlin(expected)


@pytest.mark.parametrize(
    ("kind", "last", "now", "expected"),
    [
        (MONTH, None, "2026-11-23 10:00", ["2026-10-01"]),  # the first one ever: not the whole past
        (MONTH, None, "2026-11-01 06:59", ["2026-09-01"]),
        (MONTH, "2026-10-31", "2026-11-23 10:00", []),
        (MONTH, "2026-09-30", "2026-11-23 10:00", ["2026-10-01"]),
        (MONTH, "2026-08-31", "2026-11-23 10:00", ["2026-09-01", "2026-10-01"]),
        (MONTH, "2025-08-31", "2026-11-23 10:00", ["2026-08-01", "2026-09-01", "2026-10-01"]),  # at most three
        (MONTH, "2026-12-31", "2026-11-23 10:00", []),  # under a clock that was ahead
        (WEEK, "2026-11-15", "2026-11-23 06:59", []),
        (WEEK, "2026-11-15", "2026-11-23 07:00", ["2026-11-16"]),
    ],
)
def test_what_is_owed(kind: str, last: str | None, now: str, expected: list[str]) -> None:
    reported = date.fromisoformat(last) if last else None
    found = owed(kind, reported, "07:00", berlin(now), BERLIN, NAME, 3)
    assert [one.start.isoformat() for one in found] == expected


@given(st.sampled_from([WEEK, MONTH]), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_periods_follow_each_other_without_gap(kind: str, day: date) -> None:
    period = containing(kind, day, NAME)
    earlier = before(period)
    assert period.start <= day <= period.end
    assert (period.start - earlier.end).days == 1
    assert containing(kind, period.end, NAME) == period


@given(
    st.sampled_from([WEEK, MONTH]),
    st.datetimes(datetime(2000, 2, 1), datetime(2090, 1, 1)),
    st.sampled_from(["00:00", "02:30", "07:00", "23:59"]),
)
def test_what_was_made_is_owed_no_more(kind: str, at: datetime, time: str) -> None:
    now = int(at.replace(tzinfo=UTC).timestamp())
    (period,) = owed(kind, None, time, now, BERLIN, NAME, 3)
    made = due(period, time, BERLIN)
    assert made <= now < next_due(kind, time, now, BERLIN, NAME)
    assert owed(kind, last_of(made, BERLIN), time, now, BERLIN, NAME, 3) == []

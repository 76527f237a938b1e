"""Times as agents write them in commands: read, or refused with the mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.commands.times import Read, Unclear, read_time
from tests.core.sla.at import BERLIN, at, said

WEDNESDAY = at("2026-11-25 10:00")


@pytest.mark.parametrize(
    ("text", "instant", "rest"),
    [
        ("fri 12:00", "2026-11-27 12:00", ""),
        ("Friday 9:30 we wait for the depot", "2026-11-27 09:30", "we wait for the depot"),
        ("Fr. 12.00", "2026-11-27 12:00", ""),
        ("freitag,  12:00", "2026-11-27 12:00", ""),
        ("tue 08:00", "2026-12-01 08:00", ""),
        ("today 17:00", "2026-11-25 17:00", ""),
        ("tomorrow 00:00", "2026-11-26 00:00", ""),
        ("morgen 9:00 Danke", "2026-11-26 09:00", "Danke"),
        ("2026-11-27 12:00", "2026-11-27 12:00", ""),
        ("27.11. 12:00", "2026-11-27 12:00", ""),
        ("27.11.2026 12:00", "2026-11-27 12:00", ""),
        ("7.1. 12:00", "2027-01-07 12:00", ""),
    ],
)
def test_a_time_is_read_on_the_agents_wall_clock(text: str, instant: str, rest: str) -> None:
    read = read_time(text, WEDNESDAY, BERLIN)
    assert isinstance(read, Read)
    assert (said(read.at), read.rest) == (instant, rest)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "time_no_day"),
        ("soon", "time_no_day"),
        ("12:00", "time_no_day"),
        ("fri", "time_no_clock"),
        ("fri noon", "time_no_clock"),
        ("fri 25:00", "time_no_clock"),
        ("wed 12:00", "time_today"),  # today, or in a week?
        ("wed 9:00", "time_today"),
        ("11/12 12:00", "time_slashes"),  # November or December?
        ("31.11. 12:00", "time_no_date"),
        ("2026-02-30 12:00", "time_no_date"),
        ("today 9:00", "time_past"),
        ("today 10:00", "time_past"),
        ("2026-11-24 12:00", "time_past"),
        ("2027-11-27 12:00", "time_far"),
        ("24.11. 12:00", "time_far"),  # this year's has passed
    ],
)
def test_what_is_past_ambiguous_or_later_than_sense_is_refused(text: str, code: str) -> None:
    refused = read_time(text, WEDNESDAY, BERLIN)
    assert isinstance(refused, Unclear)
    assert refused.why.code == code


def test_a_time_that_the_clocks_skip_or_show_twice_is_refused() -> None:
    spring, autumn = at("2027-03-26 10:00"), at("2026-10-23 10:00")
    for now, text, code in (
        (spring, "2027-03-28 02:30", "time_skipped"),
        (autumn, "2026-10-25 02:30", "time_twice"),
    ):
        refused = read_time(text, now, BERLIN)
        assert isinstance(refused, Unclear)
        assert refused.why.code == code
    assert isinstance(read_time("2026-10-25 03:30", autumn, BERLIN), Read)


@given(st.text(max_size=40), st.integers(0, 1 << 33))
def test_whatever_is_written_it_is_read_or_refused(text: str, now: int) -> None:
    read = read_time(text, now, BERLIN)
    assert isinstance(read, Unclear) or read.at > now


@given(st.integers(1, 89 * 24 * 60))
def test_a_time_written_is_the_time_read(minutes: int) -> None:
    wanted = WEDNESDAY + minutes * 60
    read = read_time(f"{said(wanted)}", WEDNESDAY, BERLIN)
    assert isinstance(read, Read)
    assert read.at == wanted

"""Until when a case is snoozed, as agents write it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailsla.core.commands.snoozing import snooze_until
from mailsla.core.commands.times import Unclear

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


MONDAY = at("2026-11-16 15:20")


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("3d", "2026-11-19 09:00"),
        ("3 days", "2026-11-19 09:00"),
        ("1 Tag", "2026-11-17 09:00"),
        ("2w", "2026-11-30 09:00"),
        ("4h", "2026-11-16 19:20"),
        ("90 min", "2026-11-16 16:50"),
        ("fri", "2026-11-20 09:00"),
        ("Friday.", "2026-11-20 09:00"),
        ("tomorrow", "2026-11-17 09:00"),
        ("fri 14:30", "2026-11-20 14:30"),
        ("27.11.", "2026-11-27 09:00"),
        ("2026-12-01 09:00", "2026-12-01 09:00"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("today 18:00", "2026-11-16 18:00"),
    ],
)
def test_a_time(written: str, until: str) -> None:
    assert snooze_until(written, MONDAY, BERLIN) == at(until)


@pytest.mark.parametrize(
    ("written", "why", "meant"),
    [
        ("3", "time_no_day", "#snooze fri 12:00"),
        ("a while", "time_no_day", "#snooze fri 12:00"),
        ("fri at nine", "time_no_clock", "#snooze fri 12:00"),
        ("fri 9:00 please", "snooze_unclear", "#snooze 3d"),
        ("mon", "time_today", "#snooze 2026-11-23 12:00"),
        ("today", "time_past", ""),  # 9:00 is over
        ("2026-11-01", "time_past", ""),
        ("12/1", "time_slashes", "#snooze 2026-11-17 12:00"),
        ("0d", "snooze_far", ""),
        ("0h", "snooze_far", ""),
        ("91d", "snooze_far", ""),
        ("9999h", "snooze_far", ""),
        ("2027-11-16", "time_far", ""),
    ],
)
def test_no_time(written: str, why: str, meant: str) -> None:
    found = snooze_until(written, MONDAY, BERLIN)
    assert isinstance(found, Unclear)
    assert (found.why.code, found.meant) == (why, meant)


def test_three_days_over_the_end_of_summer_time_end_in_the_morning_too() -> None:
    assert snooze_until("3d", at("2026-10-23 15:00"), BERLIN) == at("2026-10-26 09:00")

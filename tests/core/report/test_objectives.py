"""Objectives of a month: when one is said to be at risk, when lost, and when nothing is said yet."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.report.objectives import Count, Goal, Lasted, chance_of, in_time, level_of, standing
from mailsla.core.sla.targets import parse_target
from mailsla.core.sla.terms import Metric
from tests.core.sla.at import at, office
from tests.properties import cases_of

GOAL = Goal(name="answers", metric=Metric.FIRST_RESPONSE, levels=("80 % within 4h",))
LEVEL = level_of("80 % within 4h")
THIRD = Fraction(1, 3)  # of the month is gone


@pytest.mark.parametrize(
    ("good", "bad", "last_month", "gone", "stage"),
    [
        (0, 2, 100, THIRD, ""),  # the first two, on the first morning: too few
        (3, 6, 100, THIRD, ""),  # nine
        (4, 6, 100, THIRD, "at_risk"),
        (7, 3, 100, THIRD, ""),  # 70 %, and every third month that is held begins so
        (70, 30, 1000, THIRD, "at_risk"),  # 70 % of many is no chance
        (80, 20, 1000, THIRD, ""),  # just held
        (79, 21, 100, THIRD, "lost"),  # 20 of the whole month's 100 may fail
        (80, 20, 100, THIRD, ""),
        (7, 3, 0, THIRD, ""),  # no month before: it goes on as it began, to 30, of which 6 may fail
        (3, 7, 0, THIRD, "lost"),
        (3, 7, 100, Fraction(1), ""),  # it is over: nothing is foretold
        (0, 0, 0, Fraction(0), ""),
    ],
)
def test_when_it_is_said_that_a_month_will_be_lost(
    good: int, bad: int, last_month: int, gone: Fraction, stage: str
) -> None:
    found = standing(GOAL, LEVEL, Count(good, bad), last_month, gone)
    assert found.stage == stage
    assert found.objective.level.total == good + bad
    assert found.objective.pace == (None if gone == 1 else found.objective.level.ratio)


@cases_of(60)
@given(st.integers(0, 300), st.integers(0, 100), st.integers(0, 300), st.fractions(0, 1))
def test_what_is_foretold_worsens_with_each_miss_and_never_where_it_is_held(
    good: int, bad: int, last_month: int, gone: Fraction
) -> None:
    stages = ["", "at_risk", "lost"]
    one, worse = (standing(GOAL, LEVEL, Count(good, bad + more), last_month, gone).stage for more in (0, 1))
    assert stages.index(one) <= stages.index(worse) or good + bad < 10
    if good >= 4 * bad:
        assert one == ""


@pytest.mark.parametrize(
    ("bad", "total", "rate", "chance"),
    [
        (2, 2, "1/5", 0.04),
        (3, 10, "1/5", 0.32220),
        (6, 10, "1/5", 0.00637),
        (0, 10, "0", 1.0),
        (1, 10, "0", 0.0),
        (1, 1, "1", 1.0),
    ],
)
def test_the_chance_of_so_many_misses(bad: int, total: int, rate: str, chance: float) -> None:
    assert chance_of(bad, total, Fraction(rate)) == pytest.approx(chance, abs=1e-5)


MON, TUE, WED = (f"2026-11-{day} 10:00" for day in (16, 17, 18))


@pytest.mark.parametrize(
    ("within", "stopped", "elapsed", "now", "good"),
    [
        ("4h", MON, 4 * 3600, WED, True),  # exactly
        ("4h", MON, 4 * 3600 + 1, WED, False),
        ("1 business day", "2026-11-17 17:00", 0, WED, True),  # its close
        ("1 business day", "2026-11-18 09:00", 0, WED, False),
        ("4h", None, 0, "2026-11-16 14:00", None),  # it runs: due at 18:00 of the target's 12 h, at 22:00
        ("4h", None, 0, "2026-11-16 14:01", False),
        ("1 business day", None, 0, "2026-11-17 17:00", None),
        ("1 business day", None, 0, WED, False),
    ],
)
def test_within(within: str, stopped: str | None, elapsed: int, now: str, good: bool | None) -> None:
    """Received on Monday at 10:00 with a target of 12 h, in hours of 9 to 17."""
    ended = None if stopped is None else at(stopped)
    clock = Lasted(at(MON), ended, elapsed, 12 * 3600, at("2026-11-17 14:00"))
    assert in_time(parse_target(within), office(), clock, at(now)) is good


def test_a_clock_that_stood_still_is_measured_by_its_due() -> None:
    """Two hours of a pause have moved the due to Tuesday 16:00: on Monday at 16:00 four hours have passed."""
    clock = Lasted(at(MON), None, 0, 12 * 3600, at("2026-11-17 16:00"))
    assert in_time(parse_target("4h"), office(), clock, at("2026-11-16 16:00")) is None
    assert in_time(parse_target("4h"), office(), clock, at("2026-11-16 16:01")) is False


def test_whom_it_is_about() -> None:
    goal = Goal(name="n", metric=Metric.OLA, levels=(), category=("billing",), priority=("high", "urgent"))
    assert goal.takes("billing", None, None, "urgent")
    assert not goal.takes("billing", None, None, "low")
    assert not goal.takes(None, None, None, "high")

"""Compliance, service level and percentiles: tables, and properties on any numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.sla.service_level import (
    Measurement,
    Outcome,
    by_metric_and_month,
    compliance,
    month_of,
    percentile,
    service_level,
)
from mailsla.core.sla.terms import Metric
from mailsla.core.sla.timer import ClockState
from tests.core.sla.at import BERLIN, at

FIRST, RESOLUTION = Metric.FIRST_RESPONSE, Metric.RESOLUTION
MONDAY = at("2026-11-23 12:00")


def clock(state: str, breached: bool = False, **more: object) -> Measurement:
    return Measurement(FIRST, ClockState(state), MONDAY, breached, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measured", "outcome"),
    [
        (clock("met"), "met"),
        (clock("met", breached=True), "late"),  # a breach, then a downgrade
        (clock("late", breached=True), "late"),
        (clock("late"), "met"),  # its breach was annulled
        (clock("cancelled"), "cancelled"),
        (clock("cancelled", breached=True), "late"),
        (clock("running"), "open"),
        (clock("running", breached=True), "late"),
        (clock("paused"), "open"),
        (clock("merged"), "merged"),
        (clock("merged", breached=True), "merged"),  # merged clocks leave the statistics
        (clock("cancelled", breached=True, void=True), "void"),
    ],
)
def test_how_a_clock_counts(measured: Measurement, outcome: str) -> None:
    assert measured.outcome == outcome


def test_compliance_of_met_and_late_alone() -> None:
    found = compliance([clock("met"), clock("met"), clock("late", True), clock("cancelled"), clock("running")])
    assert found.ratio == Fraction(2, 3)
    assert {outcome.value: count for outcome, count in found.counts.items()} == {
        "met": 2,
        "late": 1,
        "open": 1,
        "cancelled": 1,
        "merged": 0,
        "void": 0,
    }


def test_without_met_and_late_it_is_not_applicable() -> None:
    assert compliance([]).ratio is None
    assert compliance([clock("cancelled"), clock("merged"), clock("running")]).ratio is None


def test_a_clock_belongs_to_the_month_of_its_due() -> None:
    met = [
        Measurement(FIRST, ClockState.MET, at("2026-11-30 17:00"), False),
        Measurement(FIRST, ClockState.LATE, at("2026-12-01 00:00"), True),  # 24:00 of 30 November
        Measurement(FIRST, ClockState.MET, at("2026-12-01 09:00"), False),
        Measurement(RESOLUTION, ClockState.MET, at("2026-12-01 09:00"), False),
        Measurement(RESOLUTION, ClockState.PAUSED, None, False),
    ]
    found = by_metric_and_month(met, BERLIN)
    assert {key: one.ratio for key, one in found.items()} == {
        (FIRST, (2026, 11)): Fraction(1, 2),
        (FIRST, (2026, 12)): Fraction(1),
        (RESOLUTION, (2026, 12)): Fraction(1),
        (RESOLUTION, None): None,
    }


def test_the_month_is_that_of_the_zone() -> None:
    assert month_of(at("2026-12-01 00:30"), BERLIN) == (2026, 12)  # in UTC it is still November


@pytest.mark.parametrize(
    ("lengths", "held", "budget", "left"),
    [
        ([10, 20, 30, 40, 61], True, 1, 0),  # 80 % within 60: exactly held
        ([10, 60, 60, 60, 60], True, 1, 1),  # at exactly 60 it is in time
        ([10, 20, 30, 61, 61], False, 1, -1),
        ([61], False, Fraction(1, 5), Fraction(-4, 5)),
        ([], None, 0, 0),
    ],
)
def test_80_percent_within_60(lengths: list[int], held: bool | None, budget: Fraction, left: Fraction) -> None:
    found = service_level(lengths, 60, Fraction(80, 100))
    assert (found.held, found.budget, found.budget_left) == (held, budget, left)


@pytest.mark.parametrize(
    ("percent", "value"), [(5, 15), (30, 20), (40, 20), (50, 35), (100, 50), (Fraction(401, 10), 35)]
)
def test_percentiles_by_nearest_rank(percent: int | Fraction, value: int) -> None:
    assert percentile([35, 20, 15, 50, 40], percent) == value


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_no_percentile(percent: int) -> None:
    with pytest.raises(ValueError, match=str(percent)):
        percentile([1], percent)
    with pytest.raises(ValueError, match="not between 0 and 1"):
        service_level([1], 1, Fraction(101, 100))


lengths = st.lists(st.integers(0, 10**6), max_size=40)


@given(lengths, st.integers(1, 100))
def test_a_percentile_is_the_smallest_length_that_so_many_do_not_exceed(found: list[int], percent: int) -> None:
    value = percentile(found, percent)
    if value is None:
        assert not found
        return
    assert value in found
    assert 100 * sum(one <= value for one in found) >= percent * len(found)
    assert 100 * sum(one < value for one in found) < percent * len(found)


@given(lengths, st.integers(0, 10**6), st.fractions(0, 1))
def test_the_budget_is_overspent_exactly_when_the_level_is_not_held(
    found: list[int], within: int, share: Fraction
) -> None:
    level = service_level(found, within, share)
    assert (level.held in (True, None)) == (level.budget_left >= 0)


outcomes = st.lists(st.tuples(st.sampled_from(ClockState), st.booleans(), st.booleans()), max_size=30)


@given(outcomes)
def test_every_clock_is_counted_once_in_any_order(found: list[tuple[ClockState, bool, bool]]) -> None:
    clocks = [Measurement(FIRST, state, MONDAY, breached, void=void) for state, breached, void in found]
    counted = compliance(clocks)
    assert sum(counted.counts.values()) == len(clocks)
    assert counted == compliance(reversed(clocks))
    late = sum(one.breached and not one.void and one.state is not ClockState.MERGED for one in clocks)
    assert counted.counts[Outcome.LATE] == late

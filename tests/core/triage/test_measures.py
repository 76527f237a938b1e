"""How good decisions were: each figure on few decisions that can be counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.triage.measures import (
    Judged,
    accuracy,
    accuracy_at,
    at_threshold,
    calibration_error,
    macro_f1,
    per_category,
    threshold_for,
)

FOUR = [Judged("a", "a", 0.9), Judged("a", "b", 0.6), Judged("b", "b", 0.8), Judged("c", None, 0.0)]


def test_accuracy_recall_and_f1() -> None:
    each = per_category(FOUR)
    assert accuracy(FOUR) == 0.5
    assert (each["a"].precision, each["a"].recall, each["a"].count) == (1.0, 0.5, 2)
    assert (each["b"].precision, each["b"].recall) == (0.5, 1.0)
    assert macro_f1(each) == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert accuracy([]) == macro_f1({}) == calibration_error([]) == 0


def test_calibration_error_is_the_distance_from_what_was_right() -> None:
    assert calibration_error([Judged("a", "a", 0.8)] * 8 + [Judged("a", "b", 0.8)] * 2) == pytest.approx(0)
    assert calibration_error([Judged("a", "b", 0.8)] * 10) == pytest.approx(0.8)


def test_accuracy_at_a_coverage_is_of_the_most_certain() -> None:
    assert accuracy_at(FOUR, 0.5) == 1.0
    assert accuracy_at(FOUR, 1.0) == 0.5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=60), st.sampled_from([0.5, 0.9]))
def test_from_the_threshold_on_the_precision_is_kept(drawn: list[tuple[bool, int]], wanted: float) -> None:
    judged = [Judged("a", "a" if right else "b", at / 20) for right, at in drawn]
    threshold = threshold_for(judged, wanted)
    precision, coverage = at_threshold(judged, threshold)
    assert coverage == 0 or precision >= wanted or threshold == 1.0


def test_where_nothing_was_wrong_who_is_as_certain_as_wanted_is_taken() -> None:
    assert threshold_for([Judged("a", "a", 1.0)] * 60, 0.9) == 0.9
    assert threshold_for([Judged("a", "a", 0.3)] * 60, 0.9) == 0.3


def test_few_labels_promise_nothing() -> None:
    assert threshold_for([Judged("a", "a", 0.7)] * 8, 0.9) == 1.0
    assert threshold_for([Judged("a", "a", 0.7)] * 9, 0.9) == 0.7

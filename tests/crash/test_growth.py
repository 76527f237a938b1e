"""The judge of the soak: what it calls growth of a daemon's memory, and what not."""

import random
from collections.abc import Callable

import pytest

from tests.crash.growth import HOUR, LEAST, WARM, Growth, growth

WITH_A_CHILD = 90  # MB more, for a moment


def soaked(level: Callable[[float], float], seconds: float) -> Growth:
    """A sample a second, some of them while a child reads a mail, and each with its noise."""
    moments = random.Random(1)
    return growth(
        [
            (float(at), level(at) + moments.gauss(0, 0.3) + WITH_A_CHILD * (moments.random() < 0.05))
            for at in range(int(seconds))
        ]
    )


@pytest.mark.parametrize("an_hour", [-0.05, 0.0, 0.09])
def test_an_hour_may_grow_by_less_than_ten_percent(an_hour: float) -> None:
    found = soaked(lambda at: 110 * (1 + an_hour * (at - WARM) / HOUR), HOUR)
    assert found.fault == ""
    assert found.an_hour == pytest.approx(an_hour, abs=0.005)


@pytest.mark.parametrize("minutes", [30, 60])
def test_what_grows_by_more_is_a_fault(minutes: float) -> None:
    found = soaked(lambda at: 110 * (1 + 0.11 * (at - WARM) / HOUR), minutes * 60)
    assert found.fault.startswith("memory grew by ")


def test_what_grows_fast_is_a_fault_in_a_short_slice_too() -> None:
    assert soaked(lambda at: 110 + 5.5 * (at - WARM) / 600, 900).fault != ""


def test_the_warm_up_is_no_growth() -> None:
    found = soaked(lambda at: 110 - 20 * max(0.0, 1 - at / WARM), 900)
    assert found.fault == ""
    assert found.rise == pytest.approx(0, abs=0.005)


def test_a_slice_that_is_hardly_longer_than_the_warm_up_judges_nothing() -> None:
    assert soaked(lambda at: 60 + at / 10, WARM + LEAST - 10).fault == ""
    assert soaked(lambda at: 60 + at / 10, 20).fault == ""

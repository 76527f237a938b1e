"""50 days of 30 steps each, of mails, frauds, accidents and time (torture/rows/stateful.py has 2,000 of 50)."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import Anything

EXAMPLES, STEPS, PARTS = 50, 30, 2  # in parts, so that both processors have something to do


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_or_doubled_whatever_happens(part: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    phases = [Phase.reuse, Phase.generate]  # a day is short enough to read, and takes minutes to make shorter
    days = settings(
        phases=phases,
        max_examples=EXAMPLES // PARTS,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=checks,
    )
    run_state_machine_as_test(Anything, settings=days)

"""Days of 50 steps at an office that goes wrong in every way (tests/stateful)."""

import time
from contextlib import redirect_stderr
from io import StringIO

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.stateful.machine import Anything

from torture.row import Outcome, Row

STEPS, AT_ONCE = 50, 10


def run(seconds: float, first_seed: int) -> Outcome:
    """Ten days a seed, one seed after the other."""
    begun, done, faults, mails, crashes = time.monotonic(), 0, list[str](), 0, 0

    class Counted(Anything):
        """Adds up what happened."""

        def teardown(self) -> None:
            """At the end of a day."""
            nonlocal done, mails, crashes
            done, mails, crashes = done + 1, mails + len(self.world.written), crashes + self.world.crashed
            super().teardown()

    days = settings(
        max_examples=AT_ONCE,
        stateful_step_count=STEPS,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    number = first_seed
    while number == first_seed or time.monotonic() - begun < seconds:
        try:
            with redirect_stderr(StringIO()):
                run_state_machine_as_test(seed(number)(Counted), settings=days)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            faults.append(f"seed {number}: {type(error).__name__}: {error}"[:2000])
        number += 1
    return Outcome(done, tuple(faults), {"mails": mails, "crashes": crashes})


ROWS = [Row("stateful", f"days of {STEPS} steps", 2_000, 100, run)]

"""Whatever others write, a letter holds exactly the header fields that were meant (mail.md section 5)."""

import random

from tests.security.headers import Made, fault

SETS, SECOND = 20_000, 20  # every so many mail-parser reads, too, which takes five times as long; in the torture all


def test_generated_header_sets_read_back_as_they_were_meant() -> None:
    """Header injection by encoded newlines and whatever else: e.g. CVE-2024-6923 of Python's email package."""
    made = ((number, Made(random.Random(f"suite:{number}"))) for number in range(SETS))
    faults = ((number, fault(one, second=number % SECOND == 0)) for number, one in made)
    found = [f"set {number}: {wrong}" for number, wrong in faults if wrong]
    assert not found, f"{len(found)} of {SETS}:\n" + "\n".join(found[:8])

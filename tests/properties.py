"""The properties of sla.md section 9 on many more generated cases than in the suite: `python -m tests.properties`.

A property has so many times the cases that it has in the suite; those that build a calendar for each get fewer.
"""

import re
import subprocess
import sys
import time

from hypothesis import settings

LEAST = 100_000
PROFILE = "properties"
SUITE = 100  # examples of hypothesis's own profile: there `cases_of(60)` is 60
FILES = (  # P1 to P11; P12, P13; merges; P14; what section 8 adds
    "tests/core/sla/test_properties.py",
    "tests/core/sla/test_clocks.py",
    "tests/core/sla/test_merging.py",
    "tests/adapters/letters/test_times.py",
    "tests/core/sla/test_service_level.py",
    "tests/core/sla/test_credits.py",
)

settings.register_profile(PROFILE, max_examples=100 * SUITE, deadline=None)


def cases_of(count: int, *, dear: bool = False) -> settings:
    """So many cases in the suite; in the profile as many times more as it asks for, of dear ones a fifth of that."""
    times = settings().max_examples // SUITE
    return settings(max_examples=count * (max(1, times // 5) if dear else times), deadline=None)


def main() -> int:
    """Run them; 1 when one fails, or they were fewer than LEAST."""
    start = time.monotonic()
    options = ("-n", "2", f"--hypothesis-profile={PROFILE}", "--hypothesis-show-statistics")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *FILES], capture_output=True, text=True, check=False
    )
    cases = sum(map(int, re.findall(r"(\d+) passing, ", done.stdout)))
    if done.returncode:
        print(done.stdout)
    print(
        f"{cases} generated cases in {time.monotonic() - start:.0f} s: {'a failure' if done.returncode else 'all hold'}"
    )
    return 1 if done.returncode or cases < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())

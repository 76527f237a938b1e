"""What fuzzing (make fuzz) ever failed on is read now, within the bounds of one mail."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, bounded
from tests.shared import ROOT

HOSTILE = sorted((ROOT / "tests" / "corpus" / "hostile").iterdir())


@pytest.mark.parametrize("path", HOSTILE, ids=[path.name for path in HOSTILE])
def test_what_ever_failed_is_read(path: Path) -> None:
    with bounded():
        TARGETS[path.name.partition("-")[0]](path.read_bytes())

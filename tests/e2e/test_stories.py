"""What customers and agents live to see: each folder of cases/ is one story (cases/README.md)."""

from pathlib import Path

import pytest

from tests.e2e.desk import Desk
from tests.e2e.story import CASES, Story

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]


@pytest.mark.parametrize("case", sorted(path for path in CASES.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_story(case: Path, desk: Desk) -> None:
    desk.open()
    Story(desk).play(case)
    assert desk.daemon is not None
    assert desk.daemon.terminate() == 0

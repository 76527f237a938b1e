"""The daemon is killed (SIGKILL) at random moments while mail comes in: no mail is lost, no letter doubled unmarked.

MAILSLA_KILL_SEED repeats the moments of a run; the printed line names the seed. How far the daemon is at a moment
differs all the same, so each run is another one. `make torture` has the same at full size.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.kill_desk import KillDesk
from tests.crash.nursery import Nursery
from tests.crash.rounds import play
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

KILLS = 20


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("MAILSLA_KILL_SEED", random.SystemRandom().randrange(10**6)))


@pytest.fixture
def kill_desk(tmp_path: Path, dovecot: Dovecot, empty_database: Path, seed: int) -> Iterator[KillDesk]:
    """Not started."""
    with Nursery() as nursery:
        desk = KillDesk(tmp_path, dovecot, nursery, empty_database, seed)
        yield desk
        desk.close()


def test_no_kill_loses_a_mail(kill_desk: KillDesk, seed: int, record_property: Callable[[str, object], None]) -> None:
    print(f"MAILSLA_KILL_SEED={seed}")
    figures = play(kill_desk, KILLS, seed)
    assert figures.faults == ()
    record_property("measured", str(figures))

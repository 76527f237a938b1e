"""Two daemons on one PostgreSQL and one mailbox: whatever happens to one, each mail is dealt with once, and soon.

MAILSLA_KILL_SEED repeats the moments of a run; `python -m tests.crash.two_daemons` is the same at full size.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.checker import faults
from tests.crash.mix import complaint_of
from tests.crash.shared_desk import SharedDesk, twice
from tests.crash.two_daemons import run
from tests.e2e.mails import complaint
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot, pytest.mark.postgresql]

MAILS, KILLS = 60, 4
SOON = 90.0  # seconds within which the other has to go on; it takes a minute at most where the machine has time for it


@pytest.fixture
def desk(tmp_path: Path, dovecot: Dovecot, postgres: Postgres) -> Iterator[SharedDesk]:
    """A desk with two daemons, not started."""
    opened = SharedDesk(tmp_path, dovecot, postgres)
    yield opened
    opened.close()


def test_no_kill_of_either_loses_a_mail(desk: SharedDesk, record_property: Callable[[str, object], None]) -> None:
    seed = int(os.environ.get("MAILSLA_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"MAILSLA_KILL_SEED={seed}")
    figures = run(desk, MAILS, KILLS, seed)
    assert figures.faults == []
    record_property("measured", str(figures))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
def test_when_one_is_gone_the_other_goes_on(
    desk: SharedDesk, how: signal.Signals, record_property: Callable[[str, object], None]
) -> None:
    """SIGSTOP: it may come back, in the middle of whatever it did, and must then do nothing of it again."""
    desk.open_both()
    gone = desk.daemons[desk.watcher()].process
    gone.send_signal(how)
    if how is not signal.SIGSTOP:
        gone.wait(10)
    begun = time.monotonic()
    brought = [complaint_of(sender, complaint(sender)) for sender in ("kim@mail.example", "rio@mail.example")]
    desk.send(brought[0].raw)
    desk.quiet(SOON)
    record_property(
        "measured", f"one daemon of two got {how.name}: the other answered in {time.monotonic() - begun:.0f} s"
    )
    gone.send_signal(signal.SIGCONT)  # does nothing to one that has ended
    desk.send(brought[1].raw)
    received = desk.quiet(SOON)
    assert faults(desk.query, received, brought, int(time.time())) == []
    assert twice(desk) == 0

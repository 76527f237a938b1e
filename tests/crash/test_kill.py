"""The daemon is killed (SIGKILL) at random moments while mail comes in: no mail is lost, no letter doubled unmarked.

MAILSLA_KILL_SEED repeats the moments of a run; the printed line names the seed. How far the daemon is at a moment
differs all the same, so each run is another one.
"""

import os
import random
import time
from collections.abc import Callable

import pytest

from tests.crash.checker import faults
from tests.crash.postman import Postman
from tests.e2e.desk import Desk
from tests.e2e.mails import complaint

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

KILLS = 10
SENDERS = [f"customer{number}@mail{number}.example" for number in range(200)]
LIFE = (0.1, 2.5)  # seconds of one life after its daemon runs; its start is hit by a tenth of the kills
START = (0.1, 1.5)  # seconds after which a daemon is killed that has not said that it runs


def test_no_kill_loses_a_mail(desk: Desk, record_property: Callable[[str, object], None]) -> None:
    seed = int(os.environ.get("MAILSLA_KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"MAILSLA_KILL_SEED={seed}")
    begun = time.monotonic()
    moments = random.Random(seed)
    desk.open().kill()  # from here on what arrives is new
    postman = Postman(desk, [complaint(sender) for sender in SENDERS], KILLS * 2.5)
    postman.start()
    for number in range(KILLS):
        daemon = desk.start()
        if number % KILLS == KILLS // 2:
            time.sleep(moments.uniform(*START))
        else:
            daemon.until_said("running", 30)
            time.sleep(moments.uniform(*LIFE))
        daemon.kill()
    desk.start()
    postman.join(60)
    assert desk.sent == len(SENDERS)
    received = desk.quiet(60)
    assert faults(desk.query, received, SENDERS, int(time.time())) == []
    assert desk.query("PRAGMA integrity_check") == [("ok",)]
    [(twice,)] = desk.query("SELECT count(*) FROM letters WHERE possibly_twice")
    record_property(
        "measured",
        f"kill -9: {KILLS} kills (seed {seed}), {len(SENDERS)} mails, {len(SENDERS)} tickets, {twice} letters marked "
        f"possibly twice, {len(received)} letters came, {time.monotonic() - begun:.0f} s",
    )

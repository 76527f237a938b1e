"""Two daemons on one PostgreSQL and one mailbox, either killed (SIGKILL) at random moments while mail comes in.

    python -m tests.crash.two_daemons --mails 1000 --kills 20 [--seed N]

starts its own Dovecot, PostgreSQL and SMTP server, prints the figures, and exits with 1 when a mail was lost, or a
letter came twice without being marked so.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.checker import faults
from tests.crash.mix import complaint_of
from tests.crash.postman import Postman
from tests.crash.shared_desk import DAEMONS, SharedDesk, twice
from tests.e2e.mails import complaint
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

BETWEEN = (0.3, 3.5)  # seconds between two kills; a daemon takes one to start, so some are killed while they do


@dataclass(frozen=True)
class Figures:
    """What came of a run; `faults` in words, none is what is wanted."""

    seed: int
    mails: int
    kills: dict[int, int]
    twice: int
    held: int
    letters: int
    seconds: float
    faults: Sequence[str]

    def __str__(self) -> str:
        kills = " + ".join(str(self.kills[number]) for number in DAEMONS)
        return (
            f"two daemons on PostgreSQL: {kills} kills (seed {self.seed}), {self.mails} mails, "
            f"{len(self.faults)} lost or doubled, {self.twice} letters marked possibly twice ({self.held} held), "
            f"{self.letters} letters came, {self.seconds:.0f} s"
        )


def run(desk: SharedDesk, mails: int, kills: int, seed: int) -> Figures:
    """Serve the mails under the kills, and see what came of it."""
    senders = [f"customer{number}@mail{number}.example" for number in range(mails)]
    brought = [complaint_of(sender, complaint(sender)) for sender in senders]
    moments = random.Random(seed)
    killed = dict.fromkeys(DAEMONS, 0)
    begun = time.monotonic()
    desk.open_both()
    postman = Postman(desk, [mail.raw for mail in brought], kills * sum(BETWEEN) / 2)
    postman.start()
    for _ in range(kills):
        time.sleep(moments.uniform(*BETWEEN))
        number = moments.choice(DAEMONS)
        desk.daemons[number].kill()
        killed[number] += 1
        desk.start_one(number)
    postman.join()
    assert desk.sent == mails, "the postman did not bring all mails"
    received = desk.quiet(120)
    return Figures(
        seed=seed,
        mails=mails,
        kills=killed,
        twice=twice(desk),
        held=twice(desk, "state = 'held'"),
        letters=len(received),
        seconds=time.monotonic() - begun,
        faults=faults(desk.query, received, brought, int(time.time())),
    )


def main() -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="two-daemons-") as folder:
        dovecot, postgres = Dovecot(), Postgres()
        try:
            dovecot.start()
            desk = SharedDesk(Path(folder), dovecot, postgres)
            try:
                figures = run(desk, given.mails, given.kills, given.seed)
            finally:
                desk.close()
        finally:
            postgres.remove()
            dovecot.remove()
    print(figures)
    print("\n".join(figures.faults), file=sys.stderr)
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())

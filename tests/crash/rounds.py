"""A round of the kill -9 loop: kills at random moments while a mix of mails comes in, then quiet, then the check.

The moments come from the seed: a daemon is killed so many log lines after its start (which is so far in its work), and
some milliseconds later; or while a letter of its is written and not answered; or while it starts. How far all else is
then differs, so each run is another one.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from imapclient import IMAPClient

from tests.crash.checker import faults
from tests.crash.kill_desk import PAUSE, KillDesk
from tests.crash.mix import Kind, Mix
from tests.crash.shared_desk import twice
from tests.e2e.processes import Daemon
from tests.servers.smtp_sink import Received, read_mails

MAILS = (1, 3)  # that come in for each life
SENDING = 0.4  # of the kills hit a daemon whose letter has just been written by the SMTP server, and not yet answered
LETTERS = (1, 3)  # that come in such a life
SLOW = 2.0  # seconds without a letter after which it is killed all the same
LINES = (1, 16)  # of its log after which it is killed otherwise; a life with three mails has about so many
IDLE = 0.6  # seconds without a line after which it is killed all the same
AFTER = (0.01, 0.06, 0.2)  # seconds at most between that line and the kill, one of them
STARTING = 0.1  # of the kills hit a daemon that starts
ANEW = 0.3  # of those one with all its imports
EARLY = {False: 0.3, True: 1.5}  # seconds at most after which such a one is killed


@dataclass(frozen=True)
class Figures:
    """What came of a round; `faults` in words, none is what is wanted."""

    seed: int
    kills: int
    mails: int
    kinds: Mapping[str, int]
    twice: int
    held: int
    letters: int
    seconds: float
    faults: Sequence[str] = field(default_factory=tuple)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        return (
            f"kill -9: {self.kills} kills (seed {self.seed}), {self.mails} mails ({kinds}), {len(self.faults)} faults, "
            f"{self.letters} letters came, {self.twice} marked possibly twice ({self.held} held), {self.seconds:.0f} s"
        )


class Post:
    """Brings what the mix writes into the mailbox, and shows it the letters that came."""

    def __init__(self, desk: KillDesk, mix: Mix, client: IMAPClient) -> None:
        self._desk, self._mix, self._client = desk, mix, client
        self._shown: set[str] = set()

    def bring(self, count: int) -> None:
        self.look()
        for _ in range(count):
            self.put(self._mix.next_mail())

    def put(self, raw: bytes) -> None:
        self._client.append("INBOX", raw)
        self._desk.sent += 1

    def look(self) -> None:
        """Show the mix what letters have come since."""
        folder = self._desk.folder / "sink"
        fresh = sorted({path.stem for path in folder.glob("*.eml")} - self._shown)
        self._shown.update(fresh)
        self._mix.seen(one for name in fresh for one in read_mails(folder, f"{name}.eml"))


@contextmanager
def post(desk: KillDesk, mix: Mix) -> Iterator[Post]:
    with desk.dovecot.login(desk.user()) as client:
        yield Post(desk, mix, client)


def play(desk: KillDesk, kills: int, seed: int, within: float = 180) -> Figures:
    """`within`: seconds for what is left after the last kill."""
    begun = time.monotonic()
    moments, mix = random.Random(seed), Mix(seed)
    desk.open_all()
    with post(desk, mix) as bringer:
        bringer.put(mix.mail(Kind.POISON))
        for number in range(kills):
            one = moments.choice(desk.numbers)
            if number % round(1 / STARTING) == round(1 / STARTING) // 2:
                anew = moments.random() < ANEW
                desk.daemons[one].kill()
                desk.begin(one, anew=anew)
                bringer.bring(moments.randint(*MAILS))
                time.sleep(moments.uniform(0, EARLY[anew]))
            elif moments.random() < SENDING:
                bringer.bring(moments.randint(*MAILS))
                _wait(desk.daemons[one], partial(_came, desk), moments.randint(*LETTERS), SLOW)
                time.sleep(moments.uniform(0, PAUSE))
            else:
                bringer.bring(moments.randint(*MAILS))
                _wait(desk.daemons[one], partial(_said, desk.daemons[one]), moments.randint(*LINES), IDLE)
                time.sleep(moments.uniform(0, moments.choice(AFTER)))
            desk.daemons[one].kill()
            desk.begin(one)
            if number % 5 == 4:
                desk.time_passes()
    received = desk.quiet(within)
    desk.end_marked()
    return checked(desk, mix, received, kills, seed, begun)


def checked(desk: KillDesk, mix: Mix, received: Sequence[Received], kills: int, seed: int, begun: float) -> Figures:
    """What the checker finds in a quiet desk, and what there is to count."""
    found = faults(desk.query, received, mix.brought, int(time.time()), desk.dovecot.flags(desk.user()))
    intact = [] if desk.is_intact() else ["the database does not pass its own check"]
    return Figures(
        seed=seed,
        kills=kills,
        mails=mix.copies,
        kinds=Counter(mail.kind.value for mail in mix.brought) + Counter(duplicate=mix.copies - len(mix.brought)),
        twice=twice(desk),
        held=twice(desk, "state = 'held'"),
        letters=len(received),
        seconds=time.monotonic() - begun,
        faults=(*found, *intact),
    )


def _wait(daemon: Daemon, count: Callable[[], int], more: int, most: float) -> None:
    """Until there are so many more, or for so many seconds none."""
    wanted = count() + more
    daemon.until_said("running")
    seen, at = count(), time.monotonic()
    while (now := count()) < wanted and time.monotonic() < at + most:
        if now > seen:
            seen, at = now, time.monotonic()
        time.sleep(0.01)


def _said(daemon: Daemon) -> int:
    return len(daemon.lines())


def _came(desk: KillDesk) -> int:
    """How many letters the SMTP server has written; the last one may not be answered yet."""
    return sum(1 for _ in (desk.folder / "sink").glob("*.eml"))

"""A soak: one daemon for long, a steady stream of all kinds of mail, faults now and then; its memory is watched."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.crash.growth import Growth, Sample, growth
from tests.crash.kill_desk import KillDesk
from tests.crash.mix import Mix
from tests.crash.nursery import Nursery
from tests.crash.rounds import checked, post
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy

TROUBLE = 0.02  # of letters are answered with 451
EVERY = 0.5  # seconds between two mails, about
CUTS = (5.0, 30.0)  # seconds between two faults of the network
DOWN = (0.0, 3.0)  # seconds for which nobody answers then
SAMPLE = 1.0  # seconds between two looks at the memory


class SoakDesk(KillDesk):
    """Its daemon reaches Dovecot and the SMTP server through proxies only."""

    def __init__(self, folder: Path, dovecot: Dovecot, nursery: Nursery, empty: Path, seed: int) -> None:
        self.imap = Proxy(dovecot.tls_port)
        self.smtp: Proxy | None = None
        super().__init__(folder, dovecot, nursery, empty, seed, ("--trouble", str(TROUBLE)))

    def write_config(self) -> None:
        super().write_config()
        self.smtp = self.smtp or Proxy(self.sink.port)
        text = self.config.read_text(encoding="utf-8")
        for there, proxy in ((self.dovecot.tls_port, self.imap), (self.sink.port, self.smtp)):
            text = text.replace(f"port = {there}\n", f"port = {proxy.port}\n")
        self.config.write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Soaked:
    """What came of it. `memory`: of the daemon with its children; `highest`: MB."""

    minutes: float
    mails: int
    letters: int
    twice: int
    held: int
    cuts: int
    memory: Growth
    highest: float
    faults: Sequence[str]


def soak(desk: SoakDesk, seconds: float, seed: int) -> Soaked:
    """Mails and faults for so long, then quiet; nothing is killed but at the very end."""
    begun, moments, mix = time.monotonic(), random.Random(seed), Mix(seed)
    samples: list[Sample] = []
    cuts = Counter[str]()
    assert desk.smtp is not None
    with ExitStack() as stack:
        proxies = [stack.enter_context(desk.imap), stack.enter_context(desk.smtp)]
        desk.open_all(anew=True)  # for its memory is looked at
        process = desk.daemons[1].process
        with post(desk, mix) as bringer:
            next_mail = next_cut = next_sample = begun
            while (passed := (now := time.monotonic()) - begun) < seconds:
                if now >= next_mail:
                    bringer.bring(1)
                    next_mail = now + moments.uniform(0, 2 * EVERY)
                if now >= next_cut:
                    _cut(moments.choice(proxies), moments.uniform(*DOWN))
                    cuts["cuts"] += 1
                    desk.time_passes()
                    next_cut = time.monotonic() + moments.uniform(*CUTS)
                if now >= next_sample and process.poll() is None:
                    samples.append((passed, memory(process.pid)))
                    next_sample = now + SAMPLE
                time.sleep(0.05)
        died = [] if process.poll() is None else ["the daemon ended by itself"]
        desk.kill_all()  # what rests after a fault does so for minutes; a new one begins at once
        desk.begin()
        received = desk.quiet(300)
        desk.end_marked()
    figures = checked(desk, mix, received, 1, seed, begun)
    grown = growth(samples)
    return Soaked(
        minutes=seconds / 60,
        mails=figures.mails,
        letters=figures.letters,
        twice=figures.twice,
        held=figures.held,
        cuts=cuts["cuts"],
        memory=grown,
        highest=max(used for _, used in samples),
        faults=[*figures.faults, *died, *filter(None, [grown.fault])],
    )


def _cut(proxy: Proxy, seconds: float) -> None:
    """All its connections break, and nobody answers for a while."""
    proxy.down()
    time.sleep(seconds)
    proxy.up()


def memory(pid: int) -> float:
    """MB that a process and all its children hold (RSS)."""
    pages = 0
    for one in (pid, *_children(pid)):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text("ascii").split()[1])
        except (FileNotFoundError, ProcessLookupError):  # it has ended since
            continue
    return pages * 4096 / 2**20


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(one) for task in tasks for one in (task / "children").read_text("ascii").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []

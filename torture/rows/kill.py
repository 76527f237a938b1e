"""kill -9 at random moments while all kinds of mail come in, in rounds, on both databases: nothing lost or doubled."""

import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from tests.crash.kill_desk import KillDesk, SharedKillDesk
from tests.crash.nursery import Nursery
from tests.crash.rounds import Figures, play
from tests.e2e.processes import MAILSLA
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

from mailsla.config import preset
from torture.row import Outcome, Row

KILLS = 25  # of a round: a fault is one of these
_Open = Callable[[Path, int], KillDesk]  # a folder and a seed -> a desk, not started


def sqlite(seconds: float, seed: int) -> Outcome:
    with servers() as (dovecot, nursery, folder, _):
        empty = empty_database(folder)
        return _rounds(lambda room, one: KillDesk(room, dovecot, nursery, empty, one), folder, seconds, seed)


def postgresql(seconds: float, seed: int) -> Outcome:
    """Every second round with two daemons on the one mailbox."""
    with servers() as (dovecot, nursery, folder, stack):
        postgres = Postgres()
        stack.callback(postgres.remove)
        template = _template(postgres, folder)

        def opened(room: Path, one: int) -> KillDesk:
            return SharedKillDesk(room, dovecot, nursery, postgres, template, one, both=one % 2 == 1)

        return _rounds(opened, folder, seconds, seed)


def _rounds(opened: _Open, folder: Path, seconds: float, seed: int) -> Outcome:
    """Rounds until the time is over; the last one may go a little beyond it. Their seeds come from the row's."""
    begun, seeds = time.monotonic(), Random(seed)
    kills, faults, figures, longest = 0, list[str](), Counter[str](), 0.0
    while not kills or time.monotonic() - begun + longest / 2 < seconds:
        one, since = seeds.randrange(10**6), time.monotonic()
        room = folder / f"round-{one}-{kills}"
        room.mkdir()
        try:
            played = _round(opened, room, one)
        except Exception as error:  # noqa: BLE001 - a round that does not get quiet is a fault, and not the last round
            faults.append(f"round of seed {one} ({KILLS} kills): {type(error).__name__}: {str(error)[:2000]}")
        else:
            faults += [f"round of seed {one} ({KILLS} kills): {fault}" for fault in played.faults]
            figures.update(mails=played.mails, letters=played.letters, twice=played.twice, held=played.held)
            figures.update({f"{kind} mails": count for kind, count in played.kinds.items()})
        figures["rounds"] += 1
        kills += KILLS
        longest = max(longest, time.monotonic() - since)
    return Outcome(kills, tuple(faults), figures)


def _round(opened: _Open, room: Path, seed: int) -> Figures:
    desk = opened(room, seed)
    try:
        return play(desk, KILLS, seed)
    finally:
        desk.close()


@contextmanager
def servers() -> Iterator[tuple[Dovecot, Nursery, Path, ExitStack]]:
    """What is there for all rounds; all of it is gone at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-kill-")))
        dovecot = Dovecot()
        stack.callback(dovecot.remove)
        dovecot.start()
        yield dovecot, stack.enter_context(Nursery()), folder, stack


def empty_database(folder: Path) -> Path:
    return _upgraded(folder, preset.text("standard")) / "mailsla.db"


def _template(postgres: Postgres, folder: Path) -> str:
    name = postgres.create()
    _upgraded(folder, preset.text("standard").replace("sqlite:///mailsla.db", postgres.url(name)))
    return name


def _upgraded(folder: Path, config: str) -> Path:
    """The folder in which `mailsla db upgrade` was run."""
    made = folder / "empty"
    made.mkdir()
    (made / "mailsla.toml").write_text(config, encoding="utf-8")
    subprocess.run([*MAILSLA, "db", "upgrade"], cwd=made, check=True, capture_output=True)
    return made


_TOTALS = dict.fromkeys(("mails", "letters", "twice", "held", "rounds"), "sum")
ROWS = [
    Row("kill -9 SQLite", "kills", 2000, 60, sqlite, least=90, totals=_TOTALS),
    Row("kill -9 PostgreSQL", "kills", 500, 20, postgresql, least=90, totals=_TOTALS),
]

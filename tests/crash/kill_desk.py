"""The help desk of the kill -9 loop: one or two daemons, on SQLite or PostgreSQL, and a slow SMTP server."""

import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.crash.nursery import ForkedDaemon, Nursery
from tests.crash.shared_desk import DAEMONS, OnPostgres
from tests.e2e.desk import LOCKED, SUPPORT, Desk
from tests.e2e.processes import Daemon
from tests.e2e.waiting import until
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.shared import ROOT

CHOKING = (sys.executable, "-m", "tests.crash.choking")
BASE = Path(__file__).with_name("desk.toml")
PAUSE = 0.12  # seconds that the SMTP server waits at most before it writes a letter, and before it answers
LOOK = 0.1  # seconds between two looks whether all is done


class KillDesk(Desk):
    """`begin` a daemon, kill it; `time_passes` for what waits to be tried again."""

    numbers: tuple[int, ...] = (1,)

    def __init__(
        self,
        folder: Path,
        dovecot: Dovecot,
        nursery: Nursery,
        empty_database: Path | None,
        seed: int,
        trouble: Sequence[str] = (),
    ) -> None:
        self._nursery = nursery
        self.daemons: dict[int, Daemon] = {}
        options = ("--pause", str(PAUSE), "--seed", str(seed), *trouble)
        super().__init__(folder, dovecot, empty_database, (SUPPORT,), options, base=BASE)

    def begin(self, number: int = 1, *, anew: bool = False) -> Daemon:
        """Start one, and wait for nothing. `anew`: with its imports, as the admin starts it."""
        log = self.folder / f"log{number}"
        if anew:
            environment = {**self.environment, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
            self.daemons[number] = Daemon(self.config, log, environment, program=CHOKING)
        else:
            self.daemons[number] = ForkedDaemon(self._nursery, self.config, log, self.environment)
        return self.daemons[number]

    def open_all(self, *, anew: bool = False) -> None:
        """Start all; from here on what arrives is new."""
        for number in self.numbers:
            self.begin(number, anew=anew).until_said("running")
        until(lambda: bool(self._watched()), 60, lambda: f"first sight of the mailbox\n{self._state()}")

    def end_marked(self) -> None:
        """A quiet desk's daemons are killed; all mails have been marked on the server: new ones do that first."""
        self.kill_all()
        for number in self.numbers:
            self.begin(number)
        until(self._all_marked, 60, self._state)
        self.kill_all()

    def _all_marked(self) -> bool:
        time.sleep(LOOK)
        return self.query("SELECT count(*) FROM intake WHERE mark = 'wanted'") == [(0,)]

    def kill_all(self) -> None:
        for daemon in self.daemons.values():
            if daemon.process.poll() is None:
                daemon.kill()

    def close(self) -> None:
        self.kill_all()
        super().close()

    def time_passes(self) -> None:
        """What waits to be read or sent again may be now, as if its time were over."""
        self.execute("UPDATE intake SET retry_at = 0 WHERE state = 'stored' AND retry_at > 0")
        self.execute("UPDATE letters SET next_at = 0 WHERE state = 'queued' AND next_at > 0")

    def execute(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=LOCKED)) as connection, connection:
            connection.execute(statement)

    def is_intact(self) -> bool:
        """What the database says of its own pages and references."""
        sound = self.query("PRAGMA integrity_check") == [("ok",)]
        return sound and not self.query("PRAGMA foreign_key_check")

    def _is_quiet(self) -> bool:
        time.sleep(LOOK)
        [(accepted,)] = self.query("SELECT count(*) FROM intake")
        [(left,)] = self.query("SELECT count(*) FROM intake WHERE state = 'stored'")
        if left:
            self.time_passes()
        return accepted >= self.sent and left == 0 and self._letters_to_come() == 0

    def _letters_to_come(self) -> int:
        now = int(time.time())
        [(notices,)] = self.query(f"SELECT count(*) FROM notices WHERE state = 'pending' AND not_before <= {now}")
        [(letters,)] = self.query("SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')")
        if letters:
            self.time_passes()
        return int(notices + letters)

    def _state(self) -> str:
        tails = "\n".join(f"daemon {number}:\n{daemon.tail()}" for number, daemon in self.daemons.items())
        return f"{super()._state()}\n{tails}"


class SharedKillDesk(OnPostgres, KillDesk):
    """On PostgreSQL; `both`: with two daemons on the one mailbox."""

    def __init__(
        self, folder: Path, dovecot: Dovecot, nursery: Nursery, postgres: Postgres, template: str, seed: int, both: bool
    ) -> None:
        self.numbers = DAEMONS if both else (1,)
        self.use(postgres, template)
        super().__init__(folder, dovecot, nursery, None, seed)

    def is_intact(self) -> bool:
        """PostgreSQL has no check of all pages for the asking; that all rows can be read is what the checker does."""
        return True

"""A help desk that two daemons serve: one PostgreSQL database, one mailbox in Dovecot, one sending account."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.desk import SUPPORT, Desk
from tests.e2e.processes import Daemon
from tests.e2e.waiting import until
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres

DAEMONS = (1, 2)


class OnPostgres(Desk):
    """What makes a desk's database one of PostgreSQL; `use` it before all else."""

    def use(self, postgres: Postgres, template: str = "template0") -> None:
        """A new database, empty or a copy of `template`."""
        self._postgres = postgres
        self._name = postgres.create(template)

    def write_config(self) -> None:
        super().write_config()
        text = self.config.read_text(encoding="utf-8")
        url = self._postgres.url(self._name)
        self.config.write_text(text.replace("sqlite:///mailsla.db", url), encoding="utf-8")

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._postgres.admin(self._name) as connection:
            return connection.execute(statement.encode(), values or None).fetchall()

    def execute(self, statement: str) -> None:
        with self._postgres.admin(self._name) as connection:
            connection.execute(statement.encode())

    def close(self) -> None:
        super().close()
        self._postgres.drop(self._name)


class SharedDesk(OnPostgres):
    """As a Desk, but `daemons` has two of them, by number."""

    def __init__(self, folder: Path, dovecot: Dovecot, postgres: Postgres, sink_options: Sequence[str] = ()) -> None:
        self.use(postgres)
        self.daemons: dict[int, Daemon] = {}
        super().__init__(folder, dovecot, None, (SUPPORT,), sink_options)
        self.run("db", "upgrade")

    def start_one(self, number: int) -> Daemon:
        """Start it, or start it again, and wait for nothing."""
        self.daemons[number] = Daemon(self.config, self.folder / f"log{number}", self.environment)
        return self.daemons[number]

    def open_both(self) -> None:
        """Start both; from here on what arrives is new."""
        for number in DAEMONS:
            self.start_one(number).until_said("running")
        until(lambda: bool(self._watched()), 20, lambda: "first sight of the mailbox")

    def watcher(self) -> int:
        """The number of the daemon that watches the mailbox."""
        [(owner,)] = self.query("SELECT owner FROM leases WHERE name = 'mailbox:support'")
        return self._number_of(owner)

    def sender(self) -> int:
        """The number of the daemon that is sending a letter."""
        [(owner,)] = self.query("SELECT claimed_by FROM letters WHERE state = 'sending'")
        return self._number_of(owner)

    def _number_of(self, owner: str) -> int:
        pid = int(owner.split("/")[2])
        return next(number for number, daemon in self.daemons.items() if daemon.process.pid == pid)

    def close(self) -> None:
        for daemon in self.daemons.values():
            if daemon.process.poll() is None:
                daemon.kill()
        super().close()

    def _is_quiet(self) -> bool:
        [(accepted,)] = self.query("SELECT count(*) FROM intake")
        [(stored,)] = self.query("SELECT count(*) FROM intake WHERE state = 'stored'")
        return accepted >= self.sent and stored == 0 and self._letters_to_come() == 0

    def _letters_to_come(self) -> int:
        now = int(time.time())
        [(notices,)] = self.query(f"SELECT count(*) FROM notices WHERE state = 'pending' AND not_before <= {now}")
        [(letters,)] = self.query("SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')")
        return int(notices + letters)

    def _state(self) -> str:
        tails = "\n".join(f"daemon {number}:\n{daemon.tail()}" for number, daemon in self.daemons.items())
        return f"{super()._state()}\n{tails}"


def twice(desk: Desk, of: str = "true") -> int:
    """How many letters are marked as possibly sent twice; `of`: a condition on them in SQL."""
    [(count,)] = desk.query(f"SELECT count(*) FROM letters WHERE possibly_twice AND {of}")
    return int(count)

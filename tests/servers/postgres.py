"""A real PostgreSQL in a temporary folder, on a Unix socket of its own; a database for each test, from a template.

Works as root (the server then runs as `postgres`, since it refuses root) and as a user. Unless it is `durable`, nothing
outlives a crash of the machine: fsync is off, for what is tested here is what processes do to each other.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

ABSENT = "PostgreSQL absent, apt install postgresql"
USER = "mailsla"

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}

_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


def _programs() -> Path | None:
    """The folder of initdb and postgres: Debian keeps it outside PATH, one for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def available() -> bool:
    return _programs() is not None


def program(name: str) -> Path:
    """One of the server's: pg_dump, dropdb."""
    programs = _programs()
    assert programs is not None, ABSENT
    return programs / name


class Postgres:
    """`create` databases; `remove` at the end."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable`: on a disk (FHS 5.15), and what is committed stays."""
        self.base = Path(tempfile.mkdtemp(prefix="pg-", dir="/var/tmp" if durable else None))  # short, for its socket
        self._account = pwd.getpwnam("postgres" if os.geteuid() == 0 else pwd.getpwuid(os.getuid()).pw_name)
        if os.geteuid() == 0:
            os.chown(self.base, self._account.pw_uid, self._account.pw_gid)
        self.base.chmod(0o755)
        self._numbers = itertools.count(1)
        data = self.base / "data"
        self._run(program("initdb"), "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        wanted = _SETTINGS if durable else _SETTINGS | _NOT_DURABLE
        settings = [f"--{name}={value}" for name, value in wanted.items()]
        self._command = [program("postgres"), "-D", data, "-k", self.base, *settings]
        self._start()

    def restart(self, how: signal.Signals) -> None:
        """End it, and start it again; SIGQUIT is what `pg_ctl -m immediate` sends."""
        self._process.send_signal(how)
        self._process.wait(20)
        self._start()

    def _start(self) -> None:
        with (self.base / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.base,
                **self._as_server(),
            )
        self._until_it_answers()

    def _as_server(self) -> dict[str, Any]:
        """Arguments of Popen that let a child be the server's user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(command, capture_output=True, cwd=self.base, check=False, **self._as_server())
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.decode()}")

    def _until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self.admin().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"PostgreSQL does not start: {(self.base / 'log').read_text()}")

    def admin(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection without mailsla, in which each statement commits by itself."""
        return psycopg.connect(make_conninfo("", host=str(self.base), user=USER, dbname=database), autocommit=True)

    def url(self, database: str) -> str:
        """As `[database] url` names it."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.base}"

    def create(self, template: str = "template0") -> str:
        """The name of a new database, empty or a copy of `template`, to which nobody may be connected."""
        name = f"db{next(self._numbers)}"
        with self.admin() as connection:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Whoever is connected to it is cut off."""
        with self.admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def remove(self) -> None:
        """End the server at once, and remove all that it kept."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(20)
        shutil.rmtree(self.base, ignore_errors=True)

"""A database that is put back to where it was, again and again: an SQLite file, or a database of a PostgreSQL."""

import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from psycopg import sql

from mailsla.adapters.db.migrate import upgrade
from tests.servers.postgres import Postgres


class Database(Protocol):
    """All of it while nobody is connected."""

    url: str

    def keep(self, name: str) -> None:
        """As it is now, under this name."""

    def bring_back(self, name: str) -> None:
        """As it was then."""

    def query(self, statement: str) -> Sequence[tuple[Any, ...]]:
        """Rows, read without mailsla."""

    def change(self, statement: str) -> None:
        """Behind everybody's back."""

    def forbid(self, table: str, condition: str) -> None:
        """From now on rows like that can't be added: a mistake, as a broken constraint is."""

    def allow(self, table: str) -> None:
        """Again."""

    def disconnect(self) -> None:
        """What is read is read anew."""


class SqliteFile:
    """In a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "mailsla.db"
        self.url = f"sqlite:///{self._file}"
        self._reading: sqlite3.Connection | None = None
        upgrade(self.url)

    def keep(self, name: str) -> None:
        self.disconnect()
        with closing(sqlite3.connect(self._file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self._file, self._folder / f"{name}.kept")

    def bring_back(self, name: str) -> None:
        self.disconnect()
        for left in ("", "-wal", "-shm"):
            Path(f"{self._file}{left}").unlink(missing_ok=True)
        shutil.copyfile(self._folder / f"{name}.kept", self._file)

    def query(self, statement: str) -> Sequence[tuple[Any, ...]]:
        if self._reading is None:  # a new one each time would take longer than what it is asked
            self._reading = sqlite3.connect(self._file, isolation_level=None)
        return self._reading.execute(statement).fetchall()

    def disconnect(self) -> None:
        if self._reading is not None:
            self._reading.close()
            self._reading = None

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self._file)) as database:
            database.execute(statement)
            database.commit()

    def forbid(self, table: str, condition: str) -> None:
        new = re.sub(r"^(\w+)", r"NEW.\1", condition)
        raising = "SELECT RAISE(ABORT, 'forbidden')"
        self.change(f"CREATE TRIGGER forbid_{table} BEFORE INSERT ON {table} WHEN {new} BEGIN {raising}; END")

    def allow(self, table: str) -> None:
        self.change(f"DROP TRIGGER forbid_{table}")


class PostgresDatabase:
    """One of a server; what is kept are further ones."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._name = server.create()
        self._kept: dict[str, str] = {}
        self.url = server.url(self._name)
        upgrade(self.url)

    def keep(self, name: str) -> None:
        if name in self._kept:
            self._server.drop(self._kept.pop(name))
        self._kept[name] = self._server.create(self._name)

    def bring_back(self, name: str) -> None:
        self._server.drop(self._name)
        with self._server.admin() as connection:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(words.format(sql.Identifier(self._name), sql.Identifier(self._kept[name])))

    def query(self, statement: str) -> Sequence[tuple[Any, ...]]:
        with self._server.admin(self._name) as connection:
            return connection.execute(statement.encode()).fetchall()

    def change(self, statement: str) -> None:
        with self._server.admin(self._name) as connection:
            connection.execute(statement.encode())

    def forbid(self, table: str, condition: str) -> None:
        self.change(f"ALTER TABLE {table} ADD CONSTRAINT forbid CHECK (NOT ({condition})) NOT VALID")

    def allow(self, table: str) -> None:
        self.change(f"ALTER TABLE {table} DROP CONSTRAINT forbid")

    def disconnect(self) -> None:
        """Each question has a connection of its own."""

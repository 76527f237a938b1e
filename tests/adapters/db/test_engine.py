"""The engine: what it sets up, and how failures of the database are told."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from mailsla.adapters.db import engine as engine_module
from mailsla.adapters.db.engine import database_file, open_engine
from mailsla.adapters.db.store import SqlStore, SqlUnitOfWork
from mailsla.errors import ConfigError, TemporaryError
from tests.contracts.values import intake
from tests.servers.postgres import Postgres


def test_sqlite_is_durable_and_checks_references(sqlite_url: str) -> None:
    with open_engine(sqlite_url).connect() as connection:

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == engine_module.BUSY_SECONDS * 1000
        assert pragma("integrity_check") == "ok"


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("mysql://localhost/mailsla", "mysql is not supported"),
        ("postgresql+nodriver://localhost/mailsla", "is not supported"),
        ("not a url", "not a database URL"),
        ("sqlite://", "write-ahead log"),
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        open_engine(url).connect()


def test_a_refused_url_shows_no_password() -> None:
    with pytest.raises(ConfigError) as refused:
        open_engine("postgresql+nodriver://user:hunter2@host/mailsla")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////var/lib/mailsla/mailsla.db", Path("/var/lib/mailsla/mailsla.db")),
        ("sqlite://", None),
        ("postgresql+psycopg://user@host/mailsla", None),
    ],
)
def test_the_file_of_a_database(url: str, file: Path | None) -> None:
    assert database_file(url) == file


def test_a_locked_database_is_a_temporary_error_and_loses_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    store = SqlStore(open_engine(sqlite_url))
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TemporaryError, match="database is locked") as refused, store.begin():
        pass
    assert "another process holds it: try again" in refused.value.mend
    assert f"fuser {sqlite_url.removeprefix('sqlite:///')}" in refused.value.mend
    other.execute("ROLLBACK")
    other.close()
    with store.begin() as uow:
        uow.intake.add([intake()])
        uow.commit()
    store.close()


def test_a_full_disk_is_a_temporary_error(sqlite_url: str) -> None:
    with open_engine(sqlite_url).connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(TemporaryError, match="full") as refused:
            SqlUnitOfWork(connection).intake.put_raw("a" * 64, bytes(1_000_000))
    assert "free some space" in refused.value.mend


def test_an_empty_file_is_to_be_set_up(tmp_path: Path) -> None:
    path = tmp_path / "mailsla.db"
    path.touch()
    with (
        pytest.raises(TemporaryError, match="no such table") as refused,
        SqlStore(open_engine(f"sqlite:///{path}")).begin() as uow,
    ):
        uow.intake.counts()
    assert "run `mailsla db upgrade`" in refused.value.mend
    assert str(path) in refused.value.message


def test_a_file_that_is_no_database_is_a_wrong_set_up(tmp_path: Path) -> None:
    path = tmp_path / "mailsla.db"
    path.write_bytes(b"this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(ConfigError) as refused:
        open_engine(f"sqlite:///{path}").connect()
    (problem,) = refused.value.problems
    assert str(path) in problem.where
    assert "no SQLite database" in problem.what
    assert "mailsla.toml" in problem.mend


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError, match="unable to open database file") as refused:
        open_engine(f"sqlite:///{tmp_path / 'absent' / 'mailsla.db'}").connect()
    assert "folder must exist" in refused.value.mend


MISTAKES = [
    ("SELEC 1", (OperationalError, ProgrammingError), "syntax error"),
    ("INSERT INTO participants VALUES (1, 'kim@example.org')", IntegrityError, "(?i)foreign key"),
]


@pytest.mark.parametrize(("statement", "error", "message"), MISTAKES)
def test_our_own_mistakes_are_not_called_temporary(
    database_url: str, statement: str, error: type[Exception] | tuple[type[Exception], ...], message: str
) -> None:
    with open_engine(database_url).connect() as connection, pytest.raises(error, match=message):
        connection.execute(text(statement))


# PostgreSQL


@contextmanager
def opened(url: str, **settings: str) -> Iterator[SqlStore]:
    """A store whose sessions have these settings, as an admin may write them into the URL."""
    options = quote(" ".join(f"-c {name}={value}" for name, value in settings.items()))
    store = SqlStore(open_engine(f"{url}&options={options}"))
    yield store
    store.close()


@pytest.mark.postgresql
def test_postgresql_bounds_its_waiting(postgresql_url: str) -> None:
    with open_engine(postgresql_url).connect() as connection:

        def setting(name: str) -> object:
            return connection.exec_driver_sql(f"SHOW {name}").scalar_one()

        assert setting("synchronous_commit") == "on"
        assert setting("transaction_isolation") == "read committed"
        assert setting("lock_timeout") == f"{engine_module.BUSY_SECONDS}s"
        assert setting("statement_timeout") == "1min"
        assert setting("idle_in_transaction_session_timeout") == "30s"


@pytest.mark.postgresql
def test_a_busy_server_is_a_temporary_error_and_loses_nothing(postgresql_url: str) -> None:
    with opened(postgresql_url, lock_timeout="20ms") as store:
        with store.begin():
            with pytest.raises(TemporaryError, match="lock timeout") as refused, store.begin():
                pass
            assert "another mailsla" in refused.value.mend
        with store.begin() as uow:
            uow.intake.add([intake()])
            uow.commit()


@pytest.mark.postgresql
def test_who_stands_still_in_a_transaction_is_cut_off(postgresql_url: str) -> None:
    """A daemon that was stopped (SIGSTOP), or whose machine froze, holds up the others for 30 s and no longer."""
    with opened(postgresql_url, idle_in_transaction_session_timeout="50ms") as stopped, stopped.begin() as first:
        first.intake.add([intake()])
        with opened(postgresql_url) as store, store.begin() as second:
            assert second.intake.counts() == {}
        with pytest.raises(TemporaryError) as cut:
            first.commit()
        assert "server runs" in cut.value.mend


@pytest.mark.postgresql
def test_a_lost_connection_is_a_temporary_error_once(postgres: Postgres, postgresql_url: str) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mailsla'"
    with opened(postgresql_url) as store:
        with pytest.raises(TemporaryError), store.begin() as uow:
            with postgres.admin() as admin:
                admin.execute(others)
            uow.intake.counts()
        with store.begin() as uow:
            assert uow.intake.counts() == {}
        with postgres.admin() as admin:
            admin.execute(others)
        with store.begin() as uow:  # a connection that was lost in the pool costs nobody anything
            assert uow.intake.counts() == {}


@pytest.mark.postgresql
def test_a_standby_is_a_temporary_error(postgresql_url: str) -> None:
    """After a failover it is no mail's fault that nothing can be written."""
    with opened(postgresql_url, default_transaction_read_only="on") as store, store.begin() as uow:
        with pytest.raises(TemporaryError, match="read-only") as refused:
            uow.intake.add([intake()])
        assert "standby" in refused.value.mend


@pytest.mark.postgresql
def test_a_wrong_server_database_or_schema_is_told(postgres: Postgres, postgresql_url: str) -> None:
    gone = postgresql_url.replace("/pg-", "/gone-")
    for url in (postgres.url("nobody_made_it"), gone):
        with pytest.raises(TemporaryError) as refused:
            open_engine(url).connect()
        assert "see `[database] url`" in refused.value.mend
    with open_engine(postgresql_url).connect() as connection:
        connection.exec_driver_sql("DROP TABLE moments")
        with pytest.raises(TemporaryError, match="moments") as behind:
            SqlUnitOfWork(connection).clocks.earliest()
        assert behind.value.mend == "run `mailsla db upgrade`"


def test_without_the_driver_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match="its driver is missing") as refused:
        open_engine("postgresql://host/mailsla")
    assert refused.value.problems[0].mend == 'pip install "mailsla[postgresql]"'

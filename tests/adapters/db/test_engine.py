"""The engine: what it sets up, and how failures of the database are told."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from mailsla.adapters.db import engine as engine_module
from mailsla.adapters.db.engine import database_file, open_engine
from mailsla.adapters.db.store import SqlStore, SqlUnitOfWork
from mailsla.errors import ConfigError, TemporaryError
from tests.contracts.values import intake


def test_sqlite_is_durable_and_checks_references(database_url: str) -> None:
    with open_engine(database_url).connect() as connection:

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
        ("postgresql+nodriver://localhost/mailsla", "its driver is missing"),
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
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    store = SqlStore(open_engine(database_url))
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TemporaryError, match="database is locked") as refused, store.begin():
        pass
    assert "another process holds it: try again" in refused.value.mend
    assert f"fuser {database_url.removeprefix('sqlite:///')}" in refused.value.mend
    other.execute("ROLLBACK")
    other.close()
    with store.begin() as uow:
        uow.intake.add([intake()])
        uow.commit()
    store.close()


def test_a_full_disk_is_a_temporary_error(database_url: str) -> None:
    with open_engine(database_url).connect() as connection:
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


def test_our_own_mistakes_are_not_called_temporary(database_url: str) -> None:
    with open_engine(database_url).connect() as connection:
        with pytest.raises(OperationalError, match="syntax error"):
            connection.execute(text("SELEC 1"))
        with pytest.raises(IntegrityError):
            connection.execute(text("INSERT INTO participants VALUES (1, 'kim@example.org')"))

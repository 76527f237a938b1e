"""Upgrading a database, and refusing one of another version."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from mailsla.adapters.db import migrate, schema
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore, SqlUnitOfWork
from mailsla.adapters.shipped import shipped
from mailsla.errors import ConfigError
from tests.contracts.values import NOW, claim, intake


def at_revision(url: str, revision: str) -> None:
    """Make the database say that it is at this revision."""
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def test_an_absent_database_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "mailsla.db"
    assert migrate.state(f"sqlite:///{path}") == "absent"
    assert not path.exists()


def test_an_empty_database_is_absent_until_upgraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mailsla.db'}"
    engine = open_engine(url)
    with pytest.raises(ConfigError, match=r"database: it isn't set up\n  mend: run `mailsla db upgrade`"):
        migrate.require_current(engine)
    assert migrate.state(url) == "absent"
    migrate.upgrade(url)
    assert migrate.state(url) == "current"
    migrate.require_current(engine)


def test_an_upgrade_changes_nothing_when_there_is_nothing_to_do(database_url: str, store: SqlStore) -> None:
    with store.begin() as uow:
        uow.intake.add([intake()])
        uow.commit()
    migrate.upgrade(database_url)
    with store.begin() as uow:
        assert uow.intake.counts() == {"stored": 1}


def test_a_newer_database_is_refused_and_left_alone(database_url: str) -> None:
    at_revision(database_url, "9999")
    assert migrate.state(database_url) == "newer"
    for refuse in (migrate.upgrade, lambda url: migrate.require_current(open_engine(url))):
        with pytest.raises(ConfigError, match=r"revision 9999, which this version .* \(it is newer\)") as refused:
            refuse(database_url)
        assert refused.value.problems[0].mend == "upgrade mailsla"
    assert migrate.state(database_url) == "newer"


@contextmanager
def first_release(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside, the migrations that ship are those of the first release; `folder` is for them."""
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_first.py"):
        shutil.copy(shipped("migrations") / name, folder / name)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "shipped", lambda _name: folder)
        yield


@pytest.fixture
def old_url(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database as the first release made it."""
    with open_engine(database_url).begin() as connection:
        schema.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        if connection.dialect.name == "postgresql":
            connection.execute(
                text(
                    "DROP FUNCTION events_refuse; DROP FUNCTION breaches_refuse; DROP FUNCTION drops_refuse; "
                    "DROP FUNCTION corrections_refuse; DROP FUNCTION absences_refuse; DROP FUNCTION labels_refuse"
                )
            )
    with first_release(tmp_path / "old", monkeypatch):
        migrate.upgrade(database_url)
    return database_url


def test_a_database_that_is_behind_is_refused(old_url: str) -> None:
    assert migrate.state(old_url) == "behind"
    with pytest.raises(ConfigError, match=r"at revision 0001, behind .* which needs \d{4}") as refused:
        migrate.require_current(open_engine(old_url))
    assert refused.value.problems[0].mend == "run `mailsla db upgrade`"


def test_what_the_first_release_kept_is_there_after_an_upgrade(old_url: str) -> None:
    engine = open_engine(old_url)
    with engine.begin() as connection:
        SqlUnitOfWork(connection).intake.put_raw("a" * 64, b"raw")
        (old,) = SqlUnitOfWork(connection).intake.add([intake()])
    migrate.upgrade(old_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        uow = SqlUnitOfWork(connection)
        found = uow.intake.next_stored(NOW)
        assert found == (intake(id=old), b"raw")
        assert claim(uow.intake, old)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((shipped("migrations") / "env.py").read_text())
    (folder / "versions" / "0001_bad.py").write_text(
        'from alembic import op\nrevision = "0001"\ndown_revision = None\n'
        'def upgrade():\n    op.execute("CREATE TABLE half (id INTEGER)")\n    op.execute("NO SQL")\n'
    )
    monkeypatch.setattr(migrate, "shipped", lambda _name: folder)
    url = f"sqlite:///{tmp_path / 'mailsla.db'}"
    with pytest.raises(Exception, match="syntax error"):
        migrate.upgrade(url)
    with open_engine(url).connect() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_master")).all() == []


def test_revisions_are_numbered_as_alembic_orders_them() -> None:
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    scripts = ScriptDirectory.from_config(config)
    ordered = [script.revision for script in scripts.walk_revisions()][::-1]
    files = sorted(file.name.partition("_")[0] for file in (shipped("migrations") / "versions").glob("*.py"))
    assert files == ordered
    assert scripts.get_heads() == [ordered[-1]]

"""The databases that the contract of the store is run against. A database is one more parameter of `database_url`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.migrate import upgrade
from mailsla.adapters.db.store import SqlStore


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the shipped migrations; copied for each test, since migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "mailsla.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database with the current schema."""
    assert request.param == "sqlite"
    path = tmp_path / "mailsla.db"
    shutil.copyfile(request.getfixturevalue("migrated"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """A store on an empty database."""
    opened = SqlStore(open_engine(database_url))
    yield opened
    opened.close()

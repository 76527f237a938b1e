"""The databases that the contract of the store is run against. A database is one more parameter of `database_url`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.migrate import upgrade
from mailsla.adapters.db.store import SqlStore
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the shipped migrations; copied for each test, since migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "mailsla.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_on_server(postgres: Postgres) -> str:
    """The same on PostgreSQL: the name of a database to make others from."""
    name = postgres.create()
    upgrade(postgres.url(name))
    return name


@pytest.fixture
def sqlite_url(migrated: Path, tmp_path: Path) -> str:
    """The URL of an empty database with the current schema."""
    path = tmp_path / "mailsla.db"
    shutil.copyfile(migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres: Postgres, migrated_on_server: str) -> Iterator[str]:
    """The same on PostgreSQL."""
    name = postgres.create(migrated_on_server)
    yield postgres.url(name)
    postgres.drop(name)


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The same on each of the databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    """A store on an empty database."""
    opened = SqlStore(open_engine(database_url))
    yield opened
    opened.close()

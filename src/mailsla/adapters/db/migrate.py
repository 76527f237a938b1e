"""Bring a database to the schema of this version, and refuse to run on another.

Revisions are numbered: migrations/versions/0001_first.py is revision "0001", its successor "0002". They go forward
only; the way back is a backup.
"""

import sqlite3
from contextlib import closing
from typing import Any, Literal

from sqlalchemy import Connection, Engine, inspect, text

from mailsla.adapters.db.engine import database_file, open_engine
from mailsla.adapters.shipped import shipped
from mailsla.errors import ConfigError, Problem

State = Literal["current", "behind", "newer", "absent"]


def upgrade(url: str) -> None:
    """Run the migrations that are missing, in one transaction; a database that is newer raises ConfigError."""
    # Alembic takes 0.1 s to import, which a command that only runs on the database need not wait for.
    from alembic import command
    from alembic.config import Config

    file = database_file(url)
    if file is not None and file.parent.is_dir():
        file.touch(mode=0o600)  # it will hold customers' mail; its WAL gets the same mode
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")).replace("%", "%%"))
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            _without_foreign_keys(connection)
            with connection.begin():
                if _state_of(connection) == "newer":
                    raise ConfigError((_newer(_revision(connection)),))
                _without_time_limit(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                _check_foreign_keys(connection)
            connection.invalidate()  # not back into the pool: its foreign keys are off
    finally:
        engine.dispose()


def state(url: str) -> State:
    """How the database stands to this version; one that isn't there is not made."""
    file = database_file(url)
    if file is not None and not file.exists():
        return "absent"
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return _state_of(connection)
    finally:
        engine.dispose()


def require_current(engine: Engine) -> None:
    """Raise ConfigError, with its mend, unless the database has exactly the schema of this version."""
    with engine.connect() as connection:
        found, revision = _state_of(connection), _revision(connection)
    mend = "run `mailsla db upgrade`"
    if found == "absent":
        raise ConfigError((Problem("database", "it isn't set up", mend),))
    if found == "behind":
        what = f"it is at revision {revision}, behind this version of mailsla, which needs {known_revisions()[-1]}"
        raise ConfigError((Problem("database", what, mend),))
    if found == "newer":
        raise ConfigError((_newer(revision),))


def _newer(revision: str | None) -> Problem:
    what = f"it is at revision {revision}, which this version of mailsla doesn't know (it is newer)"
    return Problem("database", what, "upgrade mailsla")


def known_revisions() -> list[str]:
    """The revisions that this version ships, oldest first, by their file names."""
    files = (shipped("migrations") / "versions").glob("[0-9]*_*.py")
    return sorted(file.name.partition("_")[0] for file in files)


def _state_of(connection: Connection) -> State:
    revision = _revision(connection)
    if revision is None:
        return "absent"
    known = known_revisions()
    if revision not in known:
        return "newer"
    return "current" if revision == known[-1] else "behind"


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found


def _without_foreign_keys(connection: Connection) -> None:
    """SQLite alters a table by making it anew, which breaks references to it for a moment."""
    driver: Any = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        with closing(driver.execute("PRAGMA foreign_keys = OFF")):  # has no effect inside a transaction
            pass


def _without_time_limit(connection: Connection) -> None:
    """A migration of a large table may take long; the daemons' statements may not."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        what = f"after the migration a row of {broken[0]} (rowid {broken[1]}) refers to no row of {broken[2]}"
        raise ConfigError((Problem("database", f"{what}; nothing was changed", "report this to mailsla's makers"),))

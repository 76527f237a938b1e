"""An engine for a database URL, with the durability and the locking that the stores rely on."""

from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from mailsla.adapters.db import postgresql, sqlite
from mailsla.adapters.db.failures import translate_failures
from mailsla.errors import ConfigError, Problem

BUSY_SECONDS = 8  # how long a writer waits for another; under the 10 s in which the daemon has to end
_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
_EXPECTED = 'expected "sqlite:////absolute/path.db" or "postgresql+psycopg://user@host/name"'


def open_engine(url: str) -> Engine:
    """An engine for "sqlite:////absolute/path" or "postgresql+psycopg://user@host/name"; connects at first use.

    Raises ConfigError for a URL that isn't one of these, or whose driver isn't installed. Whatever the engine does
    later raises TemporaryError where the database itself fails.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed.set(drivername=sqlite.DRIVER),
            poolclass=QueuePool,
            max_overflow=-1,
            connect_args={"cached_statements": 256},
        )
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        try:
            engine = create_engine(
                postgresql.bounded(parsed, BUSY_SECONDS),
                isolation_level=postgresql.ISOLATION,
                max_overflow=-1,
                pool_pre_ping=True,
            )
        except ImportError as error:
            raise _refused(f"its driver is missing: {error}", 'pip install "mailsla[postgresql]"') from error
    translate_failures(engine, parsed.render_as_string(hide_password=True))
    return engine


def database_file(url: str) -> Path | None:
    """The file of an SQLite database; None for other databases and for one in memory."""
    parsed = _parse(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _refused("not a database URL", _EXPECTED) from error  # not the URL itself: it may hold a password
    if parsed.drivername not in _DRIVERS:
        raise _refused(f"{parsed.drivername} is not supported", _EXPECTED)
    return parsed


def _refused(what: str, mend: str) -> ConfigError:
    return ConfigError((Problem("database", what, mend),))


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Committed means on the disk (mail.md section 1), and foreign keys hold."""
    connection.isolation_level = None  # the driver begins nothing by itself; sqlite.py does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    (mode,) = cursor.fetchone() or ("unknown",)
    if mode != "wal":
        raise _refused(
            f"SQLite can't use its write-ahead log there (journal mode {mode})",
            "put the file on a local disk, not on a network file system and not in memory",
        )
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()

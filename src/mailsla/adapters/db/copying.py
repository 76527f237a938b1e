"""A copy of a database in a file of its own, for a dry run; the database itself is only read."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine

from mailsla.adapters.db.engine import database_file, open_engine
from mailsla.adapters.db.failures import translate_failures
from mailsla.adapters.db.migrate import require_current, upgrade
from mailsla.adapters.db.schema import metadata
from mailsla.errors import ConfigError, Problem, TemporaryError

_OF_DAEMONS = ("leases", "daemons")  # who else works on the database does not work on its copy
_ROWS = 50  # at once: of the raw mails each may have 50 MB


def copy_database(url: str, file: Path) -> str:
    """The URL of an SQLite copy in `file`, of this version's schema; an empty one where there is no database yet.

    Daemons may write meanwhile: the copy is of one moment. Raises TemporaryError (locked, no space for it) or
    ConfigError (no database of ours).
    """
    copy = f"sqlite:///{file}"
    source = database_file(url)
    if source is None:
        upgrade(copy)
        _copy_rows(url, copy)
    else:
        if source.exists():
            copy_file(source, file, "set TMPDIR to a folder with more space")
        upgrade(copy)
        _forget_daemons(copy)
    return copy


def copy_file(source: Path, file: Path, more_space: str) -> None:
    """Copy an SQLite database as it is at one moment, while others write. Raises as `copy_database`."""
    size = source.stat().st_size
    free = shutil.disk_usage(file.parent).free
    if size > free:
        what = f"{file.parent} has {free // 10**6} MB free, and a copy of the database takes {size // 10**6} MB"
        raise TemporaryError(what, more_space)
    # Not by an engine of ours: the last one to close a database writes its log (WAL) back into it.
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as original,
            closing(sqlite3.connect(file)) as copy,
        ):
            original.backup(copy)
    except sqlite3.OperationalError as error:
        raise TemporaryError(f"{source} can't be copied to {file.parent}: {error}", "try again") from error
    except sqlite3.DatabaseError as error:
        raise ConfigError((Problem("database", f"{source}: {error}", "name a database of mailsla"),)) from error


def _copy_rows(url: str, copy: str) -> None:
    open_engine(url).dispose()  # says what is wrong with the URL
    source, target = create_engine(url), open_engine(copy)  # the first without our lock: writers need not wait
    translate_failures(source, source.url.render_as_string(hide_password=True))
    try:
        require_current(source)
        with source.connect() as reading, target.begin() as writing:
            snapshot = reading.execution_options(isolation_level="REPEATABLE READ", stream_results=True)
            for table in metadata.sorted_tables:
                if table.name in _OF_DAEMONS:
                    continue
                for rows in snapshot.execute(table.select()).mappings().partitions(_ROWS):
                    writing.execute(table.insert(), [dict(row) for row in rows])
    finally:
        source.dispose()
        target.dispose()


def _forget_daemons(copy: str) -> None:
    engine = open_engine(copy)
    try:
        with engine.begin() as connection:
            for table in metadata.sorted_tables:
                if table.name in _OF_DAEMONS:
                    connection.execute(table.delete())
    finally:
        engine.dispose()

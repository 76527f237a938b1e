"""A backup of the database in a file of its own, verified before it gets its name; for both databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from mailsla.adapters.db.copying import copy_file
from mailsla.adapters.db.engine import database_file
from mailsla.adapters.db.migrate import known_revisions
from mailsla.adapters.durable import PART, aside, named
from mailsla.core.model import Instant
from mailsla.errors import ConfigError, PermanentError, Problem, TemporaryError
from mailsla.ports.store.occasions import BACKED_UP

_MADE = "mailsla-"  # what is named by its time begins so, and no other file is ever deleted
_STALE = 24 * 3600  # seconds after which the rest of a backup that was killed is deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds. `at`: the moment that it is of, None where it doesn't say."""

    file: Path
    size: int
    tickets: int
    mails: int
    newest_mail: Instant | None
    at: Instant | None
    revision: str


def back_up(url: str, file: Path, at: Instant) -> Backup:
    """Copy the database, of any version, into a new file while daemons write; said to be made only once verified.

    Raises PermanentError (the file is there, or can't be made), TemporaryError (locked, no space) or ConfigError (no
    database of ours, or a damaged one).
    """
    source = database_file(url)
    if source is not None and not source.exists():
        raise ConfigError((Problem("database", f"{source} is not there", "name it in [database] url"),))
    if file.exists():
        raise PermanentError(f"{file} is here already, and no backup is overwritten", "name another")
    with aside(file) as part, said_by_disk(file):
        if source is None:
            from mailsla.adapters.db.postgresql_tools import dump, examine  # psycopg is not everybody's

            dump(url, part)
            found = examine(part)
        else:
            copy_file(source, part, "name a folder with more space")
            _say_when(part, at)
            found = verified(part)
        named(part, file)
    return replace(found, file=file, at=at)


def name_in(folder: Path, url: str, at: Instant) -> Path:
    """How a backup in this folder is called: by its time (UTC)."""
    ending = "dump" if database_file(url) is None else "db"
    return folder / f"{_MADE}{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}.{ending}"


def rotate(folder: Path, keep: int, at: Instant) -> list[Path]:
    """Delete all backups but the newest, of those that are named by their time; and what killed ones left.

    One of a time to come, made under a clock that was ahead, stays, and takes the place of none.
    """
    now = f"{_MADE}{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}"
    named_so = (path for path in folder.glob(f"{_MADE}????????T??????Z.*") if path.suffix in (".db", ".dump"))
    made = sorted(path for path in named_so if path.stem <= now)
    old = made[:-keep]
    stale = [path for path in folder.glob(f".{_MADE}*{PART}*") if path.stat().st_mtime < at - _STALE]
    for path in (*old, *stale):
        path.unlink()
    return old


def verified(file: Path) -> Backup:
    """Of an SQLite copy: whole by SQLite's own checks, and of a version that we know. Raises ConfigError."""
    try:
        with closing(sqlite3.connect(_read_only(file), uri=True, timeout=10)) as copy:
            return _examined(copy, file)
    except sqlite3.DatabaseError as error:
        raise damaged(file, str(error)) from error


def _read_only(file: Path) -> str:
    """A file without a log beside it is read as it stands, also in a folder where nothing may be made."""
    log = file.with_name(f"{file.name}-wal")
    mode = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    return f"{file.absolute().as_uri()}?{mode}"


def _examined(copy: sqlite3.Connection, file: Path) -> Backup:
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "tickets", "intake"} <= tables:
        raise damaged(file, "it is no database of mailsla")
    (fault,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if fault != "ok":
        raise damaged(file, f"it is damaged: {fault}")
    broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise damaged(file, f"a row of {broken[0]} (rowid {broken[1]}) refers to no row of {broken[2]}")
    (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    require_known(file, revision)
    (tickets,) = copy.execute("SELECT count(*) FROM tickets").fetchone()
    mails, newest = copy.execute("SELECT count(*), max(accepted_at) FROM intake WHERE state <> 'before'").fetchone()
    at = None
    if "occasions" in tables:
        row = copy.execute("SELECT at FROM occasions WHERE name = ?", (BACKED_UP,)).fetchone()
        at = row[0] if row else None
    return Backup(
        file=file,
        size=file.stat().st_size,
        tickets=tickets,
        mails=mails,
        newest_mail=newest,
        at=at,
        revision=revision,
    )


def require_known(file: Path, revision: str) -> None:
    """Raise ConfigError for a database that a newer version of mailsla made."""
    if revision not in known_revisions():
        what = f"{file} is at revision {revision}, which this version of mailsla doesn't know (it is newer)"
        raise ConfigError((Problem("database", what, "upgrade mailsla"),))


def damaged(file: Path, what: str) -> ConfigError:
    """It is no backup that one could go back to, and no database that could be backed up."""
    mend = "name another; if it is a copy that mailsla just made, the database itself is damaged: see `mailsla health`"
    return ConfigError((Problem("database", f"{file}: {what}", mend),))


def _say_when(part: Path, at: Instant) -> None:
    """In the copy itself: the moment that it is of. It is one file from then on, with no log beside it."""
    with closing(sqlite3.connect(part)) as copy:
        with suppress(sqlite3.OperationalError):  # of a version that had no such table
            copy.execute(
                "INSERT INTO occasions (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
                (BACKED_UP, at),
            )
        copy.commit()
        copy.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def said_by_disk(file: Path) -> Iterator[None]:
    """A full disk, met outside of SQLite or by its commits, is said as one."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        what = f"{file} could not be written: {error}"
        raise TemporaryError(what, "free some space, or name another folder") from error

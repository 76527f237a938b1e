"""A backup takes the place of the database: at any moment either the old one is there, or the whole new one."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailsla.adapters.db.backups import Backup, said_by_disk, verified
from mailsla.adapters.db.copying import copy_file
from mailsla.adapters.db.engine import database_file
from mailsla.adapters.db.migrate import known_revisions, upgrade
from mailsla.adapters.durable import aside, named, synced
from mailsla.core.model import Instant
from mailsla.errors import PermanentError
from mailsla.ports.store.occasions import BACKED_UP, RESTORED

_LOG, _INDEX = "-wal", "-shm"  # beside SQLite's file


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored. `kept`: where what was there before is now, None where nothing was."""

    backup: Backup
    kept: Path | None
    upgraded: bool


def restore(url: str, file: Path, at: Instant) -> Restored:
    """Verify the backup, keep what is there, and put the backup in its place, marked as restored at this time.

    Who calls holds the lock against daemons. Raises PermanentError, TemporaryError or ConfigError with nothing changed.
    """
    if not file.is_file():
        raise PermanentError(f"{file} is not there", "name a file that `mailsla db backup` made")
    target = database_file(url)
    if target is None:
        from mailsla.adapters.db.postgresql_tools import examine
        from mailsla.adapters.db.postgresql_tools import restore as restore_dump

        found = examine(file)
        return Restored(backup=found, kept=restore_dump(url, found, at), upgraded=False)
    if target.exists() and target.samefile(file):
        raise PermanentError(f"{file} is the database itself", "name a file that `mailsla db backup` made")
    found = verified(file)
    with aside(target) as part, said_by_disk(target):
        copy_file(file, part, "free some space there")
        upgrade(f"sqlite:///{part}")
        _mark(part, at, found.at, _numbers_given(target))
        verified(part)
        _owned_alike(part, target)
        kept = _kept(target, at)
        named(part, target)
    return Restored(backup=found, kept=kept, upgraded=found.revision != known_revisions()[-1])


def _mark(part: Path, at: Instant, made: Instant | None, numbers: int) -> None:
    """It says itself that it is a restored one; no daemon lives on it, and no reference is given that was."""
    with closing(sqlite3.connect(part)) as copy:
        note = "INSERT INTO occasions (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
        copy.execute(note, (RESTORED, at))
        if made is not None:
            copy.execute(note, (BACKED_UP, made))
        copy.execute("DELETE FROM daemons")
        copy.execute("DELETE FROM leases")
        if numbers:
            copy.execute(
                "INSERT INTO counters (name, value) VALUES ('ticket', ?) "
                "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
                (numbers,),
            )
        copy.commit()
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, so that one rename is all


def _numbers_given(target: Path) -> int:
    """The last number that the database which goes had given to a ticket; 0 where it can't be read any more."""
    if not target.exists():
        return 0
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"{target.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as old,
    ):
        row = old.execute("SELECT value FROM counters WHERE name = 'ticket'").fetchone()
        return int(row[0]) if row else 0
    return 0


def _kept(target: Path, at: Instant) -> Path | None:
    """What is there has another name too, and no log stands beside it: SQLite would play it into the new file."""
    log, index = (target.with_name(f"{target.name}{ending}") for ending in (_LOG, _INDEX))
    kept = target.with_name(f"{target.name}.before-restore-{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}")
    there = target.exists()
    if there:
        with (
            suppress(sqlite3.DatabaseError),
            closing(sqlite3.connect(target, timeout=10)) as old,
        ):  # a damaged one can't
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        os.link(target, kept)
    if log.exists() and log.stat().st_size:
        beside = kept.with_name(f"{kept.name}{_LOG}")
        shutil.copyfile(log, beside)
        synced(beside)
    synced(target.parent)
    log.unlink(missing_ok=True)
    index.unlink(missing_ok=True)
    synced(target.parent)
    return kept if there else None


def _owned_alike(part: Path, target: Path) -> None:
    """Root restores for the daemon's user: who owned the file, else its folder, owns the new one."""
    like = target if target.exists() else target.parent
    if os.geteuid() == 0:
        os.chown(part, like.stat().st_uid, like.stat().st_gid)
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)

"""A backup and a restore that are killed at any step, or run out of disk: never half a file, never no database."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from mailsla.adapters import durable
from mailsla.adapters.db import migrate
from mailsla.adapters.db.backups import back_up, name_in, rotate, verified
from mailsla.adapters.db.restoring import restore
from mailsla.core.model import Instant
from mailsla.errors import ConfigError, PermanentError, TemporaryError
from tests.adapters.db.test_migrate import first_release

NOW: Instant = 1_790_000_000
STEPS = (os, "fsync"), (os, "link"), (Path, "rename"), (Path, "unlink"), (sqlite3, "connect")


def customers(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        (whole,) = database.execute("PRAGMA integrity_check").fetchone()
        assert whole == "ok"
        return {name for (name,) in database.execute("SELECT name FROM customers")}


def add_customer(file: Path, name: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        values = (f"{name}@mail.example", name)
        database.execute(
            "INSERT INTO customers (email, name, first_seen_at, mail_stopped_until) VALUES (?, ?, 1, 0)", values
        )
        database.commit()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """With Ana in it."""
    file = tmp_path / "mailsla.db"
    migrate.upgrade(f"sqlite:///{file}")
    add_customer(file, "Ana")
    return file


@pytest.fixture
def backup(database: Path) -> Path:
    """With Ana in it; Bea came to the database after it."""
    file = database.with_name("backup.db")
    back_up(f"sqlite:///{database}", file, NOW)
    add_customer(database, "Bea")
    return file


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """In a process of its own, which is killed (-9) before its so-manieth step on files; False: it ended before."""
    child = os.fork()
    if child == 0:
        left = [step]
        for place, name in STEPS:
            setattr(place, name, _counting(getattr(place, name), left))
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _counting(real: Callable[..., object], left: list[int]) -> Callable[..., object]:
    def counted(*arguments: object, **options: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    return counted


def _into(folder: Path, url: str, step: int) -> None:
    back_up(url, name_in(folder, url, NOW + step), NOW)


def test_a_backup_killed_at_any_step_leaves_nothing_that_looks_like_one(database: Path) -> None:
    folder = database.with_name("backups")
    folder.mkdir()
    url, step = f"sqlite:///{database}", 1
    while killed_at(step, partial(_into, folder, url, step)):
        for found in folder.glob("mailsla-*"):
            assert verified(found).at == NOW
        step += 1
    assert step > 5
    assert len(list(folder.glob("mailsla-*.db"))) >= 1


def test_a_restore_killed_at_any_step_leaves_the_old_database_or_the_whole_new_one(
    database: Path, backup: Path
) -> None:
    url, step, seen = f"sqlite:///{database}", 1, set[frozenset[str]]()
    while killed_at(step, partial(restore, url, backup, NOW + step)):
        seen.add(frozenset(customers(database)))
        step += 1
    assert step > 8
    assert frozenset({"Ana", "Bea"}) in seen
    assert "Bea" not in customers(database)
    assert customers(backup) == {"Ana"}


def test_what_was_there_is_kept_with_its_log(database: Path, backup: Path) -> None:
    with closing(sqlite3.connect(database)) as open_still:  # so that its log is not played back into it by closing
        open_still.execute("PRAGMA journal_mode = WAL")
        add_customer(database, "Cid")
        assert database.with_name("mailsla.db-wal").stat().st_size > 0
        kept = restore(f"sqlite:///{database}", backup, NOW).kept
    assert kept is not None
    assert customers(kept) == {"Ana", "Bea", "Cid"}
    assert customers(database) == {"Ana"}
    assert database.stat().st_mode & 0o777 == 0o600


def test_a_log_that_was_left_alone_is_not_played_into_the_restored_database(database: Path, backup: Path) -> None:
    with closing(sqlite3.connect(database)) as open_still:
        open_still.execute("PRAGMA journal_mode = WAL")
        add_customer(database, "Cid")
        log = database.with_name("mailsla.db-wal").read_bytes()
    database.unlink()
    database.with_name("mailsla.db-wal").write_bytes(log)
    restore(f"sqlite:///{database}", backup, NOW)
    assert customers(database) == {"Ana"}


def test_a_damaged_database_is_replaced_and_kept(database: Path, backup: Path) -> None:
    database.write_bytes(b"\0" * 5000)
    kept = restore(f"sqlite:///{database}", backup, NOW).kept
    assert kept is not None
    assert kept.read_bytes() == b"\0" * 5000
    assert customers(database) == {"Ana"}


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8192])


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()


def _orphan(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO participants VALUES (77, 'x@mail.example')")
        database.commit()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, "malformed|damaged"),
        (_newer, "it is newer"),
        (_orphan, "refers to no row of tickets"),
        (lambda file: file.write_bytes(b"no database " * 900), "not a database"),
    ],
)
def test_what_is_no_good_backup_is_refused_and_nothing_changes(
    database: Path, backup: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(backup)
    with pytest.raises(ConfigError, match=words):
        restore(f"sqlite:///{database}", backup, NOW)
    assert customers(database) == {"Ana", "Bea"}
    assert [one.name for one in database.parent.glob("mailsla.db*") if "wal" not in one.name] == ["mailsla.db"]


def test_the_database_itself_and_a_file_that_is_not_there_are_refused(database: Path) -> None:
    for file in (database, database.with_name("absent.db")):
        with pytest.raises(PermanentError):
            restore(f"sqlite:///{database}", file, NOW)


def test_a_damaged_database_gives_no_backup(database: Path) -> None:
    _orphan(database)
    with pytest.raises(ConfigError, match="refers to no row"):
        back_up(f"sqlite:///{database}", database.with_name("backup.db"), NOW)
    assert not database.with_name("backup.db").exists()


def test_a_backup_of_an_earlier_version_is_upgraded(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old.db"
    with monkeypatch.context() as patch, first_release(tmp_path_factory.mktemp("old") / "migrations", patch):
        migrate.upgrade(f"sqlite:///{old}")
    assert verified(old).at is None
    assert restore(f"sqlite:///{tmp_path}/mailsla.db", old, NOW).upgraded
    assert migrate.state(f"sqlite:///{tmp_path}/mailsla.db") == "current"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted: needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing(database: Path, small_disk: Path) -> None:
    """Most of it stands in the log still, so the look at the file's size before does not see it."""
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("INSERT INTO raw_mails VALUES ('x', zeroblob(3000000))")
        writer.commit()
        with pytest.raises(TemporaryError, match="full"):
            back_up(f"sqlite:///{database}", small_disk / "backup.db", NOW)
    assert list(small_disk.iterdir()) == []


def test_only_what_is_named_by_its_time_is_rotated(database: Path) -> None:
    url, folder = f"sqlite:///{database}", database.with_name("backups")
    folder.mkdir()
    ours = [name_in(folder, url, NOW + day * 86400) for day in range(4)]
    for file in (*ours, folder / "mailsla-by-hand.db", folder / f".mailsla-x.db.1{durable.PART}"):
        file.write_bytes(b"")
        os.utime(file, (NOW - 2 * 86400, NOW - 2 * 86400))
    assert rotate(folder, 2, NOW + 3 * 86400) == ours[:2]
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        ["mailsla-by-hand.db", *(one.name for one in ours[2:])]
    )


def test_a_backup_of_a_clock_that_was_ahead_pushes_out_none_of_today(database: Path) -> None:
    url, folder = f"sqlite:///{database}", database.with_name("backups")
    folder.mkdir()
    ahead, yesterday, today = (name_in(folder, url, NOW + day * 86400) for day in (400, -1, 0))
    for file in (ahead, yesterday, today):
        file.write_bytes(b"")
    assert rotate(folder, 1, NOW) == [yesterday]
    assert {*folder.iterdir()} == {ahead, today}

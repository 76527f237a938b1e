"""`mailsla db`: the backup, and the upgrade with its way back as docs/upgrading.md has them, on both databases."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mailsla import bootstrap
from mailsla.adapters import lock
from mailsla.adapters.db import engine, migrate
from mailsla.config import preset
from tests.adapters.db.test_migrate import first_release
from tests.cli.command import run
from tests.servers.postgres import USER, Postgres, program

MAIL = b"From: ana@mail.example\nTo: support@acme.example\nSubject: Parcel\n\nWhere is it?\n"


def mails(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        (count,) = database.execute("SELECT count(*) FROM intake").fetchone()
        return int(count)


@pytest.fixture
def here(nowhere: Path) -> Path:
    """A folder with the preset, its database, and one mail taken."""
    assert run("init", "--yes").code == 0
    assert run("deliver", stdin=MAIL).code == 0
    return nowhere


def test_a_backup_is_whole_while_others_write_and_private(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect(here / "mailsla.db")) as writing:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM intake")
        said = run("db", "backup", "before.db")
    assert said.code == 0
    assert said.out.startswith("Written and verified: before.db (")
    assert "the backup is good, but `mailsla health` will not know of it" in said.err
    assert mails(here / "before.db") == 1
    assert stat.S_IMODE((here / "before.db").stat().st_mode) == 0o600
    assert {path.name for path in here.glob("before*")} == {"before.db"}


def test_no_backup_is_overwritten(here: Path) -> None:
    (here / "before.db").write_text("another")
    said = run("db", "backup", "before.db")
    assert said.code == 1
    assert said.err == ("mailsla: before.db is here already, and no backup is overwritten\n  mend: name another\n")
    assert (here / "before.db").read_text() == "another"


def test_a_backup_that_fails_leaves_no_file(here: Path) -> None:
    (here / "mailsla.db").write_bytes(b"no database at all, but as long as a header of one: " * 20)
    said = run("db", "backup", "before.db")
    assert said.code == 78
    assert "mend: name a database of mailsla" in said.err
    assert not (here / "before.db").exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [("absent/before.db", "No such file or directory"), ("mailsla.toml", "is here already")],
)
def test_where_a_backup_can_not_be(here: Path, file: str, words: str) -> None:
    said = run("db", "backup", file)
    assert said.code == 1
    assert words in said.err
    assert "mend: " in said.err


def test_without_a_database_there_is_nothing_to_back_up(here: Path) -> None:
    (here / "mailsla.db").unlink()
    said = run("db", "backup", "before.db")
    assert said.code == 78
    assert "mailsla.db is not there" in said.err
    assert not (here / "before.db").exists()


def process(*arguments: str, stdin: bytes = b"", code: int = 0) -> str:
    """The same in a process of its own, at whose end the database is closed; what it printed, on one line."""
    done = subprocess.run([sys.executable, "-m", "mailsla", *arguments], input=stdin, capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    return " ".join(done.stdout.decode().split())


def test_the_way_forth_and_back_on_sqlite(
    here: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the commands of docs/upgrading.md; the first release stands for the old one."""
    database = here / "mailsla.db"
    url = f"sqlite:///{database}"
    database.unlink()
    with first_release(tmp_path_factory.mktemp("old") / "migrations", monkeypatch):
        migrate.upgrade(url)
    assert "it is of an earlier version of mailsla" in process("check", code=78)
    process("db", "backup", "before.db")
    process("db", "upgrade")
    process("check")
    process("deliver", stdin=MAIL)
    assert mails(database) == 1

    for name in ("mailsla.db-wal", "mailsla.db-shm"):
        (here / name).unlink(missing_ok=True)
    shutil.copy(here / "before.db", database)
    assert migrate.state(url) == "behind"
    assert mails(database) == 0


@pytest.mark.postgresql
def test_the_way_forth_and_back_on_postgresql(here: Path, postgres: Postgres) -> None:
    name = postgres.create()
    text = preset.with_values(preset.text("standard"), {("database", "url"): postgres.url(name)})
    (here / "mailsla.toml").write_text(text, encoding="utf-8")

    def tool(command: str, *arguments: str) -> None:
        subprocess.run([program(command), "-h", postgres.base, "-U", USER, *arguments], check=True, cwd=here)

    def taken() -> object:
        with postgres.admin(name) as connection:
            return connection.execute("SELECT count(*) FROM intake").fetchone()

    assert run("db", "upgrade").code == 0
    assert run("deliver", stdin=MAIL).code == 0
    tool("pg_dump", "--format=custom", "--file=before.dump", f"--dbname={name}")
    assert run("db", "upgrade").code == 0
    assert run("deliver", stdin=MAIL.replace(b"Parcel", b"Again")).code == 0
    assert taken() == (2,)

    tool("dropdb", "--force", name)  # the commands ran in this process, whose pools keep connections
    tool("createdb", f"--owner={USER}", name)
    tool("pg_restore", "--exit-on-error", f"--dbname={name}", "before.dump")
    assert run("check").code == 0
    assert taken() == (1,)
    assert run("deliver", stdin=MAIL.replace(b"Parcel", b"Again")).code == 0


def test_a_restore_is_refused_while_the_daemon_runs_and_says_what_to_do_next(here: Path) -> None:
    assert run("db", "backup", "before.db").code == 0
    assert run("deliver", stdin=MAIL.replace(b"Parcel", b"Again")).code == 0
    with lock.only_one(here / "mailsla.db.lock"):
        refused = run("db", "restore", "--yes", "before.db")
    assert refused.code == 1
    assert "the daemon runs: nothing was restored" in refused.err
    assert mails(here / "mailsla.db") == 2
    said = run("db", "restore", "--yes", "before.db")
    assert said.code == 0
    assert "In it: 0 tickets, 1 mail, the newest of" in said.out
    assert "What was there before is kept: " in said.out
    assert "Next: mailsla mailbox reconcile" in said.out
    assert mails(here / "mailsla.db") == 1
    (kept,) = here.glob("mailsla.db.before-restore-*")
    assert mails(kept) == 2


def test_without_a_yes_nothing_is_restored(here: Path) -> None:
    assert run("db", "backup", "before.db").code == 0
    assert run("deliver", stdin=MAIL.replace(b"Parcel", b"Again")).code == 0
    assert run("db", "restore", "before.db", stdin=b"n\n").code == 1
    assert mails(here / "mailsla.db") == 2


def test_a_folder_gets_backups_by_time_and_keeps_the_newest(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "backups").mkdir()
    now = bootstrap.system_clock()
    for day in range(3):
        monkeypatch.setattr(bootstrap, "system_clock", lambda day=day: now + day * 86400)
        assert run("db", "backup", "--keep", "2", "backups").code == 0
    assert len(list((here / "backups").iterdir())) == 2
    assert "--keep needs a folder" in run("db", "backup", "--keep", "2", "one.db").err


@pytest.mark.postgresql
def test_backup_and_restore_on_postgresql(here: Path, postgres: Postgres) -> None:
    name = postgres.create()
    text = preset.with_values(preset.text("standard"), {("database", "url"): postgres.url(name)})
    (here / "mailsla.toml").write_text(text, encoding="utf-8")
    assert run("db", "upgrade").code == 0
    assert run("deliver", stdin=MAIL).code == 0
    said = run("db", "backup", "before.dump")
    assert said.out.startswith("Written and verified: before.dump (")
    assert "In it: 0 tickets, 1 mail, the newest of" in said.out
    assert stat.S_IMODE((here / "before.dump").stat().st_mode) == 0o600
    assert run("deliver", stdin=MAIL.replace(b"Parcel", b"Again")).code == 0

    with postgres.admin(name) as connection:
        connection.execute("INSERT INTO daemons (name, until) VALUES ('other', 99999999999)")
        connection.commit()
    refused = run("db", "restore", "--yes", "before.dump")
    assert (refused.code, "a daemon lives on this database: other" in refused.err) == (1, True)
    with postgres.admin(name) as connection:
        connection.execute("DELETE FROM daemons")
        connection.commit()

    whole = (here / "before.dump").read_bytes()
    (here / "cut.dump").write_bytes(whole[: len(whole) // 2])
    assert run("db", "restore", "--yes", "cut.dump").code == 78
    said = run("db", "restore", "--yes", "before.dump")
    assert said.code == 0, said.err
    with postgres.admin(name) as connection:
        assert connection.execute("SELECT count(*) FROM intake").fetchone() == (1,)
        names = {one for (one,) in connection.execute("SELECT name FROM occasions").fetchall()}
    assert names == {"backed_up", "restored", "settled"}
    (kept,) = here.glob("mailsla-before-restore-*.dump")
    assert "In it: 0 tickets, 2 mails" in run("db", "restore", "--yes", str(kept)).out

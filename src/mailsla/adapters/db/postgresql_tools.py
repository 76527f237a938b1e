"""PostgreSQL's own tools for backups, with the connection of `[database] url`; its password is in no argument."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from mailsla.adapters.db.backups import Backup, damaged, require_known
from mailsla.adapters.db.migrate import known_revisions
from mailsla.adapters.db.postgresql import WRITER
from mailsla.core.model import Instant
from mailsla.errors import ConfigError, PermanentError, Problem, TemporaryError
from mailsla.ports.store.occasions import BACKED_UP, RESTORED

_CREATED = re.compile(r"Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")
_COPY = re.compile(r"COPY \S+ \((.*)\) FROM stdin;")


def dump(url: str, part: Path) -> None:
    """pg_dump into this file: of one moment, while daemons write."""
    _run("pg_dump", ["--format=custom", f"--file={part}", f"--dbname={_conninfo(url)}"], url)


def examine(part: Path) -> Backup:
    """What a dump holds, read from its first byte to its last. Raises ConfigError for a damaged or newer one."""
    _run("pg_restore", ["--file=/dev/null", str(part)], damages=part)
    listed = _run("pg_restore", ["--list", str(part)], damages=part)
    created = _CREATED.search(listed)
    revisions = [row["version_num"] for row in _rows(part, "alembic_version")]
    if len(revisions) != 1:
        raise damaged(part, "it is no dump of a database of mailsla")
    require_known(part, revisions[0])
    received = [int(row["accepted_at"]) for row in _rows(part, "intake") if row["state"] != "before"]
    return Backup(
        file=part,
        size=part.stat().st_size,
        tickets=sum(1 for _ in _rows(part, "tickets")),
        mails=len(received),
        newest_mail=max(received, default=None),
        at=int(datetime.fromisoformat(f"{created[1]}+00:00").astimezone(UTC).timestamp()) if created else None,
        revision=revisions[0],
    )


def restore(url: str, found: Backup, at: Instant) -> Path | None:
    """All of the dump in place of what is there, in one transaction; where the database that was there is kept now.

    Raises PermanentError where a daemon lives, or the dump is of another version.
    """
    if found.revision != known_revisions()[-1]:
        what = f"{found.file} is of an earlier version of mailsla (revision {found.revision})"
        raise PermanentError(what, "restore it with that version, then upgrade mailsla and run `mailsla db upgrade`")
    kept = found.file.with_name(f"mailsla-before-restore-{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}.dump")
    there = _there(url, at)
    if there:
        os.close(os.open(kept, os.O_CREAT | os.O_EXCL, 0o600))
        dump(url, kept)
    script = found.file.with_name(f".{found.file.name}.{os.getpid()}.sql")
    try:
        os.close(os.open(script, os.O_CREAT | os.O_EXCL, 0o600))
        options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(found.file)]
        _run("pg_restore", options, damages=found.file)
        note = "INSERT INTO public.occasions VALUES ('{}', {}) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
        notes = [f"--command={note.format(RESTORED, at)}"]
        notes += [f"--command={note.format(BACKED_UP, found.at)}"] * (found.at is not None)
        _run(
            "psql",
            [
                "--no-psqlrc",
                "--quiet",
                "--output=/dev/null",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                f"--command=SELECT pg_advisory_xact_lock({WRITER})",
                f"--file={script}",
                *notes,
                "--command=DELETE FROM public.daemons",
                "--command=DELETE FROM public.leases",
                f"--dbname={_conninfo(url)}",
            ],
            url,
        )
    finally:
        script.unlink(missing_ok=True)
    return kept if there else None


def _there(url: str, now: Instant) -> bool:
    """Whether a database of ours is there; no daemon may live on it."""
    try:
        with closing(psycopg.connect(_conninfo(url, password=True), connect_timeout=10)) as connection:
            if connection.execute("SELECT to_regclass('public.daemons')").fetchone() == (None,):
                return False
            alive = connection.execute("SELECT name FROM public.daemons WHERE until > %s", (now,)).fetchall()
    except psycopg.OperationalError as error:
        raise TemporaryError(f"the database can't be reached: {str(error).strip()}", "see `[database] url`") from error
    if alive:
        names = ", ".join(name for (name,) in alive)
        raise PermanentError(
            f"a daemon lives on this database: {names}", "stop it first, or wait 30 s if it was killed"
        )
    return True


def _rows(part: Path, table: str) -> Iterator[Mapping[str, str]]:
    """The rows of a table as text, from the data of the dump."""
    command = [_program("pg_restore"), "--data-only", f"--table={table}", "--file=-", str(part)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        names: list[str] = []
        for line in process.stdout:
            if match := _COPY.match(line):
                names = match[1].split(", ")
            elif line.startswith("\\."):
                names = []
            elif names:
                yield dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
    if process.returncode:
        raise damaged(part, "it can't be read to its end")


def _conninfo(url: str, *, password: bool = False) -> str:
    parsed = make_url(url)
    given: dict[str, object] = {"host": parsed.host, "port": parsed.port, "user": parsed.username}
    given |= {"dbname": parsed.database, "password": parsed.password if password else None, **parsed.query}
    return make_conninfo("", **{name: str(value) for name, value in given.items() if value is not None})


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        mend = "install PostgreSQL's client programs (Debian: postgresql-client), not older than the server"
        raise PermanentError(f"{name} is not on the PATH", mend)
    return found


def _run(name: str, options: Sequence[str], url: str = "", *, damages: Path | None = None) -> str:
    """What it printed. Its failure is of the file `damages`, else of the world."""
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    secret = make_url(url).password if url else None
    if secret is not None:
        environment["PGPASSWORD"] = str(secret)
    asks = ["--no-password"] if url else []
    done = subprocess.run(
        [_program(name), *asks, *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    said = " ".join(done.stderr.split())
    if damages is not None:
        raise damaged(damages, said)
    if "version mismatch" in said:
        raise ConfigError((Problem("database", f"{name}: {said}", "install the client programs of that version"),))
    raise TemporaryError(f"{name} failed: {said}", "see `[database] url`, the server, and the free space")

"""What strikes at a point: the process ends, the database, the socket or the disk fails, the disk is full.

A database fails by itself, not by an exception made here: SQLite meets a file that can't grow (RLIMIT_FSIZE: "disk I/O
error") or a number of pages that it may not exceed ("database or disk is full"); PostgreSQL ends the connection
(pg_terminate_backend), or refuses as it does without space (SQLSTATE 53100).
"""

import errno
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from mailsla.errors import TemporaryError
from tests.failpoints.points import Kind, Point

KILL, RAISE, FULL, UNEXPECTED = "kill", "raise", "disk full", "mistake"
_OF: dict[Kind, tuple[str, ...]] = {
    "commit": (KILL, RAISE, FULL),
    "statements": (KILL, RAISE, FULL),
    "files": (KILL, RAISE, FULL),
    "port": (KILL, RAISE),
    "socket": (KILL, RAISE),
}
_BIG = 400_000  # bytes; more than fit into SQLite's cache once that is made small
_GROW = f"INSERT INTO raw_mails (sha256, content) VALUES ('failpoint', zeroblob({_BIG}))"
_NO_SPACE = (
    "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
)


def actions(point: Point) -> tuple[str, ...]:
    """What can strike there."""
    return _OF[point.place.kind]


def strike(point: Point, action: str, owner: object) -> None:
    """Never returns."""
    if action == KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    if action == UNEXPECTED:
        raise RuntimeError("a mistake in the program (failpoint)")
    if point.place.kind in ("commit", "statements"):
        _database(getattr(owner, "_connection"), action)  # noqa: B009 - private, and of several classes
    if point.place.kind == "files":
        number = errno.ENOSPC if action == FULL else errno.EIO
        raise OSError(number, os.strerror(number), "failpoint")
    if point.place.kind == "port" and "transport" not in point.name and "smtp" not in point.name:
        raise TemporaryError("the connection was cut off (failpoint)")
    if point.place.kind == "port":
        raise RuntimeError("a transport that breaks its promise never to raise (failpoint)")
    raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer (failpoint)")


def _database(connection: Connection, action: str) -> None:
    if connection.dialect.name == "postgresql":
        gone = "SELECT pg_terminate_backend(pg_backend_pid())"
        connection.exec_driver_sql(_NO_SPACE if action == FULL else gone)
    else:
        with _full(connection) if action == FULL else _no_file_grows(connection):
            connection.exec_driver_sql(_GROW)
    raise AssertionError("the database did not fail")


@contextmanager
def _full(connection: Connection) -> Iterator[None]:
    most = _pragma(connection, "max_page_count")
    _pragma(connection, "max_page_count = 1")  # as many as there are
    try:
        yield
    finally:
        _pragma(connection, f"max_page_count = {most}")


@contextmanager
def _no_file_grows(connection: Connection) -> Iterator[None]:
    cache = _pragma(connection, "cache_size")
    _pragma(connection, "cache_size = 10")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        _pragma(connection, f"cache_size = {cache}")


def _pragma(connection: Connection, words: str) -> Any:
    """Past SQLAlchemy, which would begin a transaction; nothing of it stays open."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(f"PRAGMA {words}")
        rows = cursor.fetchall()
    finally:
        cursor.close()
    return rows[0][0] if rows else None

"""What a database's error means to a person: cause and mend, as TemporaryError, or ConfigError for a wrong file."""

import re
import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InterfaceError, OperationalError

from mailsla.errors import ConfigError, Problem, TemporaryError

_NO_DATABASE_MEND = "put a backup in its place (`mailsla db restore FILE`), or name another file in mailsla.toml"
_HELD = "another process holds it: try again in a moment; if that does not help, `fuser {file}` finds the process"
# By SQLite's primary result code (https://sqlite.org/rescode.html); {file} is the database's.
_SQLITE_MENDS = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_NOMEM: "the machine is out of memory: free some",
    sqlite3.SQLITE_READONLY: "give the user of mailsla the right to write the file and its folder",
    sqlite3.SQLITE_IOERR: "the disk failed: see the kernel's log and the free space",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: stop mailsla, keep a copy, restore the last backup",
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_CANTOPEN: "its folder must exist, the user of mailsla write there, and file descriptors be free",
    sqlite3.SQLITE_PROTOCOL: "too many processes open it at once: try again in a moment",
}
_SERVER_MEND = "see that the database server runs, is reachable, and has space"
_CONNECTION_MEND = "see `[database] url`, and that the server runs and lets this user in"
_SCHEMA_MEND = "run `mailsla db upgrade`"
_NO_SUCH = re.compile(r"no such (table|column)|has no column named")
_OURS = ""  # a mistake of ours, or the value's fault: it would fail again and again
# By the longest beginning of PostgreSQL's SQLSTATE (its documentation, appendix A) that fits; others are ours.
_POSTGRESQL_MENDS = {
    "08": _SERVER_MEND,
    "25": "the server takes no writes now: see whether it is a standby",
    "25P02": _OURS,
    "40": "try again in a moment",
    "42501": "give the user in `[database] url` the right to it",
    "42703": _SCHEMA_MEND,
    "42P01": _SCHEMA_MEND,
    "53": _SERVER_MEND,
    "55P03": "another mailsla works on this database: try again in a moment",
    "57": _SERVER_MEND,
    "57014": "the server was too slow: see its load",
    "58": _SERVER_MEND,
    "XX": "the server failed: see its log; restore the last backup if its data is damaged",
}


def translate_failures(engine: Engine, where: str) -> None:
    """From now on failures of the database itself leave this engine as TemporaryError that names it as `where`.

    A file that is no SQLite database is a ConfigError: it will be none at the next try either. Errors that mean a
    mistake of ours (a broken constraint, wrong SQL) stay what they are.
    """

    @event.listens_for(engine, "handle_error")
    def translate(context: ExceptionContext) -> None:
        if context.is_pre_ping:  # the pool then connects anew by itself
            return
        error = context.original_exception
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            problem = Problem(f"database {where}", "the file is no SQLite database", _NO_DATABASE_MEND)
            raise ConfigError((problem,)) from error
        mend = _mend(context).replace("{file}", engine.url.database or "")
        if mend:
            raise TemporaryError(f"database {where}: {str(error).strip()}", mend) from error


def _mend(context: ExceptionContext) -> str:
    """What to do about it; _OURS where the error isn't the database's failure."""
    error = context.original_exception
    if isinstance(error, sqlite3.Error):
        if _NO_SUCH.search(str(error)):
            return _SCHEMA_MEND
        code = getattr(error, "sqlite_errorcode", None)  # absent where the module itself raised
        return _OURS if code is None else _SQLITE_MENDS.get(code & 0xFF, _OURS)
    if context.is_disconnect:
        return _SERVER_MEND
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        fitting = (state[:length] for length in range(len(state), 1, -1))
        return next((_POSTGRESQL_MENDS[key] for key in fitting if key in _POSTGRESQL_MENDS), _OURS)
    return _CONNECTION_MEND if isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError) else _OURS

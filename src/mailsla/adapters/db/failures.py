"""What a database's error means to a person: cause and mend, as TemporaryError, or ConfigError for a wrong file."""

import re
import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InterfaceError, OperationalError

from mailsla.errors import ConfigError, Problem, TemporaryError

_NO_DATABASE_MEND = "name another file in mailsla.toml (database.url), or move it away and run `mailsla db upgrade`"
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
    sqlite3.SQLITE_CANTOPEN: "its folder must exist and the user of mailsla be able to write there",
    sqlite3.SQLITE_PROTOCOL: "too many processes open it at once: try again in a moment",
}
_SERVER_MEND = "see that the database server runs, is reachable, and has space; it is tried again"
_SCHEMA_MEND = "run `mailsla db upgrade`"
_TOO_LARGE = "54"  # PostgreSQL's class "program limit exceeded": the value's fault, it would fail again and again
_NO_SUCH = re.compile(r"no such (table|column)|has no column named")


def translate_failures(engine: Engine, where: str) -> None:
    """From now on failures of the database itself leave this engine as TemporaryError that names it as `where`.

    A file that is no SQLite database is a ConfigError: it will be none at the next try either. Errors that mean a
    mistake of ours (a broken constraint, wrong SQL) stay what they are.
    """

    @event.listens_for(engine, "handle_error")
    def translate(context: ExceptionContext) -> None:
        error = context.original_exception
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            problem = Problem(f"database {where}", "the file is no SQLite database", _NO_DATABASE_MEND)
            raise ConfigError((problem,)) from error
        mend = _mend(context).replace("{file}", engine.url.database or "")
        if mend:
            raise TemporaryError(f"database {where}: {str(error).strip()}", mend) from error


def _mend(context: ExceptionContext) -> str:
    """What to do about it; "" where the error isn't the database's failure."""
    error = context.original_exception
    if isinstance(error, sqlite3.Error):
        if _NO_SUCH.search(str(error)):
            return _SCHEMA_MEND
        code = getattr(error, "sqlite_errorcode", None)  # absent where the module itself raised
        return "" if code is None else _SQLITE_MENDS.get(code & 0xFF, "")
    if str(getattr(error, "sqlstate", "")).startswith(_TOO_LARGE):
        return ""
    if context.is_disconnect or isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError):
        return _SERVER_MEND
    return ""

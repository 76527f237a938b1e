"""SQLAlchemy's PostgreSQL dialect, with transactions that wait for each other as SQLite's do, and bounded waiting.

One writer at a time makes both databases behave alike: what a transaction has read nobody changes before it ends, so
that round robin, budgets and two replies on one ticket need no locks of their own. A transaction takes some
milliseconds, and holds the lock over no network but the database's own.
"""

from sqlalchemy import URL
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import PoolProxiedConnection

DRIVER = "postgresql+onewriter"
ISOLATION = "READ COMMITTED"  # each statement sees what was committed before the lock was ours
WRITER = 0x6D61696C736C61  # "mailsla": the key of the advisory lock
_MOST_IDLE = 30  # seconds inside a transaction; a daemon that was stopped in one (SIGSTOP) must not hold up the others
_MOST_WORK = 60  # seconds of one statement

# A peer that vanished without a word is found within half a minute, not after the system's two hours.
_CONNECTION = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": "mailsla",
}


def bounded(url: URL, waits: int) -> URL:
    """The URL with our dialect and bounds: `waits` seconds for another writer. What it says itself goes before."""
    bounds = {
        "lock_timeout": waits,
        "statement_timeout": _MOST_WORK,
        "idle_in_transaction_session_timeout": _MOST_IDLE,
    }
    ours = " ".join(f"-c {name}={seconds}s" for name, seconds in bounds.items())
    theirs = url.query.get("options", "")
    options = " ".join([ours, *([theirs] if isinstance(theirs, str) else theirs)])
    return url.set(drivername=DRIVER, query={**_CONNECTION, **url.query, "options": options.strip()})


class OneWriterPostgres(PGDialect_psycopg):
    """For connections to one server."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        """Called by SQLAlchemy at the start of each transaction."""
        cursor = dbapi_connection.cursor()
        cursor.execute(f"SELECT pg_advisory_xact_lock({WRITER})")
        cursor.close()


registry.register("postgresql.onewriter", __name__, OneWriterPostgres.__name__)

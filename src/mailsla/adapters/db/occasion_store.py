"""What happened to the database as a whole, in the database (ports.store.occasions)."""

from sqlalchemy import BigInteger, Connection, bindparam, delete, func, select, update

from mailsla.adapters.db.schema import counters, occasions, tickets
from mailsla.adapters.db.ticket_store import FIRST_NUMBER
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.model import Instant

_WHEN = select(occasions.c.at).where(occasions.c.name == bindparam("called"))


def _note(into: InsertInto) -> Statement:
    statement = into(occasions)
    return statement.on_conflict_do_update(index_elements=["name"], set_={"at": statement.excluded.at})


def _skip_numbers(into: InsertInto) -> Statement:
    skipped = bindparam("skipped", type_=BigInteger)
    return (
        into(counters)
        .values(name="ticket", value=skipped + (FIRST_NUMBER - 1))
        .on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + skipped})
        .returning(counters.c.value)
    )


_FORGET = delete(occasions).where(occasions.c.name == bindparam("called"))
_NOTE = upsert(_note)
_SKIP_NUMBERS = upsert(_skip_numbers)
_AT_MOST = update(occasions).where(occasions.c.at > bindparam("now")).values(at=bindparam("now"))
_OPENED_SINCE = select(func.count()).select_from(tickets).where(tickets.c.opened_at >= bindparam("since"))


class SqlOccasionStore:
    """ports.store.occasions.OccasionStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def when(self, name: str) -> Instant | None:
        """When it happened last."""
        found: Instant | None = self._connection.execute(_WHEN, {"called": name}).scalar_one_or_none()
        return found

    def note(self, name: str, at: Instant) -> None:
        """It happened, then."""
        self._connection.execute(_NOTE[self._dialect], {"name": name, "at": at})

    def forget(self, name: str) -> None:
        """It never happened."""
        self._connection.execute(_FORGET, {"called": name})

    def at_most(self, now: Instant) -> None:
        """Those that were later were now."""
        self._connection.execute(_AT_MOST, {"now": now})

    def opened_since(self, at: Instant) -> int:
        """How many tickets."""
        return int(self._connection.execute(_OPENED_SINCE, {"since": at}).scalar_one())

    def skip_numbers(self, count: int) -> int:
        """The last one that is given to nobody."""
        return int(self._connection.execute(_SKIP_NUMBERS[self._dialect], {"skipped": count}).scalar_one())

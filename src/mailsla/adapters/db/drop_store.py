"""What a person dropped, in the database (ports.store.drops)."""

from sqlalchemy import Connection, bindparam, insert, select

from mailsla.adapters.db.rows import Rows
from mailsla.adapters.db.schema import drops
from mailsla.core.drops import Drop, Thing

_DROP = Rows(drops, Drop)
_ADD = insert(drops)
_NEWEST = select(*_DROP.columns).order_by(drops.c.id.desc()).limit(bindparam("most"))
_OF = _NEWEST.where(drops.c.thing == bindparam("thing"), drops.c.number == bindparam("number"))


class SqlDropStore:
    """ports.store.drops.DropStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, drop: Drop) -> None:
        """One more."""
        self._connection.execute(_ADD, _DROP.write(drop))

    def of(self, thing: Thing, number: int) -> Drop | None:
        """The newest of a thing."""
        found = self._connection.execute(_OF, {"thing": thing, "number": number, "most": 1})
        return _DROP.read_optional(found.first())

    def newest(self, limit: int = 500) -> list[Drop]:
        """Of all things, newest first."""
        return _DROP.read_all(self._connection.execute(_NEWEST, {"most": limit}))

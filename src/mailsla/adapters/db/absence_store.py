"""When agents are away, in the database (ports.store.absences)."""

from sqlalchemy import Connection, bindparam, insert, select, update

from mailsla.adapters.db.rows import Rows
from mailsla.adapters.db.schema import absences
from mailsla.core.absence import Absence
from mailsla.core.model import Instant

_ABSENCE = Rows(absences, Absence)
_ALL = select(*_ABSENCE.columns)
_GET = _ALL.where(absences.c.id == bindparam("number"))
_STANDING = _ALL.where(absences.c.ends > bindparam("now"), absences.c.cancelled_at.is_(None)).order_by(
    absences.c.starts, absences.c.id
)
_OF = _ALL.where(absences.c.agent == bindparam("agent")).order_by(absences.c.id.desc()).limit(bindparam("most"))
_ADD = insert(absences).returning(absences.c.id)
_CANCEL = (
    update(absences)
    .where(absences.c.id == bindparam("number"), absences.c.cancelled_at.is_(None))
    .values(cancelled_at=bindparam("at"))
)


class SqlAbsenceStore:
    """ports.store.absences.AbsenceStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: dict[Instant, list[Absence]] = {}  # one transaction asks again and again

    def add(self, absence: Absence) -> int:
        """Insert; the id."""
        self._asked.clear()
        return int(self._connection.execute(_ADD, _ABSENCE.write(absence)).scalar_one())

    def cancel(self, absence_id: int, at: Instant) -> bool:
        """Once."""
        self._asked.clear()
        return self._connection.execute(_CANCEL, {"number": absence_id, "at": at}).rowcount == 1

    def get(self, absence_id: int) -> Absence | None:
        """By id."""
        return _ABSENCE.read_optional(self._connection.execute(_GET, {"number": absence_id}).first())

    def standing(self, now: Instant) -> list[Absence]:
        """Of all agents, by start."""
        if now not in self._asked:
            self._asked[now] = _ABSENCE.read_all(self._connection.execute(_STANDING, {"now": now}))
        return self._asked[now]

    def of(self, agent: str, limit: int = 100) -> list[Absence]:
        """Newest first."""
        return _ABSENCE.read_all(self._connection.execute(_OF, {"agent": agent, "most": limit}))

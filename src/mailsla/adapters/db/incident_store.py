"""Incidents and the words of complaints, in the database (ports.store.incidents)."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import incident_tickets, incidents, ticket_words
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.incident import STANDING, Incident, IncidentState, Said
from mailsla.core.model import Instant

_INCIDENT = Rows(incidents, Incident)
_SAID = Rows(ticket_words, Said)


def _keep(into: InsertInto) -> Statement:
    return into(ticket_words).on_conflict_do_nothing(index_elements=["ticket_id"])


def _join(into: InsertInto) -> Statement:
    statement = into(incident_tickets).on_conflict_do_nothing(index_elements=["incident_id", "ticket_id"])
    return statement.returning(incident_tickets.c.ticket_id)


_KEEP = upsert(_keep)
_JOIN = upsert(_join)
_ADD = insert(incidents).returning(incidents.c.id)
_UPDATE = update(incidents).where(incidents.c.id == bindparam("number"))
_ALL = select(*_INCIDENT.columns).order_by(incidents.c.id.desc()).limit(bindparam("most"))
_GET = select(*_INCIDENT.columns).where(incidents.c.id == bindparam("number"))
_NEWEST_KEPT = select(func.max(ticket_words.c.ticket_id))
_BETWEEN = (
    select(*_SAID.columns)
    .where(ticket_words.c.received_at >= bindparam("since"), ticket_words.c.received_at < bindparam("until"))
    .order_by(ticket_words.c.received_at.desc(), ticket_words.c.ticket_id.desc())
    .limit(bindparam("most"))
)
_FORGET = delete(ticket_words).where(
    ticket_words.c.received_at < bindparam("before"), ticket_words.c.ticket_id < bindparam("newest")
)
_LEAVE = delete(incident_tickets).where(
    incident_tickets.c.incident_id == bindparam("number"), incident_tickets.c.ticket_id == bindparam("ticket")
)
_TICKETS = (
    select(incident_tickets.c.ticket_id)
    .where(incident_tickets.c.incident_id == bindparam("number"))
    .order_by(incident_tickets.c.ticket_id)
)
_STANDING = (
    select(incident_tickets.c.ticket_id, incident_tickets.c.incident_id)
    .join(incidents, incidents.c.id == incident_tickets.c.incident_id)
    .where(incidents.c.state.in_(STANDING), incident_tickets.c.ticket_id.in_(bindparam("some", expanding=True)))
    .order_by(incident_tickets.c.incident_id)
)


class SqlIncidentStore:
    """ports.store.incidents.IncidentStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def keep_words(self, said: Sequence[Said]) -> None:
        """Each once."""
        if said:
            self._connection.execute(_KEEP[self._dialect], [_SAID.write(one) for one in said])

    def newest_kept(self) -> int:
        """0: none."""
        return int(self._connection.execute(_NEWEST_KEPT).scalar_one() or 0)

    def said_between(self, since: Instant, until: Instant, limit: int) -> list[Said]:
        """Newest first."""
        return _SAID.read_all(self._connection.execute(_BETWEEN, {"since": since, "until": until, "most": limit}))

    def forget_words(self, before: Instant) -> int:
        """The highest ticket's stay: they say up to where words were kept."""
        return self._connection.execute(_FORGET, {"before": before, "newest": self.newest_kept()}).rowcount

    def add(self, incident: Incident) -> int:
        """The id."""
        return int(self._connection.execute(_ADD, _INCIDENT.write(incident)).scalar_one())

    def update(self, incident: Incident) -> None:
        """All columns."""
        self._connection.execute(_UPDATE, {**_INCIDENT.write(incident), "number": incident.id})

    def get(self, incident_id: int) -> Incident | None:
        """By id."""
        return _INCIDENT.read_optional(self._connection.execute(_GET, {"number": incident_id}).first())

    def listed(self, states: Sequence[IncidentState] = (), limit: int = 100) -> list[Incident]:
        """Newest first."""
        asked = _ALL.where(incidents.c.state.in_(states)) if states else _ALL
        return _INCIDENT.read_all(self._connection.execute(asked, {"most": limit}))

    def join(self, incident_id: int, ticket_id: int, at: Instant) -> bool:
        """Once."""
        row = {"incident_id": incident_id, "ticket_id": ticket_id, "at": at}
        return self._connection.execute(_JOIN[self._dialect], row).first() is not None

    def leave(self, incident_id: int, ticket_id: int) -> bool:
        """False: it did not belong to it."""
        return self._connection.execute(_LEAVE, {"number": incident_id, "ticket": ticket_id}).rowcount == 1

    def tickets(self, incident_id: int) -> list[int]:
        """In the order in which they came."""
        return list(self._connection.execute(_TICKETS, {"number": incident_id}).scalars())

    def of_ticket(self, ticket_id: int) -> Incident | None:
        """The newest that stands."""
        number = self.of_tickets([ticket_id]).get(ticket_id)
        return None if number is None else self.get(number)

    def of_tickets(self, ticket_ids: Sequence[int]) -> dict[int, int]:
        """The newest of each."""
        found: dict[int, int] = {}
        for some in slices(ticket_ids):
            rows = self._connection.execute(_STANDING, {"some": some})
            found.update((ticket, number) for ticket, number in rows)
        return found

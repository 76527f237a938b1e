"""What happened in a stretch of time, from the database (ports.store.days)."""

from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, func, literal, select, union_all

from mailsla.adapters.db.schema import breaches, corrections, tickets
from mailsla.core.model import Instant, Status
from mailsla.ports.store.days import Day

_NEVER_ONE = (Status.MERGED, Status.VOID)


def _within(what: str, at: "Column[Instant]") -> "Select[Any, Any, int]":
    team = func.coalesce(tickets.c.team, "")
    return (
        select(literal(what).label("what"), team.label("team"), func.count().label("number"))
        .where(at >= bindparam("since"), at < bindparam("until"), tickets.c.status.not_in(_NEVER_ONE))
        .group_by(team)
    )


_MISSED = (
    _within("missed", breaches.c.breached_at)
    .join_from(breaches, tickets, breaches.c.ticket_id == tickets.c.id)
    .where(~select(corrections.c.id).where(corrections.c.breach_id == breaches.c.id).exists())
)
_COUNTED = union_all(_within("received", tickets.c.received_at), _within("resolved", tickets.c.resolved_at), _MISSED)


class SqlDayStore:
    """ports.store.days.DayStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counted(self, since: Instant, until: Instant) -> Day:
        """From `since` to before `until`."""
        found: dict[str, dict[str, int]] = {"received": {}, "resolved": {}, "missed": {}}
        for row in self._connection.execute(_COUNTED, {"since": since, "until": until}):
            found[row.what][row.team] = row.number
        return Day(**found)

"""What happened in a period, from the database (ports.store.history)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
)

from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import clocks, events, labels, promises, tickets
from mailsla.core.model import Event, Instant, PromiseState, Status
from mailsla.core.report.facts import Came, Counted, DueClock, Rated
from mailsla.core.triage.labels import How

_LATE = cast(clocks.c.breached_at, String) != "[]"
_VOID = tickets.c.status == Status.VOID
_COMPLAINT = and_(tickets.c.status != Status.VOID, type_coerce(tickets.c.triage, JSON)["scope"].as_string().is_(None))
_WITH_TICKET = clocks.join(tickets, tickets.c.id == clocks.c.ticket_id)
_KINDS: tuple[ColumnElement[Any], ...] = (
    clocks.c.metric,
    clocks.c.policy,
    clocks.c.state,
    _LATE.label("late"),
    _VOID.label("void"),
    func.coalesce(tickets.c.category, "").label("category"),
    func.coalesce(tickets.c.team, "").label("team"),
    func.coalesce(tickets.c.organisation, "").label("organisation"),
)
_DUE = select(
    clocks.c.ticket_id,
    tickets.c.reference,
    tickets.c.subject,
    func.coalesce(tickets.c.assignee, "").label("assignee"),
    clocks.c.policy,
    clocks.c.track,
    clocks.c.metric,
    clocks.c.state,
    _LATE.label("late"),
    _VOID.label("void"),
    clocks.c.target,
    clocks.c.elapsed,
    clocks.c.last_due,
    clocks.c.stopped_at,
    tickets.c.policy_version,
    tickets.c.tracks,
).select_from(_WITH_TICKET)

_EVENT = Rows(events, Event)
_HAPPENED = (
    select(*_EVENT.columns)
    .where(
        events.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)),
        events.c.type.in_(bindparam("types", expanding=True)),
    )
    .order_by(events.c.at, events.c.id)
)


class SqlHistoryStore:
    """ports.store.history.HistoryStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def unfilled(self) -> bool:
        """Met or late without a last due."""
        one = select(clocks.c.ticket_id).where(clocks.c.last_due.is_(None), clocks.c.state.in_(["met", "late"]))
        return self._connection.execute(one.limit(1)).first() is not None

    def counted(self, since: Instant, until: Instant, organisation: str = "") -> list[Counted]:
        """Grouped by the database."""
        query = select(*_KINDS, func.count().label("count")).select_from(_WITH_TICKET).where(*_due_in(since, until))
        rows = self._connection.execute(_of(query, organisation).group_by(*_KINDS))
        return [Counted(**{**row._mapping, "late": bool(row.late), "void": bool(row.void)}) for row in rows]

    def due_clocks(
        self, since: Instant, until: Instant, organisation: str, after: tuple[Instant, int], limit: int
    ) -> list[DueClock]:
        """A page, to the end of its last ticket's clocks at that instant."""
        place = (clocks.c.last_due, clocks.c.ticket_id)
        begun = tuple_(*place) > tuple_(*after)
        # The bare comparison is what the index is searched by: SQLite does not look into the pair.
        query = _of(_DUE.where(*_due_in(max(since, after[0] - 1), until), begun), organisation).order_by(*place)
        rows = self._connection.execute(query.limit(limit)).all()
        if len(rows) == limit:
            edge = (rows[-1].last_due, rows[-1].ticket_id)
            rest = _DUE.where(place[0] == edge[0], place[1] == edge[1])
            kept = [row for row in rows if (row.last_due, row.ticket_id) != edge]
            rows = [*kept, *self._connection.execute(rest)]
        return [_due_clock(row) for row in rows]

    def lengths(self, since: Instant, until: Instant, organisation: str = "") -> list[tuple[str, int]]:
        """Narrow rows."""
        stopped = clocks.c.state.in_(["met", "late"])
        query = select(clocks.c.metric, clocks.c.elapsed).select_from(_WITH_TICKET)
        query = query.where(*_due_in(since, until), stopped, clocks.c.track == "", ~_VOID)
        return [(metric, elapsed) for metric, elapsed in self._connection.execute(_of(query, organisation))]

    def came(self, since: Instant, until: Instant, organisation: str = "") -> list[Came]:
        """Narrow rows."""
        query = (
            select(
                tickets.c.customer_id,
                func.coalesce(tickets.c.category, ""),
                tickets.c.received_at,
                tickets.c.status == Status.MERGED,
            )
            .where(tickets.c.received_at >= since, tickets.c.received_at < until, _COMPLAINT)
            .order_by(tickets.c.received_at, tickets.c.id)
        )
        rows = self._connection.execute(_of(query, organisation))
        return [Came(number, category, at, merged=bool(merged)) for number, category, at, merged in rows]

    def received_and_resolved(self, since: Instant, until: Instant, organisation: str = "") -> tuple[int, int]:
        """Two counts."""
        received, resolved = (
            self._connection.execute(
                _of(select(func.count()).select_from(tickets), organisation).where(at >= since, at < until, _COMPLAINT)
            ).scalar_one()
            for at in (tickets.c.received_at, tickets.c.resolved_at)
        )
        return int(received), int(resolved)

    def active(self, since: Instant, until: Instant, organisation: str = "") -> list[int]:
        """By the index of ends."""
        ended = or_(tickets.c.closed_at >= since, tickets.c.closed_at.is_(None))
        query = select(tickets.c.id).where(ended, tickets.c.received_at < until)
        return sorted(self._connection.execute(_of(query, organisation)).scalars())

    def happened(self, ticket_ids: Sequence[int], types: Collection[str]) -> dict[int, list[Event]]:
        """By the index of a ticket's events."""
        found: dict[int, list[Event]] = {number: [] for number in ticket_ids}
        for ids in slices(ticket_ids):
            for row in self._connection.execute(_HAPPENED, {"ticket_ids": ids, "types": sorted(types)}):
                found[row.ticket_id].append(_EVENT.read(row))
        return found

    def questions(self, since: Instant, until: Instant, organisation: str = "") -> int:
        """By the index of questions alone."""
        query = (
            select(func.count())
            .select_from(events.join(tickets, tickets.c.id == events.c.ticket_id))
            .where(events.c.type == "satisfaction_asked", events.c.at >= since, events.c.at < until, _COMPLAINT)
        )
        return int(self._connection.execute(_of(query, organisation)).scalar_one())

    def promises(self, since: Instant, until: Instant, organisation: str = "") -> Mapping[PromiseState, int]:
        """Grouped by the database."""
        query = (
            select(promises.c.state, func.count())
            .select_from(promises.join(tickets, tickets.c.id == promises.c.ticket_id))
            .where(promises.c.until > since, promises.c.until <= until)
            .group_by(promises.c.state)
        )
        return {row[0]: int(row[1]) for row in self._connection.execute(_of(query, organisation))}

    def ratings(self, since: Instant, until: Instant, organisation: str = "") -> Sequence[Rated]:
        """By the index of ratings alone."""
        query = (
            select(events.c.ticket_id, events.c.at, events.c.data)
            .select_from(events.join(tickets, tickets.c.id == events.c.ticket_id))
            .where(events.c.type == "rating", events.c.at >= since, events.c.at < until)
            .order_by(events.c.at, events.c.id)
        )
        rows = self._connection.execute(_of(query, organisation))
        return [Rated(number, at, int(data["score"]), data.get("message")) for number, at, data in rows]

    def asked(self, since: Instant, until: Instant) -> tuple[int, int]:
        """Counted here: there are few."""
        query = select(labels.c.guessed, labels.c.category).where(
            labels.c.at >= since, labels.c.at < until, labels.c.how == How.ASKED
        )
        answers = self._connection.execute(query).all()
        return len(answers), sum(guessed == category for guessed, category in answers)


def _due_in(since: Instant, until: Instant) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return clocks.c.last_due > since, clocks.c.last_due <= until


def _of(query: Select[Any], organisation: str) -> Select[Any]:
    return query.where(tickets.c.organisation == organisation) if organisation else query


def _due_clock(row: Row[Any]) -> DueClock:
    versions = {"": row.policy_version, **row.tracks}
    values: tuple[Any, ...] = (*row[:8], bool(row.late), bool(row.void), *row[10:14], versions)
    return DueClock(*values)

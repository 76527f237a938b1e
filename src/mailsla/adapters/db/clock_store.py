"""Clocks, breaches, firings, promises, due moments and versions in the database (ports.store.clocks)."""

from collections.abc import Sequence

from sqlalchemy import Connection, String, bindparam, cast, delete, insert, literal, or_, select, update

from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import breaches, clocks, corrections, firings, moments, promises, tickets, versions
from mailsla.adapters.db.types import EpochSeconds
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.model import ENDED, Breach, ClockRow, Correction, Data, Instant, Moment, Promise, Version

_CLOCK = Rows(clocks, ClockRow)
_BREACH = Rows(breaches, Breach)
_CORRECTION = Rows(corrections, Correction)
_PROMISE = Rows(promises, Promise)
_MOMENT = Rows(moments, Moment)
_VERSION = Rows(versions, Version)

_DROP_CLOCKS = delete(clocks).where(clocks.c.ticket_id == bindparam("ticket_id"))
_ADD_CLOCKS = insert(clocks)
_CLOCKS = (
    select(*_CLOCK.columns)
    .where(clocks.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)))
    .order_by(clocks.c.ticket_id, clocks.c.started_at, clocks.c.track, clocks.c.metric, clocks.c.cycle)
)
_ADD_BREACH = upsert(
    lambda into: (
        into(breaches)
        .on_conflict_do_nothing(
            index_elements=["ticket_id", "policy_version", "metric", "cycle", "target_version", "breached_at", "again"]
        )
        .returning(breaches.c.id)
    )
)
_BREACHES = (
    select(*_BREACH.columns)
    .where(breaches.c.ticket_id == bindparam("ticket_id"))
    .order_by(breaches.c.breached_at, breaches.c.id)
)
_CORRECT = upsert(lambda into: into(corrections).on_conflict_do_nothing(index_elements=["breach_id"]))
_CORRECTIONS = (
    select(*_CORRECTION.columns)
    .join(breaches, breaches.c.id == corrections.c.breach_id)
    .where(breaches.c.ticket_id == bindparam("ticket_id"))
    .order_by(corrections.c.id)
)
_FIRE = upsert(
    lambda into: (
        into(firings).on_conflict_do_nothing(index_elements=["ticket_id", "key"]).returning(firings.c.ticket_id)
    )
)
_FIRED = select(firings.c.ticket_id, firings.c.key).where(
    firings.c.ticket_id.in_(bindparam("ticket_ids", expanding=True))
)
_ADD_PROMISES = insert(promises)
_PROMISES = (
    select(*_PROMISE.columns)
    .where(promises.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)))
    .order_by(promises.c.ticket_id, promises.c.stated_at, promises.c.id)
)
_SETTLE_PROMISE = update(promises).where(
    promises.c.id == bindparam("of"),
    or_(promises.c.state != bindparam("to"), promises.c.settled_at.is_distinct_from(bindparam("at"))),
)
_DROP_MOMENT = delete(moments).where(moments.c.kind == bindparam("kind"), moments.c.key == bindparam("key"))
_TAKE_MOMENT = _DROP_MOMENT.where(moments.c.at == bindparam("at"))
_FIRST_MOMENT = select(*_MOMENT.columns).order_by(moments.c.at, moments.c.kind, moments.c.key).limit(1)
_NEXT_MOMENT = _FIRST_MOMENT.where(moments.c.at <= bindparam("now"))
_VERSIONS = select(*_VERSION.columns)
_VERSION_BY_ID = _VERSIONS.where(versions.c.id == bindparam("id"))
_VERSION_BY_HASH = _VERSIONS.where(
    versions.c.kind == bindparam("kind"),
    versions.c.name == bindparam("name"),
    versions.c.hash == bindparam("hash"),
)
_VERSIONS_OF = _VERSIONS.where(versions.c.kind == bindparam("kind"), versions.c.name == bindparam("name")).order_by(
    versions.c.id
)
_ADD_VERSION = upsert(lambda into: into(versions).on_conflict_do_nothing(index_elements=["kind", "name", "hash"]))


def _set_moment(into: InsertInto) -> Statement:
    statement = into(moments)
    return statement.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": statement.excluded["at"]})


def _bring_forward(into: InsertInto) -> Statement:
    statement = into(moments)
    at = statement.excluded["at"]
    return statement.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": at}, where=moments.c.at > at)


def _recompute_open(into: InsertInto) -> Statement:
    open_ones = select(literal("recompute"), cast(tickets.c.id, String), bindparam("at", type_=EpochSeconds)).where(
        tickets.c.status.not_in(sorted(ENDED))
    )
    statement = into(moments).from_select(["kind", "key", "at"], open_ones)
    at = statement.excluded["at"]
    return statement.on_conflict_do_update(index_elements=["kind", "key"], set_={"at": at}, where=moments.c.at > at)


_RECOMPUTE_OPEN = upsert(_recompute_open)
_SET_MOMENT = upsert(_set_moment)
_BRING_FORWARD = upsert(_bring_forward)


class SqlClockStore:
    """ports.store.clocks.ClockStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def replace(self, ticket_id: int, rows: Sequence[ClockRow], *, first: bool = False) -> None:
        """The cached clocks of this ticket are these."""
        if not first:
            self._connection.execute(_DROP_CLOCKS, {"ticket_id": ticket_id})
        if rows:
            self._connection.execute(_ADD_CLOCKS, [_CLOCK.write(row) for row in rows])

    def of_ticket(self, ticket_id: int) -> list[ClockRow]:
        """In order of start."""
        return self.of_tickets([ticket_id])[ticket_id]

    def of_tickets(self, ticket_ids: Sequence[int]) -> dict[int, list[ClockRow]]:
        """The same for many; a ticket without clocks has an empty list."""
        found: dict[int, list[ClockRow]] = {ticket_id: [] for ticket_id in ticket_ids}
        for ids in slices(ticket_ids):
            for row in self._connection.execute(_CLOCKS, {"ticket_ids": ids}):
                found[row.ticket_id].append(_CLOCK.read(row))
        return found

    def add_breach(self, breach: Breach) -> bool:
        """Record it, once."""
        added = self._connection.execute(_ADD_BREACH[self._dialect], _BREACH.write(breach))
        return added.first() is not None

    def breaches(self, ticket_id: int) -> list[Breach]:
        """Oldest first."""
        return _BREACH.read_all(self._connection.execute(_BREACHES, {"ticket_id": ticket_id}))

    def correct(self, correction: Correction) -> None:
        """Record it, once for a breach."""
        self._connection.execute(_CORRECT[self._dialect], _CORRECTION.write(correction))

    def corrections(self, ticket_id: int) -> list[Correction]:
        """Oldest first."""
        return _CORRECTION.read_all(self._connection.execute(_CORRECTIONS, {"ticket_id": ticket_id}))

    def fire(self, ticket_id: int, key: str, at: Instant, superseded: bool) -> bool:
        """Record it, once."""
        row = {"ticket_id": ticket_id, "key": key, "at": at, "superseded": superseded}
        return self._connection.execute(_FIRE[self._dialect], row).first() is not None

    def fired(self, ticket_id: int) -> set[str]:
        """The keys that fired."""
        return self.fired_of([ticket_id])[ticket_id]

    def fired_of(self, ticket_ids: Sequence[int]) -> dict[int, set[str]]:
        """The same for many."""
        found: dict[int, set[str]] = {ticket_id: set() for ticket_id in ticket_ids}
        for ids in slices(ticket_ids):
            for ticket_id, key in self._connection.execute(_FIRED, {"ticket_ids": ids}):
                found[ticket_id].add(key)
        return found

    def add_promises(self, promises: Sequence[Promise]) -> None:
        """Insert."""
        if promises:
            self._connection.execute(_ADD_PROMISES, [_PROMISE.write(promise) for promise in promises])

    def promises(self, ticket_id: int) -> list[Promise]:
        """Oldest first."""
        return self.promises_of([ticket_id])[ticket_id]

    def promises_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Promise]]:
        """The same for many."""
        found: dict[int, list[Promise]] = {ticket_id: [] for ticket_id in ticket_ids}
        for ids in slices(ticket_ids):
            for row in self._connection.execute(_PROMISES, {"ticket_ids": ids}):
                found[row.ticket_id].append(_PROMISE.read(row))
        return found

    def settle_promise(self, promise: Promise) -> bool:
        """Write what became of it; False when that stands there already."""
        values = {
            "of": promise.id,
            "to": promise.state.value,
            "at": promise.settled_at,
            "state": promise.state,
            "settled_at": promise.settled_at,
            "replaced_by": promise.replaced_by,
            "lapsed_because": promise.lapsed_because,
        }
        return self._connection.execute(_SETTLE_PROMISE, values).rowcount == 1

    def set_moment(self, moment: Moment) -> None:
        """Insert or move."""
        self._connection.execute(_SET_MOMENT[self._dialect], _MOMENT.write(moment))

    def bring_forward(self, moment: Moment) -> None:
        """Insert, or move where it is later."""
        self._connection.execute(_BRING_FORWARD[self._dialect], _MOMENT.write(moment))

    def recompute_open(self, at: Instant) -> None:
        """A moment of kind `recompute` for each open ticket."""
        self._connection.execute(_RECOMPUTE_OPEN[self._dialect], {"at": at})

    def drop_moment(self, kind: str, key: str) -> None:
        """Nothing is due there any more."""
        self._connection.execute(_DROP_MOMENT, {"kind": kind, "key": key})

    def next_moment(self, now: Instant) -> Moment | None:
        """The earliest that is due."""
        return _MOMENT.read_optional(self._connection.execute(_NEXT_MOMENT, {"now": now}).first())

    def take_moment(self, moment: Moment) -> bool:
        """Delete it where it still is at that instant."""
        return self._connection.execute(_TAKE_MOMENT, _MOMENT.write(moment)).rowcount == 1

    def earliest(self) -> Instant | None:
        """When the next moment is due."""
        first = _MOMENT.read_optional(self._connection.execute(_FIRST_MOMENT).first())
        return None if first is None else first.at

    def version(self, kind: str, name: str, content_hash: str, content: Data, now: Instant) -> Version:
        """The version with this content, made when new."""
        key = {"kind": kind, "name": name, "hash": content_hash}
        found = self._connection.execute(_VERSION_BY_HASH, key).first()
        if found is None:
            new = Version(kind=kind, name=name, hash=content_hash, content=content, effective_from=now)
            self._connection.execute(_ADD_VERSION[self._dialect], _VERSION.write(new))
            found = self._connection.execute(_VERSION_BY_HASH, key).one()
        return _VERSION.read(found)

    def versions(self, kind: str, name: str) -> list[Version]:
        """All of this name, in the order they were made."""
        return _VERSION.read_all(self._connection.execute(_VERSIONS_OF, {"kind": kind, "name": name}))

    def version_by_id(self, version_id: int) -> Version | None:
        """One version."""
        return _VERSION.read_optional(self._connection.execute(_VERSION_BY_ID, {"id": version_id}).first())

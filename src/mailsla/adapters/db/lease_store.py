"""Daemons and leases in the database (ports.store.leases)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, case, delete, exists, or_, select, update

from mailsla.adapters.db.schema import daemons, intake, leases
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.model import Instant, IntakeState
from mailsla.ports.store.leases import Lease, LeaseLost


def _live(into: InsertInto) -> Statement:
    statement = into(daemons)
    return statement.on_conflict_do_update(
        index_elements=["name"], set_={name: statement.excluded[name] for name in ("until", "terms")}
    )


def _take(into: InsertInto) -> Statement:
    statement = into(leases).values(token=1)
    new = statement.excluded
    same = leases.c.owner == new.owner
    return statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": new.owner, "until": new.until, "token": leases.c.token + case((same, 0), else_=1)},
        where=or_(same, leases.c.until <= bindparam("now")),
    ).returning(leases.c.token)


_LIVE = upsert(_live)
_END = update(daemons).where(daemons.c.name == bindparam("of"))
_END_LEASES = update(leases).where(leases.c.owner == bindparam("of"))
_LIVING = select(daemons.c.name).where(daemons.c.until > bindparam("now")).order_by(daemons.c.name)
_DIFFERING = _LIVING.where(daemons.c.terms != bindparam("terms"), daemons.c.terms != "")
_FORGET = delete(daemons).where(
    daemons.c.until < bindparam("before"),
    # Its row says that the claim is over: one that is stopped for days, and then killed, claims in its last moment.
    ~exists().where(intake.c.state == IntakeState.STORED, intake.c.claimed_by == daemons.c.name),
)
_END_AFTER = update(daemons).where(daemons.c.until > bindparam("most")).values(until=bindparam("now"))
_END_LEASES_AFTER = update(leases).where(leases.c.until > bindparam("most")).values(until=bindparam("now"))
_TAKE = upsert(_take)
_TOKEN = select(leases.c.token).where(leases.c.name == bindparam("name"))


def ended(claimed_by: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the daemon of a claim lives no more at the parameter `now`; a claimer that never said so is no daemon."""
    return exists().where(daemons.c.name == claimed_by, daemons.c.until <= bindparam("now"))


class SqlLeaseStore:
    """ports.store.leases.LeaseStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def live(self, daemon: str, until: Instant, terms: str) -> None:
        """This daemon lives until then, under these terms."""
        self._connection.execute(_LIVE[self._dialect], {"name": daemon, "until": until, "terms": terms})

    def end(self, daemon: str, now: Instant) -> None:
        """It lives no more, and its leases are over."""
        for statement in (_END, _END_LEASES):
            self._connection.execute(statement, {"of": daemon, "until": now})

    def living(self, now: Instant) -> Sequence[str]:
        """The daemons that live, by name."""
        return self._connection.execute(_LIVING, {"now": now}).scalars().all()

    def differing(self, terms: str, now: Instant) -> Sequence[str]:
        """The daemons that live under others; one of a release that said nothing of its terms does not count."""
        return self._connection.execute(_DIFFERING, {"terms": terms, "now": now}).scalars().all()

    def end_after(self, most: Instant, now: Instant) -> None:
        """Daemons and leases that are said to last for longer are over."""
        for statement in (_END_AFTER, _END_LEASES_AFTER):
            self._connection.execute(statement, {"most": most, "now": now})

    def forget(self, before: Instant) -> None:
        """Remove the daemons that lived until some time before that."""
        self._connection.execute(_FORGET, {"before": before})

    def take(self, name: str, owner: str, now: Instant, until: Instant) -> Lease | None:
        """Make, take or renew it; None while another holds it."""
        keys = {"name": name, "owner": owner, "now": now, "until": until}
        token = self._connection.execute(_TAKE[self._dialect], keys).scalar_one_or_none()
        return None if token is None else Lease(name, token)

    def require(self, lease: Lease) -> None:
        """Raise LeaseLost when another owner has taken it since."""
        token = self._connection.execute(_TOKEN, {"name": lease.name}).scalar_one_or_none()
        if token != lease.token:
            raise LeaseLost(f"another daemon has taken over {lease.name}")

"""Accepted mails in the database (ports.store.intake)."""

from collections.abc import Sequence

from sqlalchemy import Connection, Update, and_, bindparam, case, func, literal_column, or_, select, update

from mailsla.adapters.db.lease_store import ended
from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import intake, mailbox_states, raw_mails
from mailsla.adapters.db.upsert import InsertInto, Statement, insert_new, upsert
from mailsla.core.health import Backlog
from mailsla.core.model import Instant, Intake, IntakeState, MailboxState
from mailsla.ports.store.leases import LeaseLost

_INTAKE = Rows(intake, Intake)
_STATE = Rows(mailbox_states, MailboxState)
_NO_ORIGINALS = (IntakeState.BEFORE, IntakeState.LEFT)

_PUT_RAW = upsert(lambda into: into(raw_mails).on_conflict_do_nothing(index_elements=["sha256"]))
_RAW = select(raw_mails.c.content).where(raw_mails.c.sha256 == bindparam("sha256"))
_ADD = upsert(
    lambda into: (
        into(intake)
        .on_conflict_do_nothing(index_elements=["mailbox", "folder", "uidvalidity", "uid"])
        .returning(intake.c.id)
    )
)
_ROW = select(*_INTAKE.columns)
_HOLDS = (
    select(intake.c.id).where(intake.c.sha256 == bindparam("sha256"), intake.c.mailbox == bindparam("mailbox")).limit(1)
)
_GET = _ROW.where(intake.c.id == bindparam("id"))
_KNOWN_UIDS = select(intake.c.uid).where(
    intake.c.mailbox == bindparam("mailbox"),
    intake.c.folder == bindparam("folder"),
    intake.c.uidvalidity == bindparam("uidvalidity"),
)
_FIRST_STORED = (
    _ROW.where(intake.c.state == IntakeState.STORED, intake.c.retry_at <= bindparam("now"))
    .order_by(intake.c.id)
    .limit(1)
)
_NEXT_STORED = _FIRST_STORED.add_columns(raw_mails.c.content).join_from(
    intake, raw_mails, raw_mails.c.sha256 == intake.c.sha256, isouter=True
)
_STORED = update(intake).where(intake.c.id == bindparam("of"), intake.c.state == IntakeState.STORED)
_CLAIM = _STORED.where(
    intake.c.attempts == bindparam("counted"),
    or_(
        intake.c.claimed_by == "",
        intake.c.claimed_by == bindparam("owner"),
        intake.c.claimed_until <= bindparam("now"),
        ended(intake.c.claimed_by),
    ),
).values(claimed_by=bindparam("owner"), claimed_until=bindparam("until"))
_IN_WORK = _STORED.where(intake.c.claimed_by == bindparam("owner"))
_START = _IN_WORK.values(attempts=intake.c.attempts + 1)
_END_WORK = _IN_WORK.values(claimed_by="", claimed_until=0)
_FINISH_AND_MARK = _END_WORK.values(mark=case((intake.c.mark == "none", "wanted"), else_=intake.c.mark))
_REOPEN = (
    update(intake)
    .where(intake.c.id == bindparam("of"), intake.c.state.in_(bindparam("states", expanding=True)))
    .values(state=IntakeState.STORED, attempts=0, retry_at=0)
)
_DROP = (
    update(intake)
    .where(intake.c.id == bindparam("of"), intake.c.state.in_([IntakeState.HELD, IntakeState.QUARANTINED]))
    .values(state=IntakeState.DROPPED)
)
_DUE_AT_MOST = (
    update(intake)
    .where(intake.c.state == IntakeState.STORED, intake.c.retry_at > bindparam("most"))
    .values(retry_at=bindparam("now"))
)
_SUPERSEDE = (
    update(intake)
    .where(intake.c.id == bindparam("of"), intake.c.state == IntakeState.HELD)
    .values(state=IntakeState.DUPLICATE, duplicate_of=bindparam("by"), reason=bindparam("because"))
)
_OTHER = intake.alias("other")
_SAME_CONTENT = (
    select(_OTHER.c.id)
    .where(
        _OTHER.c.sha256 == bindparam("sha256"),
        _OTHER.c.mailbox == bindparam("mailbox"),
        _OTHER.c.id < bindparam("this"),
        *(_OTHER.c.state != state for state in _NO_ORIGINALS),  # NOT IN is spelled out anew at each execution
    )
    .order_by(_OTHER.c.id)
    .limit(1)
)
_SAME_FINGERPRINT = (
    select(_OTHER.c.id)
    .where(
        _OTHER.c.fingerprint == bindparam("fingerprint"),
        _OTHER.c.fingerprint != literal_column("''"),  # as the partial index says it
        _OTHER.c.id != bindparam("this"),
        or_(
            _OTHER.c.duplicate_of.is_(None),
            and_(_OTHER.c.duplicate_of < _OTHER.c.id, _OTHER.c.id < bindparam("this")),
        ),
        or_(
            and_(
                or_(_OTHER.c.mailbox != bindparam("mailbox"), _OTHER.c.folder != bindparam("folder")),
                _OTHER.c.received_at.between(bindparam("since"), bindparam("until")),
            ),
            and_(_OTHER.c.mailbox == bindparam("mailbox"), _OTHER.c.uidvalidity != bindparam("uidvalidity")),
        ),
    )
    .order_by(_OTHER.c.id)
    .limit(1)
)
_SAME_MAIL = select(func.coalesce(_SAME_CONTENT.scalar_subquery(), _SAME_FINGERPRINT.scalar_subquery()))
_LISTED = (
    _ROW.where(intake.c.state.in_(bindparam("states", expanding=True))).order_by(intake.c.id).limit(bindparam("most"))
)
_BACKLOG = select(func.count(), func.min(intake.c.accepted_at)).where(intake.c.state == bindparam("state"))
_MARKS_WANTED = (
    _ROW.where(
        intake.c.mark == literal_column("'wanted'"),  # as the partial index says it
        intake.c.mailbox == bindparam("mailbox"),
        intake.c.folder == bindparam("folder"),
        intake.c.uidvalidity == bindparam("uidvalidity"),
    )
    .order_by(intake.c.id)
    .limit(bindparam("most"))
)
_MARKED = update(intake).where(intake.c.id.in_(bindparam("ids", expanding=True))).values(mark="done")
_STATES_BY_UID = select(intake.c.uid, intake.c.state).where(
    intake.c.mailbox == bindparam("mailbox"),
    intake.c.folder == bindparam("folder"),
    intake.c.uidvalidity == bindparam("uidvalidity"),
)
_COUNTS = select(intake.c.state, func.count()).group_by(intake.c.state)
_MAILBOX_STATE = (
    select(*_STATE.columns)
    .where(mailbox_states.c.mailbox == bindparam("mailbox"), mailbox_states.c.folder == bindparam("folder"))
    .order_by(mailbox_states.c.id.desc())
    .limit(1)
)


def _save_state(into: InsertInto) -> Statement:
    statement = into(mailbox_states)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["mailbox", "folder", "uidvalidity"],
        set_={"first_uid": new.first_uid, "first_seen_at": new.first_seen_at, "read_at": new.read_at},
    )


_SAVE_STATE = upsert(_save_state)
_FIRST_LOOKS_AT_MOST = (
    update(mailbox_states)
    .where(mailbox_states.c.first_seen_at > bindparam("now"))
    .values(first_seen_at=bindparam("now"))
)


class SqlIntakeStore:
    """ports.store.intake.IntakeStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def put_raw(self, sha256: str, content: bytes) -> None:
        """Keep the bytes once."""
        self._connection.execute(_PUT_RAW[self._dialect], {"sha256": sha256, "content": content})

    def raw(self, sha256: str) -> bytes:
        """The bytes, or KeyError."""
        content: bytes | None = self._connection.execute(_RAW, {"sha256": sha256}).scalar_one_or_none()
        if content is None:
            raise KeyError(sha256)
        return content

    def add(self, rows: Sequence[Intake]) -> list[int]:
        """Insert the new ones; their ids, in order."""
        return insert_new(self._connection, _ADD[self._dialect], [_INTAKE.write(row) for row in rows])

    def holds(self, mailbox: str, sha256: str) -> bool:
        """Whether these bytes have a row."""
        keys = {"mailbox": mailbox, "sha256": sha256}
        return self._connection.execute(_HOLDS, keys).first() is not None

    def get(self, intake_id: int) -> Intake | None:
        """One row."""
        return _INTAKE.read_optional(self._connection.execute(_GET, {"id": intake_id}).first())

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[str]:
        """All uids with a row."""
        keys = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity}
        return set(self._connection.execute(_KNOWN_UIDS, keys).scalars())

    def next_stored(self, now: Instant) -> tuple[Intake, bytes] | None:
        """The oldest that is to be processed now, and its bytes, or KeyError."""
        row = self._connection.execute(_NEXT_STORED, {"now": now}).first()
        if row is None:
            return None
        *columns, content = row
        found = _INTAKE.read(columns)
        if content is None:
            raise KeyError(found.sha256)
        return found, content

    def first_stored(self, now: Instant) -> Intake | None:
        """The same without its bytes."""
        return _INTAKE.read_optional(self._connection.execute(_FIRST_STORED, {"now": now}).first())

    def claim(self, intake: Intake, owner: str, now: Instant, until: Instant) -> bool:
        """Take it in work, unless another has it; a first attempt is counted."""
        keys = {"of": intake.id, "counted": intake.attempts, "owner": owner, "now": now, "until": until}
        return self._connection.execute(_CLAIM, keys | {"attempts": intake.attempts or 1}).rowcount == 1

    def start_attempt(self, intake_id: int, owner: str) -> None:
        """Count one more attempt."""
        self._in_work(_START, {"of": intake_id, "owner": owner})

    def finish(
        self,
        intake_id: int,
        owner: str,
        state: IntakeState,
        *,
        reason: str = "",
        ticket_id: int | None = None,
        duplicate_of: int | None = None,
        fingerprint: str = "",
        want_mark: bool = True,
    ) -> None:
        """Set the end state. A mark that is set already is not asked for again."""
        self._in_work(
            _FINISH_AND_MARK if want_mark else _END_WORK,
            {
                "of": intake_id,
                "owner": owner,
                "state": state,
                "reason": reason,
                "ticket_id": ticket_id,
                "duplicate_of": duplicate_of,
                "fingerprint": fingerprint,
            },
        )

    def postpone(self, intake_id: int, owner: str, *, attempts: int, retry_at: Instant, reason: str) -> None:
        """Try again at retry_at."""
        self._in_work(
            _END_WORK,
            {"of": intake_id, "owner": owner, "attempts": attempts, "retry_at": retry_at, "reason": reason},
        )

    def _in_work(self, statement: Update, keys: dict[str, object]) -> None:
        """Change a mail that its owner has in work."""
        if self._connection.execute(statement, keys).rowcount != 1:
            raise LeaseLost(f"mail M{keys['of']} is in work elsewhere")

    def reopen(self, intake_id: int, from_states: Sequence[IntakeState], reason: str = "") -> bool:
        """Back to `stored`, to be processed at once."""
        reopened = self._connection.execute(_REOPEN, {"of": intake_id, "states": list(from_states), "reason": reason})
        return reopened.rowcount == 1

    def drop(self, intake_id: int) -> bool:
        """held or quarantined -> dropped."""
        return self._connection.execute(_DROP, {"of": intake_id}).rowcount == 1

    def due_at_most(self, most: Instant, now: Instant) -> int:
        """Those put off for longer are due now."""
        return self._connection.execute(_DUE_AT_MOST, {"most": most, "now": now}).rowcount

    def first_looks_at_most(self, now: Instant) -> None:
        """Those that were later were now."""
        self._connection.execute(_FIRST_LOOKS_AT_MOST, {"now": now})

    def supersede(self, intake_id: int, by: Intake) -> bool:
        """held -> duplicate."""
        keys = {"of": intake_id, "by": by.id, "because": f"proven by intake {by.id}, the same mail in {by.folder}"}
        return self._connection.execute(_SUPERSEDE, keys).rowcount == 1

    def same_mail(self, intake: Intake, fingerprint: str, within: int) -> Intake | None:
        """The row that this one is a duplicate of."""
        keys = {
            "this": intake.id,
            "sha256": intake.sha256,
            "mailbox": intake.mailbox,
            "folder": intake.folder,
            "uidvalidity": intake.uidvalidity,
            "fingerprint": fingerprint,
            "since": intake.received_at - within,
            "until": intake.received_at + within,
        }
        found = self._connection.execute(_SAME_MAIL, keys).scalar_one()  # mostly none: no row is read for it
        return None if found is None else self.get(found)

    def listed(self, states: Sequence[IntakeState], limit: int = 500) -> list[Intake]:
        """Rows in these states, oldest first."""
        found = self._connection.execute(_LISTED, {"states": list(states), "most": limit})
        return _INTAKE.read_all(found)

    def backlog(self, state: IntakeState) -> Backlog:
        """How many, and the earliest accepted_at."""
        return Backlog(*self._connection.execute(_BACKLOG, {"state": state}).one())

    def marks_wanted(self, mailbox: str, folder: str, uidvalidity: int, limit: int = 200) -> list[Intake]:
        """Rows whose mark is still to be set, oldest first."""
        keys = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity, "most": limit}
        return _INTAKE.read_all(self._connection.execute(_MARKS_WANTED, keys))

    def marked(self, intake_ids: Sequence[int]) -> None:
        """The mark is set."""
        for ids in slices(intake_ids):
            self._connection.execute(_MARKED, {"ids": ids})

    def mailbox_state(self, mailbox: str, folder: str) -> MailboxState | None:
        """The one made last."""
        keys = {"mailbox": mailbox, "folder": folder}
        return _STATE.read_optional(self._connection.execute(_MAILBOX_STATE, keys).first())

    def save_mailbox_state(self, state: MailboxState) -> None:
        """Insert or update."""
        self._connection.execute(_SAVE_STATE[self._dialect], _STATE.write(state))

    def counts(self) -> dict[str, int]:
        """Rows by state."""
        return {state.value: count for state, count in self._connection.execute(_COUNTS)}

    def states_by_uid(self, mailbox: str, folder: str, uidvalidity: int) -> dict[str, IntakeState]:
        """All uids with a row, and its state."""
        keys = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity}
        return {row.uid: row.state for row in self._connection.execute(_STATES_BY_UID, keys)}

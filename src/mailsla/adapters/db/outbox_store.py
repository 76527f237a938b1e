"""Notices and letters in the database (ports.store.outbox)."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, insert, literal_column, or_, select, update

from mailsla.adapters.db.lease_store import ended
from mailsla.adapters.db.rows import Rows, in_list
from mailsla.adapters.db.schema import letters, notices
from mailsla.adapters.db.upsert import upsert
from mailsla.core.access.recipients import mailbox_of
from mailsla.core.health import Backlog
from mailsla.core.model import Automatic, Instant, Letter, LetterState, Notice, NoticeState, Role
from mailsla.core.notices import URGENCY
from mailsla.ports.store.leases import LeaseLost

_NOTICE = Rows(notices, Notice)
_LETTER = Rows(letters, Letter)

_ADD_NOTICES = upsert(lambda into: into(notices).on_conflict_do_nothing(index_elements=["key"]))
_NOTICES = select(*_NOTICE.columns)
_DUE_NOTICES = (
    _NOTICES.where(notices.c.state == NoticeState.PENDING, notices.c.not_before <= bindparam("now"))
    .order_by(notices.c.urgency, notices.c.id)
    .limit(bindparam("most"))
)
_DUE_BESIDES = _DUE_NOTICES.where(notices.c.kind.not_in(bindparam("besides", expanding=True)))
_POSTPONED = (
    _NOTICES.where(notices.c.state == NoticeState.PENDING, notices.c.reason != "")
    .order_by(notices.c.urgency, notices.c.id)
    .limit(bindparam("most"))
)
_NOTICES_OF = _NOTICES.where(notices.c.ticket_id == bindparam("ticket_id")).order_by(notices.c.id)
_GET_NOTICE = _NOTICES.where(notices.c.id == bindparam("id"))
_PENDING_OF = _NOTICES_OF.where(notices.c.state == NoticeState.PENDING)
_PENDING_FOR = _NOTICES.where(
    notices.c.address == bindparam("address"), notices.c.state == NoticeState.PENDING
).order_by(notices.c.id)
_FOLDED = _NOTICES.where(
    notices.c.state == literal_column("'folded'"),  # as the partial index says it
    notices.c.reason == bindparam("reason"),
).order_by(notices.c.urgency, notices.c.id)
_CHANGE_PENDING = update(notices).where(notices.c.id == bindparam("of"), notices.c.state == NoticeState.PENDING)
_CHANGE_ALL_PENDING = update(notices).where(
    notices.c.id.in_(bindparam("of", expanding=True)), notices.c.state == NoticeState.PENDING
)
_ADD_LETTERS = insert(letters)
_LETTERS_OF_NOTICES = select(letters.c.notice_id, letters.c.id).where(
    letters.c.notice_id.in_(bindparam("notice_ids", expanding=True))
)
_FIRST_TO_SEND = (
    select(letters.c.id)
    .where(letters.c.state == LetterState.QUEUED, letters.c.next_at <= bindparam("now"))
    .order_by(letters.c.urgency, letters.c.next_at, letters.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)  # PostgreSQL only: another daemon's claim is passed by, not waited for
    .scalar_subquery()
)
_CLAIM = (
    update(letters)
    .where(letters.c.id == _FIRST_TO_SEND, letters.c.state == LetterState.QUEUED)
    .values(state=LetterState.SENDING, attempts=letters.c.attempts + 1)
    .returning(*_LETTER.columns)
)
_LETTERS = select(*_LETTER.columns)
_STRANDED = _LETTERS.where(
    letters.c.state == LetterState.SENDING,
    or_(
        letters.c.claimed_until <= bindparam("now"),
        letters.c.claimed_by == bindparam("owner"),
        ended(letters.c.claimed_by),
    ),
).order_by(letters.c.id)
_CHANGE_SENDING = update(letters).where(
    letters.c.id == bindparam("of"),
    letters.c.state == LetterState.SENDING,
    # Both: an account that fails gives the attempt back, and the next claim, of whichever daemon, has its number.
    letters.c.attempts == bindparam("attempt"),
    letters.c.claimed_by == bindparam("claimer"),
)
_GET_LETTER = _LETTERS.where(letters.c.id == bindparam("id"))
_LETTER_OF_NOTICE = _LETTERS.where(letters.c.notice_id == bindparam("notice_id"))
_LISTED_COLUMNS = tuple(column for column in _LETTER.columns if column.key != "content")
_NEWEST_LETTERS = select(*_LISTED_COLUMNS).order_by(letters.c.id.desc()).limit(bindparam("most"))
_NEWEST_OF_TICKET = _NEWEST_LETTERS.where(letters.c.ticket_id == bindparam("ticket_id"))
_IN_STATES = letters.c.state.in_(bindparam("states", expanding=True))
_NEWEST_IN_STATES = _NEWEST_LETTERS.where(_IN_STATES)
_NEWEST_OF_TICKET_IN_STATES = _NEWEST_OF_TICKET.where(_IN_STATES)
_RELEASE = (
    update(letters)
    .where(
        letters.c.id == bindparam("of"),
        letters.c.state.in_([LetterState.FAILED, LetterState.HELD, LetterState.DROPPED]),
    )
    .values(state=LetterState.QUEUED)
)
_DROP = (
    update(letters)
    .where(
        letters.c.id == bindparam("of"),
        letters.c.state.in_([LetterState.FAILED, LetterState.HELD, LetterState.QUEUED]),
    )
    .values(state=LetterState.DROPPED)
)
_RECALL = (
    update(letters)
    .where(letters.c.id == bindparam("of"), letters.c.state == LetterState.QUEUED, ~letters.c.possibly_twice)
    .values(state=LetterState.DROPPED)
)
_TO_BLANK = (
    select(letters.c.id, letters.c.content)
    .where(literal_column("NOT blanked"), letters.c.sent_at <= bindparam("before"))
    .order_by(letters.c.sent_at)
    .limit(bindparam("most"))
)
_BLANK = update(letters).where(letters.c.id == bindparam("of")).values(blanked=True)
_LETTERS_AT_MOST = (
    update(letters)
    .where(letters.c.state == LetterState.QUEUED, letters.c.next_at > bindparam("most"))
    .values(next_at=bindparam("now"))
)
_NOTICES_AT_MOST = (
    update(notices)
    .where(notices.c.state == NoticeState.PENDING, notices.c.not_before > bindparam("most"))
    .values(not_before=bindparam("now"))
)
_NEXT_NOTICE_AT = select(func.min(notices.c.not_before)).where(notices.c.state == NoticeState.PENDING)
_NEXT_LETTER_AT = select(func.min(letters.c.next_at)).where(letters.c.state == LetterState.QUEUED)
_SINCE = letters.c.created_at >= bindparam("since")
_TO_OUTSIDE = (letters.c.outside, letters.c.automatic)
_AUTOMATIC = select(letters.c.address, letters.c.ticket_id, letters.c.kind, letters.c.created_at).where(
    _SINCE,
    *_TO_OUTSIDE,
    or_(
        letters.c.address.in_(bindparam("addresses", expanding=True)),
        letters.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)),
    ),
)
_AUTOMATIC_IN_ALL = (
    select(func.count()).select_from(letters).where(_SINCE, letters.c.created_at <= bindparam("until"), *_TO_OUTSIDE)
)
_INTERNAL_TO = (
    select(letters.c.address, func.count())
    .where(
        _SINCE,
        letters.c.address.in_(bindparam("addresses", expanding=True)),
        ~letters.c.outside,
        letters.c.urgency != URGENCY["transcript"],  # what answers its reader's own, proven mail
    )
    .group_by(letters.c.address)
)
_BACKLOG = select(func.count(), func.min(letters.c.created_at)).where(letters.c.state == bindparam("state"))
_NOTICES_LATE = select(func.count(), func.min(notices.c.not_before)).where(
    notices.c.state == NoticeState.PENDING, notices.c.not_before <= bindparam("now")
)
_LETTERS_LATE = select(
    func.count(), func.min(case((letters.c.attempts == 0, letters.c.created_at), else_=letters.c.next_at))
).where(letters.c.state == LetterState.QUEUED, letters.c.next_at <= bindparam("now"))
_PENDING_OUTSIDE = _NOTICES.where(notices.c.state == NoticeState.PENDING, notices.c.role == Role.CUSTOMER).order_by(
    notices.c.id
)
_HOLD_OUTSIDE = (
    update(letters)
    .where(letters.c.outside, letters.c.state.in_([LetterState.QUEUED, LetterState.SENDING]))
    .values(state=LetterState.HELD, claimed_by="", claimed_until=0)
)
_COUNTS = select(letters.c.state, func.count()).group_by(letters.c.state)
_PENDING_COUNT = select(func.count()).select_from(notices).where(notices.c.state == NoticeState.PENDING)


class SqlOutboxStore:
    """ports.store.outbox.OutboxStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def add_notices(self, notices: Sequence[Notice]) -> None:
        """Insert those whose key is new."""
        if notices:
            rows = [_NOTICE.write(notice) | {"address": notice.recipient.lower()} for notice in notices]
            self._connection.execute(_ADD_NOTICES[self._dialect], rows)

    def due_notices(self, now: Instant, limit: int = 50, *, besides: Collection[str] = ()) -> list[Notice]:
        """Pending and due, by (urgency, id)."""
        keys = {"now": now, "most": limit, "besides": list(besides)}
        return _NOTICE.read_all(self._connection.execute(_DUE_BESIDES if besides else _DUE_NOTICES, keys))

    def pending_of(self, ticket_id: int) -> list[Notice]:
        """Pending of a ticket, oldest first."""
        return _NOTICE.read_all(self._connection.execute(_PENDING_OF, {"ticket_id": ticket_id}))

    def pending_for(self, recipient: str) -> list[Notice]:
        """Pending to an address, oldest first."""
        return _NOTICE.read_all(self._connection.execute(_PENDING_FOR, {"address": recipient.lower()}))

    def settle_notice(self, notice_id: int, state: NoticeState, reason: str = "") -> bool:
        """pending -> state, once."""
        settled = self._connection.execute(_CHANGE_PENDING, {"of": notice_id, "state": state, "reason": reason})
        return settled.rowcount == 1

    def settle_notices(self, notice_ids: Sequence[int], state: NoticeState, reason: str = "") -> int:
        """The same for many, at most a batch; how many were still pending."""
        keys = {"of": in_list(notice_ids), "state": state, "reason": reason}
        return self._connection.execute(_CHANGE_ALL_PENDING, keys).rowcount

    def postpone_notice(self, notice_id: int, not_before: Instant, reason: str) -> None:
        """Still pending, but later."""
        self._connection.execute(_CHANGE_PENDING, {"of": notice_id, "not_before": not_before, "reason": reason})

    def postponed(self, limit: int = 500) -> list[Notice]:
        """Pending and put off with a reason, by (urgency, id)."""
        return _NOTICE.read_all(self._connection.execute(_POSTPONED, {"most": limit}))

    def drop_notice(self, notice_id: int) -> bool:
        """pending -> dropped."""
        keys = {"of": notice_id, "state": NoticeState.DROPPED}
        return self._connection.execute(_CHANGE_PENDING, keys).rowcount == 1

    def get_notice(self, notice_id: int) -> Notice | None:
        """One notice."""
        return _NOTICE.read_optional(self._connection.execute(_GET_NOTICE, {"id": notice_id}).first())

    def notices_of(self, ticket_id: int) -> list[Notice]:
        """All of a ticket, oldest first."""
        return _NOTICE.read_all(self._connection.execute(_NOTICES_OF, {"ticket_id": ticket_id}))

    def folded(self, reason: str) -> list[Notice]:
        """Folded for this reason, by (urgency, id)."""
        return _NOTICE.read_all(self._connection.execute(_FOLDED, {"reason": reason}))

    def add_letters(self, letters: Sequence[Letter]) -> list[int]:
        """Insert, at most a batch; the ids, in order."""
        if not letters:
            return []
        rows = [_LETTER.write(letter) | {"address": _counted_as(letter)} for letter in letters]
        self._connection.execute(_ADD_LETTERS, rows)
        notice_ids = [letter.notice_id for letter in letters]
        ids = dict(self._connection.execute(_LETTERS_OF_NOTICES, {"notice_ids": in_list(notice_ids)}).all())
        return [ids[notice_id] for notice_id in notice_ids]

    def claim_letter(self, now: Instant, owner: str, lease_until: Instant) -> Letter | None:
        """The most urgent queued letter becomes `sending`."""
        claimed = self._connection.execute(_CLAIM, {"now": now, "claimed_by": owner, "claimed_until": lease_until})
        return _LETTER.read_optional(claimed.first())

    def stranded(self, now: Instant, owner: str) -> list[Letter]:
        """`sending` letters that nobody is sending any more, oldest first."""
        return _LETTER.read_all(self._connection.execute(_STRANDED, {"now": now, "owner": owner}))

    def requeue(
        self,
        letter: Letter,
        *,
        next_at: Instant,
        outcome: str,
        possibly_twice: bool = False,
        attempts: int | None = None,
    ) -> None:
        """sending -> queued."""
        changed: dict[str, object] = {"state": LetterState.QUEUED, "next_at": next_at, "outcome": outcome}
        if possibly_twice:
            changed["possibly_twice"] = True
        if attempts is not None:
            changed["attempts"] = attempts
        self._change_sending(letter, changed)

    def settle_letter(self, letter: Letter, state: LetterState, *, at: Instant, outcome: str) -> None:
        """sending -> sent | failed | held."""
        sent_at = at if state is LetterState.SENT else None
        self._change_sending(letter, {"state": state, "sent_at": sent_at, "outcome": outcome})

    def _change_sending(self, letter: Letter, changed: dict[str, object]) -> None:
        """Change a letter that is being sent, in the attempt that this daemon knows of."""
        keys = {"of": letter.id, "attempt": letter.attempts, "claimer": letter.claimed_by, **changed}
        if self._connection.execute(_CHANGE_SENDING, keys).rowcount != 1:
            raise LeaseLost(f"letter L{letter.id} is being sent no more: another daemon has dealt with it")

    def get_letter(self, letter_id: int) -> Letter | None:
        """One letter."""
        return _LETTER.read_optional(self._connection.execute(_GET_LETTER, {"id": letter_id}).first())

    def letter_of_notice(self, notice_id: int) -> Letter | None:
        """The letter that a notice became."""
        found = self._connection.execute(_LETTER_OF_NOTICE, {"notice_id": notice_id}).first()
        return _LETTER.read_optional(found)

    def letters(self, *, states: Sequence[str] = (), ticket_id: int | None = None, limit: int = 500) -> list[Letter]:
        """Newest first, without content, which isn't even read."""
        if ticket_id is None:
            statement = _NEWEST_IN_STATES if states else _NEWEST_LETTERS
        else:
            statement = _NEWEST_OF_TICKET_IN_STATES if states else _NEWEST_OF_TICKET
        keys = {"most": limit, "states": list(states), "ticket_id": ticket_id}
        rows = self._connection.execute(statement, keys).mappings()
        return [Letter(**row, content=b"") for row in rows]

    def release_letter(self, letter_id: int, now: Instant) -> bool:
        """failed, held or dropped -> queued."""
        return self._connection.execute(_RELEASE, {"of": letter_id, "next_at": now}).rowcount == 1

    def drop_letter(self, letter_id: int) -> bool:
        """failed, held or queued -> dropped."""
        return self._connection.execute(_DROP, {"of": letter_id}).rowcount == 1

    def recall_letter(self, letter_id: int, why: str) -> bool:
        """queued -> dropped, where it was never perhaps sent."""
        return self._connection.execute(_RECALL, {"of": letter_id, "outcome": why}).rowcount == 1

    def due_at_most(self, letters: Instant, notices: Instant, now: Instant) -> int:
        """Those put off for longer are due now."""
        most = ((_LETTERS_AT_MOST, letters), (_NOTICES_AT_MOST, notices))
        return sum(self._connection.execute(one, {"most": at, "now": now}).rowcount for one, at in most)

    def to_blank(self, before: Instant, limit: int) -> list[tuple[int, bytes]]:
        """Id and bytes of sent letters whose tokens still stand in them."""
        return [(row.id, row.content) for row in self._connection.execute(_TO_BLANK, {"before": before, "most": limit})]

    def blank(self, letter_id: int, content: bytes) -> None:
        """The bytes without tokens."""
        self._connection.execute(_BLANK, {"of": letter_id, "content": content})

    def earliest(self) -> Instant | None:
        """When the next pending notice or queued letter is due."""
        instants = [
            self._connection.execute(_NEXT_NOTICE_AT).scalar_one(),
            self._connection.execute(_NEXT_LETTER_AT).scalar_one(),
        ]
        return min((at for at in instants if at is not None), default=None)

    def automatic(self, recipients: Sequence[str], ticket_ids: Sequence[int], since: Instant) -> list[Automatic]:
        """Automatic letters to the outside: to these mailboxes, or on these tickets."""
        addresses = in_list(sorted(set(map(mailbox_of, recipients))))
        keys = {"addresses": addresses, "ticket_ids": in_list(ticket_ids), "since": since}
        return [Automatic(*row) for row in self._connection.execute(_AUTOMATIC, keys)]

    def automatic_in_all(self, since: Instant, until: Instant) -> int:
        """Automatic letters to the outside."""
        return self._count(_AUTOMATIC_IN_ALL, {"since": since, "until": until})

    def internal_to(self, recipients: Sequence[str], since: Instant) -> dict[str, int]:
        """Letters to each of us."""
        keys = {"addresses": in_list(recipients), "since": since}
        return dict(self._connection.execute(_INTERNAL_TO, keys).all())

    def backlog(self, state: LetterState) -> Backlog:
        """How many letters, and the earliest created_at."""
        return Backlog(*self._connection.execute(_BACKLOG, {"state": state}).one())

    def overdue(self, now: Instant) -> Backlog:
        """Notices and letters that should have gone out."""
        counted = [self._connection.execute(one, {"now": now}).one() for one in (_NOTICES_LATE, _LETTERS_LATE)]
        oldest = min((at for _, at in counted if at is not None), default=None)
        return Backlog(sum(count for count, _ in counted), oldest)

    def pending_outside(self) -> list[Notice]:
        """Pending, to customers."""
        return _NOTICE.read_all(self._connection.execute(_PENDING_OUTSIDE))

    def hold_outside(self, outcome: str) -> int:
        """queued or sending -> held."""
        return self._connection.execute(_HOLD_OUTSIDE, {"outcome": outcome}).rowcount

    def counts(self) -> dict[str, int]:
        """Letters by state, and "pending" notices."""
        counted = {state.value: count for state, count in self._connection.execute(_COUNTS)}
        return counted | {"pending": self._count(_PENDING_COUNT, {})}

    def _count(self, statement: Select[Any], keys: dict[str, object]) -> int:
        return int(self._connection.execute(statement, keys).scalar_one())


def _counted_as(letter: Letter) -> str:
    """What budgets go by: outside the mailbox, in whichever spelling; our own people's addresses are as configured."""
    return mailbox_of(letter.recipient) if letter.outside else letter.recipient.lower()

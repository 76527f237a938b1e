"""What shared mailboxes show, in the database (ports.store.display)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, select, union_all

from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import intake, messages, shown_mails, tickets
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.display import Place, Shown
from mailsla.core.model import ENDED, Status

_SHOWN = Rows(shown_mails, Shown)
_OPEN = sorted(set(Status) - ENDED)


_OWNER = tickets.alias("owner")  # of the mail; what is shown is the state of the ticket that it went into


def _places(by: ColumnElement[bool], stands: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            messages.c.intake_id.label("mail"),
            intake.c.id.label("seen"),
            intake.c.uid,
            tickets.c.id.label("ticket_id"),
            tickets.c.status,
            tickets.c.priority,
        )
        .select_from(tickets)
        .join(_OWNER, stands)
        .join(messages, messages.c.ticket_id == _OWNER.c.id)
        .join(intake, by)
        .where(
            tickets.c.status.in_(_OPEN),
            messages.c.kind == "customer",
            intake.c.mailbox == bindparam("mailbox"),
            intake.c.folder == bindparam("folder"),
            intake.c.uidvalidity == bindparam("uidvalidity"),
        )
    )


_PLACES = union_all(
    *(
        _places(by, stands)
        for stands in (
            _OWNER.c.id == tickets.c.id,
            (_OWNER.c.status == Status.MERGED) & (_OWNER.c.merged_into == tickets.c.id),
        )
        for by in (intake.c.id == messages.c.intake_id, intake.c.duplicate_of == messages.c.intake_id)
    )
).order_by("seen")
_ROWS = select(*_SHOWN.columns).where(shown_mails.c.mailbox == bindparam("mailbox")).order_by(shown_mails.c.mail)
_FORGET = delete(shown_mails).where(shown_mails.c.mail.in_(bindparam("mails", expanding=True)))


def _save(into: InsertInto) -> Statement:
    statement = into(shown_mails)
    changed = {column.name: statement.excluded[column.name] for column in shown_mails.columns if column.name != "mail"}
    return statement.on_conflict_do_update(index_elements=["mail"], set_=changed)


_SAVE = upsert(_save)


class SqlDisplayStore:
    """ports.store.display.DisplayStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def places(self, mailbox: str, folder: str, uidvalidity: int) -> list[Place]:
        """Of tickets that have not ended and of what went into them, the newest last."""
        keys = {"mailbox": mailbox, "folder": folder, "uidvalidity": uidvalidity}
        return [Place(**row) for row in self._connection.execute(_PLACES, keys).mappings()]

    def shown(self, mailbox: str) -> list[Shown]:
        """All of a mailbox."""
        return _SHOWN.read_all(self._connection.execute(_ROWS, {"mailbox": mailbox}))

    def save(self, rows: Sequence[Shown]) -> None:
        """Insert or update."""
        if rows:
            self._connection.execute(_SAVE[self._dialect], [_SHOWN.write(row) for row in rows])

    def forget(self, mails: Sequence[int]) -> None:
        """Delete."""
        for some in slices(mails):
            self._connection.execute(_FORGET, {"mails": some})

"""Tables of what goes out: notices and letters."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import Document, EpochSeconds, Id, MailName, MailText, Named
from mailsla.core.model import LetterState, NoticeState, Role

# `address` is what folding and budgets go by, or "A@b" would have a budget of its own: the recipient in lower case; of
# a letter to the outside the mailbox that it reaches (core/access/recipients.py).
notices = Table(
    "notices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", MailText, nullable=False),
    Column("kind", String, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("recipient", MailText, nullable=False),
    Column("address", MailText, nullable=False),
    Column("person", MailText, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("not_before", EpochSeconds, nullable=False),
    Column("created_at", EpochSeconds, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("data", Document, nullable=False),
    Column("state", Named(NoticeState), nullable=False),
    Column("reason", MailText, nullable=False),
    UniqueConstraint("key"),
    Index(None, "state", "urgency", "id"),
    Index(None, "ticket_id", "id"),
    Index(None, "address", "state"),
    Index(
        "ix_notices_folded",
        "reason",
        sqlite_where=text("state = 'folded'"),
        postgresql_where=text("state = 'folded'"),
    ),
)

letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("notice_id", Id, ForeignKey("notices.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("sender", MailText, nullable=False),
    Column("recipient", MailText, nullable=False),
    Column("address", MailText, nullable=False),
    Column("outside", Boolean, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Column("message_id", MailName, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("created_at", EpochSeconds, nullable=False),
    Column("state", Named(LetterState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", EpochSeconds, nullable=False),
    Column("claimed_by", String, nullable=False),
    Column("claimed_until", EpochSeconds, nullable=False),
    Column("sent_at", EpochSeconds),
    Column("possibly_twice", Boolean, nullable=False),
    Column("outcome", MailText, nullable=False),
    Column("content", LargeBinary, nullable=False),  # last: SQLite reads the columns before it without its pages
    Column("blanked", Boolean, nullable=False, server_default=false()),  # no letter's reader needs it
    UniqueConstraint("notice_id"),
    Index(None, "state", "urgency", "next_at", "id"),
    Index(None, "message_id"),
    Index(None, "address", "created_at"),
    Index(None, "ticket_id", "created_at"),
    Index(
        "ix_letters_automatic",  # counted for each letter (budgets), so without reading the rows
        "created_at",
        sqlite_where=text("outside = 1 AND automatic = 1"),
        postgresql_where=text("outside AND automatic"),
    ),
    Index(
        "ix_letters_to_blank",
        "sent_at",
        sqlite_where=text("NOT blanked"),
        postgresql_where=text("NOT blanked"),
    ),
)

"""Tables of accepted mails: their bytes, where each was seen, and what we know of each folder."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import EpochSeconds, Id, MailText, Named
from mailsla.core.model import IntakeState

raw_mails = Table(
    "raw_mails",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# No foreign key from sha256 to raw_mails, here or elsewhere: the hash outlives the bytes (mail.md section 1).
intake = Table(
    "intake",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailbox", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", String, nullable=False),
    Column("sha256", String),
    Column("received_at", EpochSeconds, nullable=False),
    Column("accepted_at", EpochSeconds, nullable=False),
    Column("origin", String, nullable=False),
    Column("state", Named(IntakeState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", EpochSeconds, nullable=False),
    Column("reason", MailText, nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("duplicate_of", Id, ForeignKey("intake.id")),
    Column("mark", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("claimed_by", String, nullable=False, server_default=""),  # the process that has it in work, until when
    Column("claimed_until", EpochSeconds, nullable=False, server_default="0"),
    UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
    Index(None, "state", "id"),
    Index(None, "sha256", "mailbox"),
    Index(
        None,
        "fingerprint",
        sqlite_where=text("fingerprint <> ''"),
        postgresql_where=text("fingerprint <> ''"),
    ),
    Index(
        "ix_intake_duplicates",
        "duplicate_of",
        sqlite_where=text("duplicate_of IS NOT NULL"),
        postgresql_where=text("duplicate_of IS NOT NULL"),
    ),
    Index(
        "ix_intake_mark_wanted",
        "mailbox",
        "folder",
        "uidvalidity",
        "id",
        sqlite_where=text("mark = 'wanted'"),
        postgresql_where=text("mark = 'wanted'"),
    ),
)

mailbox_states = Table(
    "mailbox_states",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailbox", String, nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("first_uid", BigInteger, nullable=False),
    Column("first_seen_at", EpochSeconds, nullable=False),
    Column("read_at", EpochSeconds, nullable=False),
    UniqueConstraint("mailbox", "folder", "uidvalidity"),
)

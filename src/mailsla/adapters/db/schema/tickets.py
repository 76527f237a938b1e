"""Tables of tickets: customers, conversation, audit trail, rights."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, UniqueConstraint, text

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import Document, EpochSeconds, Id, Items, MailText, Named
from mailsla.core.model import Role, Status

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", MailText, nullable=False),  # lower case
    Column("name", MailText, nullable=False),
    Column("language", String),
    Column("zone", String),
    Column("first_seen_at", EpochSeconds, nullable=False),
    Column("mail_stopped_until", EpochSeconds, nullable=False),
    UniqueConstraint("email"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("reference", String, nullable=False),
    Column("mailbox", String, nullable=False),
    Column("status", Named(Status), nullable=False),
    Column("category", String),
    Column("priority", String, nullable=False),
    Column("team", String),
    Column("assignee", String),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("requester", MailText, nullable=False),
    Column("requester_name", MailText, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("subject", MailText, nullable=False),
    Column("language", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("organisation", String),
    Column("policy_version", Id, ForeignKey("versions.id")),
    Column("tracks", Document, server_default="{}", nullable=False),
    Column("received_at", EpochSeconds, nullable=False),
    Column("opened_at", EpochSeconds, nullable=False),
    Column("resolved_at", EpochSeconds),
    Column("waiting_since", EpochSeconds),
    Column("snoozed_until", EpochSeconds),
    Column("closed_at", EpochSeconds),
    Column("linked_to", Id, ForeignKey("tickets.id")),
    Column("merged_into", Id, ForeignKey("tickets.id")),
    Column("muted_until", EpochSeconds, nullable=False),
    Column("triage", Document, nullable=False),
    Column("stub", Boolean, nullable=False),
    Column("outcome", Document, server_default="{}", nullable=False),
    UniqueConstraint("number"),
    Index(None, "status", "id"),
    Index(None, "assignee", "id"),
    Index(None, "team", "id"),
    Index(None, "customer_id", "id"),
    Index(None, "received_at"),
    Index(None, "resolved_at"),
    Index(None, "closed_at", "received_at"),
)

# Whom an agent admitted; the requester is a participant by the ticket's own row.
participants = Table(
    "participants",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("email", MailText, primary_key=True),  # lower case
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("direction", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", MailText, nullable=False),
    Column("author_name", MailText, nullable=False),
    Column("message_id", MailText, nullable=False),
    Column("references", Items, nullable=False),
    Column("subject", MailText, nullable=False),
    Column("at", EpochSeconds, nullable=False),
    Column("text", MailText, nullable=False),
    Column("sha256", String),
    Column("intake_id", Id, ForeignKey("intake.id")),
    Column("internal", Boolean, nullable=False),
    Index(None, "ticket_id", "at", "id"),
    Index(None, "message_id"),
    Index(None, "author", "at", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False),
    Column("name", MailText, nullable=False),
    Column("type", MailText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("part", String, nullable=False),
    Column("inline", Boolean, nullable=False),
    Index(None, "message_id", "id"),
)

# Append-only: triggers of the first migration refuse UPDATE and DELETE.
events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("at", EpochSeconds, nullable=False),
    Column("recorded_at", EpochSeconds, nullable=False),
    Column("type", String, nullable=False),
    Column("actor", MailText, nullable=False),
    Column("data", Document, nullable=False),
    Index(None, "ticket_id", "at", "id"),
    Index(
        "ix_events_ratings",
        "at",
        sqlite_where=text("type = 'rating'"),
        postgresql_where=text("type = 'rating'"),
    ),
    Index(
        "ix_events_asked",
        "at",
        sqlite_where=text("type = 'satisfaction_asked'"),
        postgresql_where=text("type = 'satisfaction_asked'"),
    ),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", String, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("person", MailText, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("purpose", String, nullable=False),
    Column("created_at", EpochSeconds, nullable=False),
    Column("expires_at", EpochSeconds),
    Column("used_at", EpochSeconds),
    Column("intake_id", Id, ForeignKey("intake.id")),
    Column("value", String, server_default="", nullable=False),
    Index(None, "ticket_id"),
)

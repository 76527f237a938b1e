"""Tables of time: clocks, breaches, what fired, promises, due moments, versions."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, false

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import Document, EpochSeconds, Id, Items, MailText, Named
from mailsla.core.model import PromiseState

versions = Table(
    "versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("content", Document, nullable=False),
    Column("effective_from", EpochSeconds, nullable=False),
    UniqueConstraint("kind", "name", "hash"),
)

clocks = Table(
    "clocks",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("track", String, primary_key=True, server_default=""),
    Column("policy", String, nullable=False),
    Column("metric", String, primary_key=True),
    Column("cycle", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    Column("started_at", EpochSeconds, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("target_version", Integer, nullable=False),
    Column("elapsed", BigInteger, nullable=False),
    Column("due", EpochSeconds),
    Column("last_due", EpochSeconds),
    Column("breached_at", Items, nullable=False),
    Column("stopped_at", EpochSeconds),
    Column("tzdata", String, nullable=False),
    Index(None, "last_due"),
)

# Triggers refuse UPDATE and DELETE, of corrections too.
breaches = Table(
    "breaches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("policy_version", Id, ForeignKey("versions.id"), nullable=False),
    Column("calendar_version", Id, ForeignKey("versions.id")),
    Column("metric", String, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("target_version", Integer, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("breached_at", EpochSeconds, nullable=False),
    Column("again", Integer, server_default="0", nullable=False),
    Column("recorded_at", EpochSeconds, nullable=False),
    Column("tzdata", String, nullable=False),
    Column("cause", String, nullable=False),
    UniqueConstraint(
        "ticket_id",
        "policy_version",
        "metric",
        "cycle",
        "target_version",
        "breached_at",
        "again",
        name="uq_breaches_once",
    ),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Id, primary_key=True),
    Column("breach_id", Id, ForeignKey("breaches.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("at", EpochSeconds, nullable=False),
    Column("actor", MailText, nullable=False),
    UniqueConstraint("breach_id"),
)

firings = Table(
    "firings",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("key", String, primary_key=True),
    Column("at", EpochSeconds, nullable=False),
    Column("superseded", Boolean, nullable=False),
)

promises = Table(
    "promises",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("metric", String, nullable=False),
    Column("until", EpochSeconds, nullable=False),
    Column("date_only", Boolean, nullable=False, server_default=false()),
    Column("stated_at", EpochSeconds, nullable=False),
    Column("letter_id", Id, ForeignKey("letters.id"), nullable=False),
    Column("made_by", String, nullable=False, server_default=""),
    Column("reason", MailText, nullable=False, server_default=""),
    Column("state", Named(PromiseState), nullable=False, server_default=PromiseState.OPEN.value),
    Column("settled_at", EpochSeconds),
    Column("replaced_by", Id),
    Column("lapsed_because", String, nullable=False, server_default=""),
    Index(None, "ticket_id", "id"),
    Index(None, "until"),
)

moments = Table(
    "moments",
    metadata,
    Column("kind", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("at", EpochSeconds, nullable=False),
    Index(None, "at", "kind", "key"),
)

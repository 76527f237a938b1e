"""Tables of labels (append-only: triggers of their migration refuse UPDATE and DELETE) and of learned models."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import Document, EpochSeconds, Id, MailText, Named
from mailsla.core.triage.labels import How

labels = Table(
    "labels",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", EpochSeconds, nullable=False),
    Column("key", String, nullable=False),
    Column("category", MailText, nullable=False),
    Column("who", MailText, nullable=False),
    Column("how", Named(How), nullable=False),
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("text", MailText, nullable=False),
    Column("guessed", MailText, nullable=False),
    UniqueConstraint("key"),
    Index(None, "ticket_id"),
    Index(None, "at"),
)

models = Table(
    "models",
    metadata,
    Column("id", Id, primary_key=True),
    Column("made_at", EpochSeconds, nullable=False),
    Column("labels", Integer, nullable=False),
    Column("upto", Id, nullable=False),
    Column("recipe", Document, nullable=False),
    Column("figures", Document, nullable=False),
    Column("sha256", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("active_since", EpochSeconds),
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,  # the number of a version is never given twice
)

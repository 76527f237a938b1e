"""Tables of incidents, and of the words that complaints of the last weeks hold."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import Document, EpochSeconds, Id, Items, MailText, Named
from mailsla.core.incident import IncidentState

incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("state", Named(IncidentState), nullable=False),
    Column("words", Items, nullable=False),
    Column("likeness", Document, nullable=False),
    Column("usual", BigInteger, nullable=False),
    Column("noticed_at", EpochSeconds, nullable=False),
    Column("decided_at", EpochSeconds),
    Column("decided_by", MailText, nullable=False),
    Column("ended_at", EpochSeconds),
    Index(None, "state", "id"),
)

incident_tickets = Table(
    "incident_tickets",
    metadata,
    Column("incident_id", Id, ForeignKey("incidents.id"), primary_key=True, autoincrement=False),
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("at", EpochSeconds, nullable=False),
    Index(None, "ticket_id"),
)

ticket_words = Table(
    "ticket_words",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("customer_id", Id, ForeignKey("customers.id"), nullable=False),
    Column("received_at", EpochSeconds, nullable=False),
    Column("words", Items, nullable=False),
    Column("topic", String, nullable=False),
    Index(None, "received_at"),
)

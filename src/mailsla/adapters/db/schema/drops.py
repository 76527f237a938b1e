"""Table of what a person dropped from the queues. Append-only: triggers of its migration refuse UPDATE and DELETE."""

from sqlalchemy import BigInteger, Column, Index, Table

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import EpochSeconds, Id, MailText, Named
from mailsla.core.drops import Thing

drops = Table(
    "drops",
    metadata,
    Column("id", Id, primary_key=True),
    Column("thing", Named(Thing), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", EpochSeconds, nullable=False),
    Column("actor", MailText, nullable=False),
    Column("why", MailText, nullable=False),
    Index(None, "thing", "number", "id"),
)

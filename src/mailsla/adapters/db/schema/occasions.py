"""Table of what happened to the database as a whole, and when last."""

from sqlalchemy import Column, String, Table

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import EpochSeconds

occasions = Table(
    "occasions",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", EpochSeconds, nullable=False),
)

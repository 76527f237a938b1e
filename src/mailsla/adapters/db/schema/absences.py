"""Table of absences. Append-only but for cancelled_at: triggers of its migration refuse all else."""

from sqlalchemy import Column, Index, String, Table

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import EpochSeconds, Id, MailText

absences = Table(
    "absences",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agent", String, nullable=False),
    Column("starts", EpochSeconds, nullable=False),
    Column("ends", EpochSeconds, nullable=False),
    Column("deputy", String, nullable=False),
    Column("set_by", MailText, nullable=False),
    Column("set_at", EpochSeconds, nullable=False),
    Column("cancelled_at", EpochSeconds),
    Index(None, "ends"),
    Index(None, "agent", "id"),
)

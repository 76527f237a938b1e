"""Table of what shared mailboxes show: the mails that have a mark of ours, or that we moved."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import Id, Items

shown_mails = Table(
    "shown_mails",
    metadata,
    Column("mail", Id, ForeignKey("intake.id"), primary_key=True, autoincrement=False),
    Column("mailbox", String, nullable=False),
    Column("seen", Id, ForeignKey("intake.id"), nullable=False),
    Column("folder", String, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", String, nullable=False),
    Column("flags", Items, nullable=False),
    Column("theirs", Items, nullable=False),
    Column("moved_to", String, nullable=False),
    Column("sure", Boolean, nullable=False),
    Index(None, "mailbox"),
)

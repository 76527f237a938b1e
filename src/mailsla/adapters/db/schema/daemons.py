"""Tables of the daemons that share this database: which of them live, and what only one at a time may do."""

from sqlalchemy import BigInteger, Column, String, Table

from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.types import EpochSeconds

daemons = Table(
    "daemons",
    metadata,
    Column("name", String, primary_key=True),
    Column("until", EpochSeconds, nullable=False),
    Column("terms", String, nullable=False, server_default=""),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("until", EpochSeconds, nullable=False),
)

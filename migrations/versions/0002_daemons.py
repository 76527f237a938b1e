"""Several daemons on one database: which of them live, leases, and claims on mails in work."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Two new tables, and two columns; no mail is in work while a database is upgraded."""
    op.create_table(
        "daemons",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_daemons"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.add_column("intake", sa.Column("claimed_by", sa.String(), server_default="", nullable=False))
    op.add_column("intake", sa.Column("claimed_until", sa.BigInteger(), server_default="0", nullable=False))

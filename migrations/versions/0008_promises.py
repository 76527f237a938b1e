"""What became of each promise; the tickets of a customer are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """New columns with their defaults: what was promised before is settled when its ticket is next touched."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("promises", sa.Column("date_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("promises", sa.Column("made_by", sa.String(), server_default="", nullable=False))
    op.add_column("promises", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.add_column("promises", sa.Column("state", sa.String(), server_default="open", nullable=False))
    op.add_column("promises", sa.Column("settled_at", sa.BigInteger(), nullable=True))
    op.add_column("promises", sa.Column("replaced_by", big, nullable=True))
    op.add_column("promises", sa.Column("lapsed_because", sa.String(), server_default="", nullable=False))
    op.create_index("ix_tickets_customer_id_id", "tickets", ["customer_id", "id"])

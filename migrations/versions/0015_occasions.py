"""What happened to the database as a whole: when it was backed up, restored, reconciled."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A table, empty at first."""
    op.create_table(
        "occasions",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_occasions")),
    )

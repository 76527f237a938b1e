"""Until when the agents of a ticket get no reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """One new column, empty for all tickets there are."""
    op.add_column("tickets", sa.Column("snoozed_until", sa.BigInteger(), nullable=True))

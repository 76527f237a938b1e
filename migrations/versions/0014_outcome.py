"""The outcome of a complaint: upheld or not, its cause, the remedy."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """A column of tickets."""
    op.add_column("tickets", sa.Column("outcome", sa.JSON(), server_default="{}", nullable=False))

"""Under which policies and calendars a daemon runs: another one with others is refused on the same database."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """One column; daemons of before say nothing of it."""
    op.add_column("daemons", sa.Column("terms", sa.String(), server_default="", nullable=False))

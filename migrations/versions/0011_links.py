"""What the token of a link does: a command, a rating, a yes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """One column; tokens from before are of no link."""
    op.add_column("tokens", sa.Column("value", sa.String(), server_default="", nullable=False))

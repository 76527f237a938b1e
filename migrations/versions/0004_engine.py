"""Several agreements on one ticket: their versions, and which of them a clock belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A column of tickets; clocks are told apart by their track, no more by the name of a policy."""
    op.add_column("tickets", sa.Column("tracks", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("clocks") as clocks:
        clocks.add_column(sa.Column("track", sa.String(), server_default="", nullable=False))
        clocks.drop_constraint("pk_clocks", type_="primary")
        clocks.create_primary_key("pk_clocks", ["ticket_id", "track", "metric", "cycle"])

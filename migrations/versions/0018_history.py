"""What reports ask for: the last due of each clock, and indexes by time."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """A clock that runs is due when it was; of those that stopped, `mailsla sla recompute` fills the last due in."""
    op.add_column("clocks", sa.Column("last_due", sa.BigInteger(), nullable=True))
    op.execute("UPDATE clocks SET last_due = due")
    op.create_index("ix_clocks_last_due", "clocks", ["last_due"])
    op.create_index("ix_tickets_received_at", "tickets", ["received_at"])
    op.create_index("ix_tickets_resolved_at", "tickets", ["resolved_at"])
    op.create_index("ix_tickets_closed_at_received_at", "tickets", ["closed_at", "received_at"])
    op.create_index("ix_promises_until", "promises", ["until"])
    op.create_index("ix_labels_at", "labels", ["at"])
    for name, kind in (("ratings", "rating"), ("asked", "satisfaction_asked")):
        only = sa.text(f"type = '{kind}'")
        op.create_index(f"ix_events_{name}", "events", ["at"], sqlite_where=only, postgresql_where=only)

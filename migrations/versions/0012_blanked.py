"""Whether the tokens in a stored letter are blanked, which is done 30 days after it was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

TO_BLANK = sa.text("NOT blanked")


def upgrade() -> None:
    """One new column, and an index of what is to be done."""
    op.add_column("letters", sa.Column("blanked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_letters_to_blank", "letters", ["sent_at"], sqlite_where=TO_BLANK, postgresql_where=TO_BLANK)

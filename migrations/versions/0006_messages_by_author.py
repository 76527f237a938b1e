"""Mails found by who wrote them: the answer that came before the mail which it answers."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One new index."""
    op.create_index("ix_messages_author_at_id", "messages", ["author", "at", "id"])

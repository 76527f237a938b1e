"""What shared mailboxes show of tickets; and mails found by the row that they repeat."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """One new table, and an index of the few intake rows that are duplicates."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shown_mails",
        sa.Column("mail", number, autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("seen", number, nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("moved_to", sa.String(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("mail", name="pk_shown_mails"),
        sa.ForeignKeyConstraint(["mail"], ["intake.id"], name="fk_shown_mails_mail_intake"),
        sa.ForeignKeyConstraint(["seen"], ["intake.id"], name="fk_shown_mails_seen_intake"),
    )
    op.create_index("ix_shown_mails_mailbox", "shown_mails", ["mailbox"])
    op.create_index(
        "ix_intake_duplicates",
        "intake",
        ["duplicate_of"],
        sqlite_where=sa.text("duplicate_of IS NOT NULL"),
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )

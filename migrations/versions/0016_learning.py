"""What people said complaints are about (labels, append-only), and the models learned from it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

REFUSED = "labels are append-only"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables, empty at first, and the guards of the labels."""
    op.create_table(
        "labels",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("guessed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_labels_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
        sa.UniqueConstraint("key", name=op.f("uq_labels_key")),
    )
    op.create_index(op.f("ix_labels_ticket_id"), "labels", ["ticket_id"])
    op.create_table(
        "models",
        sa.Column("id", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("upto", ID, nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("active_since", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        sqlite_autoincrement=True,
    )
    if op.get_context().dialect.name == "postgresql":
        guard_on_postgresql()
    else:
        guard_on_sqlite()


def guard_on_sqlite() -> None:
    """No change, no deletion."""
    for name, change in (("labels_no_update", "UPDATE"), ("labels_no_delete", "DELETE")):
        what = f"{REFUSED}: {change} is refused"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON labels BEGIN SELECT RAISE(ABORT, '{what}'); END")


def guard_on_postgresql() -> None:
    """The same, and no TRUNCATE."""
    op.execute(
        "CREATE FUNCTION labels_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSED}: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        "CREATE TRIGGER labels_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON labels "
        "FOR EACH STATEMENT EXECUTE FUNCTION labels_refuse()"
    )

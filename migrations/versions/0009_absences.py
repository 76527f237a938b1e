"""When agents are away, and who stands in: append-only but for the end that a person sets before its time."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

FACTS = "id, agent, starts, ends, deputy, set_by, set_at"
REFUSED = "absences are append-only"


def upgrade() -> None:
    """One new table and its guards."""
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_ends", "absences", ["ends"])
    op.create_index("ix_absences_agent_id", "absences", ["agent", "id"])
    if op.get_context().dialect.name == "postgresql":
        guard_on_postgresql()
    else:
        guard_on_sqlite()


def guard_on_sqlite() -> None:
    """Only cancelled_at is ever set, and no row is deleted."""
    for name, change in (("absences_no_update", f"UPDATE OF {FACTS}"), ("absences_no_delete", "DELETE")):
        what = f"{REFUSED}: {change.partition(' ')[0]} is refused"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON absences BEGIN SELECT RAISE(ABORT, '{what}'); END")


def guard_on_postgresql() -> None:
    """The same, and no TRUNCATE."""
    op.execute(
        "CREATE FUNCTION absences_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSED}: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        f"CREATE TRIGGER absences_guard BEFORE UPDATE OF {FACTS} OR DELETE OR TRUNCATE ON absences "
        "FOR EACH STATEMENT EXECUTE FUNCTION absences_refuse()"
    )

"""What a person dropped from the queues: who, when and why; append-only, as all of the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

REFUSED = "drops are append-only"


def upgrade() -> None:
    """One new table and its guards."""
    op.create_table(
        "drops",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drops"),
    )
    op.create_index("ix_drops_thing_number_id", "drops", ["thing", "number", "id"])
    if op.get_context().dialect.name == "postgresql":
        guard_on_postgresql()
    else:
        guard_on_sqlite()


def guard_on_sqlite() -> None:
    """No change, no deletion."""
    for name, change in (("drops_no_update", "UPDATE"), ("drops_no_delete", "DELETE")):
        what = f"{REFUSED}: {change} is refused"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON drops BEGIN SELECT RAISE(ABORT, '{what}'); END")


def guard_on_postgresql() -> None:
    """The same, and no TRUNCATE."""
    op.execute(
        "CREATE FUNCTION drops_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSED}: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        "CREATE TRIGGER drops_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON drops "
        "FOR EACH STATEMENT EXECUTE FUNCTION drops_refuse()"
    )

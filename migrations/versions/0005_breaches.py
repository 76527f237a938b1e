"""Breaches that are corrected by rows of their own, and know their calendar's version."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONCE = ["ticket_id", "policy_version", "metric", "cycle", "target_version", "breached_at", "again"]
TABLES = (("breaches", "a breach is immutable"), ("corrections", "corrections are append-only"))


def upgrade() -> None:
    """A new table; what was annulled until now moves into it, and then no column of a breach can be changed."""
    postgresql = op.get_context().dialect.name == "postgresql"
    create_corrections()
    if postgresql:
        op.execute("DROP TRIGGER breaches_guard ON breaches")
        op.execute("DROP FUNCTION breaches_refuse")
    else:
        op.execute("DROP TRIGGER breaches_no_update")
        op.execute("DROP TRIGGER breaches_no_delete")
    with op.batch_alter_table("breaches") as breaches:
        breaches.add_column(sa.Column("calendar_version", ID))
        breaches.add_column(sa.Column("again", sa.Integer(), server_default="0", nullable=False))
        breaches.create_foreign_key("fk_breaches_calendar_version_versions", "versions", ["calendar_version"], ["id"])
        breaches.drop_column("annulled_by")
        breaches.drop_constraint("uq_breaches_once", type_="unique")
        breaches.create_unique_constraint("uq_breaches_once", ONCE)
    for table, refused in TABLES:
        if postgresql:
            guard_on_postgresql(table, refused)
        else:
            guard_on_sqlite(table, refused)


def create_corrections() -> None:
    """With what the column annulled_by held."""
    op.create_table(
        "corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["breach_id"], ["breaches.id"], name="fk_corrections_breach_id_breaches"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.UniqueConstraint("breach_id", name="uq_corrections_breach_id"),
    )
    op.execute(
        "INSERT INTO corrections (breach_id, kind, cause, at, actor) "
        "SELECT id, 'annulled', annulled_by, recorded_at, 'mailsla' FROM breaches WHERE annulled_by <> ''"
    )


def guard_on_sqlite(table: str, refused: str) -> None:
    """No change, no deletion."""
    for change in ("UPDATE", "DELETE"):
        name, what = f"{table}_no_{change.lower()}", f"{refused}: {change} is refused"
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, '{what}'); END")


def guard_on_postgresql(table: str, refused: str) -> None:
    """The same, and no TRUNCATE."""
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{refused}: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )

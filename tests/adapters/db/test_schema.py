"""The schema: what the migrations make is what the code describes, and the audit can't be changed."""

import io
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, text
from sqlalchemy.exc import IntegrityError

from mailsla.adapters.db import schema
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.adapters.shipped import shipped
from mailsla.core import model
from tests.contracts.values import breach, event, new_ticket

KEEPS: list[tuple[Table, type[Any], set[str]]] = [
    (schema.intake, model.Intake, set()),
    (schema.mailbox_states, model.MailboxState, {"id"}),
    (schema.customers, model.Customer, set()),
    (schema.tickets, model.Ticket, set()),
    (schema.messages, model.Message, set()),
    (schema.attachments, model.StoredAttachment, {"id"}),
    (schema.events, model.Event, set()),
    (schema.tokens, model.Token, set()),
    (schema.clocks, model.ClockRow, set()),
    (schema.breaches, model.Breach, set()),
    (schema.promises, model.Promise, set()),
    (schema.moments, model.Moment, set()),
    (schema.versions, model.Version, set()),
    (schema.notices, model.Notice, {"address"}),
    (schema.letters, model.Letter, {"address"}),
]


@pytest.fixture
def engine(database_url: str) -> Engine:
    """An engine on a migrated database."""
    return open_engine(database_url)


@pytest.mark.parametrize(("table", "kind", "besides"), KEEPS, ids=[kept[0].name for kept in KEEPS])
def test_a_table_keeps_each_field_of_its_value(table: Table, kind: type[Any], besides: set[str]) -> None:
    assert {column.name for column in table.columns} == {field.name for field in fields(kind)} | besides


def test_migrations_make_what_the_metadata_says(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_a_missing_column_would_be_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE clocks DROP COLUMN tzdata")
        (difference,) = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert difference[0] == "add_column" and difference[2] == "clocks"


PARTIAL = ["ix_intake_fingerprint", "ix_intake_mark_wanted", "ix_letters_automatic", "ix_notices_folded"]


def test_partial_indexes_have_the_condition_of_the_metadata(engine: Engine, tmp_path: Path) -> None:
    """Alembic compares their columns only."""

    def indexes(of: Engine) -> dict[str, str]:
        with of.connect() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%WHERE%'")
            return {name: sql for name, sql in rows if sql.startswith("CREATE INDEX")}

    described = open_engine(f"sqlite:///{tmp_path / 'described.db'}")
    schema.metadata.create_all(described)
    assert indexes(engine) == indexes(described)
    assert sorted(indexes(engine)) == PARTIAL


@pytest.fixture
def audited(store: SqlStore) -> None:
    """One event and one breach."""
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        version = uow.clocks.version("policy", "standard", "h", {}, 0)
        uow.tickets.add_events([event(ticket_id)])
        uow.clocks.add_breach(breach(ticket_id, version.id))
        uow.commit()


BREACH_FACTS = [column.name for column in schema.breaches.columns if column.name != "annulled_by"]


@pytest.mark.usefixtures("audited")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        *[(f'UPDATE events SET "{c.name}" = "{c.name}"', "events are append-only") for c in schema.events.columns],
        ("DELETE FROM events", "events are append-only"),
        *[(f"UPDATE breaches SET {name} = {name}, annulled_by = 'x'", "immutable") for name in BREACH_FACTS],
        ("DELETE FROM breaches", "a breach is immutable"),
    ],
)
def test_the_audit_cannot_be_changed(engine: Engine, change: str, message: str) -> None:
    with engine.connect() as connection, pytest.raises(IntegrityError, match=message):
        connection.execute(text(change))


@pytest.mark.usefixtures("audited")
def test_a_breach_can_be_annulled(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("UPDATE breaches SET annulled_by = 'replay'")).rowcount == 1


def test_the_migrations_can_be_written_for_postgresql() -> None:
    """Every table, index and guard; the contract of the store runs there once its driver is a dependency."""
    written = io.StringIO()
    config = Config(output_buffer=written)
    config.set_main_option("script_location", str(shipped("migrations")))
    config.cmd_opts = type("Options", (), {"x": ["url=postgresql+psycopg://"]})()
    command.upgrade(config, "head", sql=True)
    sql = written.getvalue()
    for table in schema.metadata.tables.values():
        assert f"CREATE TABLE {table.name} (" in sql
        for index in table.indexes:
            assert f"CREATE INDEX {index.name} ON {table.name}" in sql
    for table_name in ("events", "breaches"):
        assert f"CREATE TRIGGER {table_name}_guard BEFORE UPDATE" in sql
    assert "BIGSERIAL" in sql and "BYTEA" in sql


def test_no_name_is_too_long_for_postgresql() -> None:
    """It would cut them at 63 bytes, and a later migration would not find them."""
    tables = schema.metadata.tables.values()
    names = [str(constraint.name) for table in tables for constraint in table.constraints]
    names += [str(index.name) for table in tables for index in table.indexes]
    assert max(len(name) for name in names) <= 63

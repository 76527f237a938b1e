"""The schema: what the migrations make is what the code describes, and the audit can't be changed."""

from dataclasses import fields
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, text
from sqlalchemy.exc import IntegrityError

from mailsla.adapters.db import schema
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.core import drops, model
from mailsla.core.absence import Absence
from mailsla.core.incident import Incident, Said
from mailsla.core.triage.labels import How, KeptModel, Label
from tests.contracts.values import breach, event, new_ticket

KEEPS: list[tuple[Table, type[Any], set[str]]] = [
    (schema.intake, model.Intake, {"claimed_by", "claimed_until"}),
    (schema.mailbox_states, model.MailboxState, {"id"}),
    (schema.customers, model.Customer, set()),
    (schema.tickets, model.Ticket, set()),
    (schema.messages, model.Message, set()),
    (schema.attachments, model.StoredAttachment, {"id"}),
    (schema.events, model.Event, set()),
    (schema.tokens, model.Token, set()),
    (schema.clocks, model.ClockRow, set()),
    (schema.breaches, model.Breach, set()),
    (schema.corrections, model.Correction, set()),
    (schema.promises, model.Promise, set()),
    (schema.moments, model.Moment, set()),
    (schema.versions, model.Version, set()),
    (schema.notices, model.Notice, {"address"}),
    (schema.letters, model.Letter, {"address", "blanked"}),
    (schema.drops, drops.Drop, set()),
    (schema.absences, Absence, set()),
    (schema.labels, Label, set()),
    (schema.models, KeptModel, {"content"}),
    (schema.incidents, Incident, set()),
    (schema.ticket_words, Said, set()),
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


PARTIAL = [
    "ix_events_asked",
    "ix_events_ratings",
    "ix_intake_duplicates",
    "ix_intake_fingerprint",
    "ix_intake_mark_wanted",
    "ix_letters_automatic",
    "ix_letters_to_blank",
    "ix_notices_folded",
]


def test_partial_indexes_have_the_condition_of_the_metadata(engine: Engine) -> None:
    """Alembic compares their columns only."""
    of_dialect = {
        "sqlite": ("SELECT name, sql FROM sqlite_master WHERE type = 'index'", "DROP TABLE {}"),
        "postgresql": (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "DROP TABLE {} CASCADE",
        ),
    }
    listed, drop = of_dialect[engine.dialect.name]
    with engine.connect() as connection:

        def partial() -> dict[str, str]:
            return {name: sql for name, sql in connection.exec_driver_sql(listed) if " WHERE " in (sql or "")}

        migrated = partial()
        for table in reversed(schema.metadata.sorted_tables):
            connection.exec_driver_sql(drop.format(table.name))
        schema.metadata.create_all(connection)
        assert migrated == partial()
    assert sorted(migrated) == PARTIAL


@pytest.fixture
def audited(store: SqlStore) -> None:
    """One event, one breach and its correction, one drop, one label, and one absence."""
    with store.begin() as uow:
        ticket_id = new_ticket(uow)
        version = uow.clocks.version("policy", "standard", "h", {}, 0)
        uow.tickets.add_events([event(ticket_id)])
        uow.clocks.add_breach(breach(ticket_id, version.id))
        (recorded,) = uow.clocks.breaches(ticket_id)
        uow.clocks.correct(
            model.Correction(breach_id=recorded.id, kind="annulled", cause="calendar", at=0, actor="mailsla")
        )
        uow.drops.add(drops.Drop(thing=drops.Thing.MAIL, number=1, at=0, actor="cli:root", why="spam"))
        uow.learning.add([Label(at=0, key="k", category="delivery", who="cli:root", how=How.CSV, text="late")])
        uow.absences.add(Absence(agent="sam", starts=0, ends=1, deputy="", set_by="cli:root", set_at=0))
        uow.commit()


ABSENCE_FACTS = [column.name for column in schema.absences.columns if column.name != "cancelled_at"]


@pytest.mark.usefixtures("audited")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        *[(f'UPDATE events SET "{c.name}" = "{c.name}"', "events are append-only") for c in schema.events.columns],
        ("DELETE FROM events", "events are append-only"),
        *[(f'UPDATE breaches SET "{c.name}" = "{c.name}"', "immutable") for c in schema.breaches.columns],
        ("DELETE FROM breaches", "a breach is immutable"),
        *[(f'UPDATE corrections SET "{c.name}" = "{c.name}"', "append-only") for c in schema.corrections.columns],
        ("DELETE FROM corrections", "corrections are append-only"),
        *[(f'UPDATE drops SET "{c.name}" = "{c.name}"', "drops are append-only") for c in schema.drops.columns],
        ("DELETE FROM drops", "drops are append-only"),
        *[(f'UPDATE labels SET "{c.name}" = "{c.name}"', "labels are append-only") for c in schema.labels.columns],
        ("DELETE FROM labels", "labels are append-only"),
        *[(f"UPDATE absences SET {name} = {name}, cancelled_at = 1", "append-only") for name in ABSENCE_FACTS],
        ("DELETE FROM absences", "absences are append-only"),
    ],
)
def test_the_audit_cannot_be_changed(engine: Engine, change: str, message: str) -> None:
    with engine.connect() as connection, pytest.raises(IntegrityError, match=message):
        connection.execute(text(change))


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("events", "append-only"),
        ("breaches", "immutable"),
        ("corrections", "append-only"),
        ("drops", "append-only"),
        ("absences", "append-only"),
        ("labels", "append-only"),
    ],
)
def test_the_audit_cannot_be_truncated(postgresql_url: str, table: str, message: str) -> None:
    with open_engine(postgresql_url).connect() as connection, pytest.raises(IntegrityError, match=message):
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


def test_no_name_is_too_long_for_postgresql() -> None:
    """It would cut them at 63 bytes, and a later migration would not find them."""
    tables = schema.metadata.tables.values()
    names = [str(constraint.name) for table in tables for constraint in table.constraints]
    names += [str(index.name) for table in tables for index in table.indexes]
    assert max(len(name) for name in names) <= 63

"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """All tables, and the triggers that keep the audit append-only."""
    create_first()
    create_tickets()
    create_intake()
    create_outbox()
    create_time()
    if op.get_context().dialect.name == "postgresql":
        guard_audit_on_postgresql()
    else:
        guard_audit_on_sqlite()


def create_first() -> None:
    """Tables that refer to none."""
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "customers",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.String()),
        sa.Column("zone", sa.String()),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("mail_stopped_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("email", name="uq_customers_email"),
    )
    op.create_table(
        "versions",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("effective_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
        sa.UniqueConstraint("kind", "name", "hash", name="uq_versions_kind_name_hash"),
    )
    op.create_table(
        "moments",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_moments"),
    )
    op.create_index("ix_moments_at_kind_key", "moments", ["at", "kind", "key"])
    op.create_table(
        "raw_mails",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_raw_mails"),
    )
    op.create_table(
        "mailbox_states",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("first_uid", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailbox_states"),
        sa.UniqueConstraint("mailbox", "folder", "uidvalidity", name="uq_mailbox_states_mailbox_folder_uidvalidity"),
    )


def create_tickets() -> None:
    """Tickets and their audit trail."""
    op.create_table(
        "tickets",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("category", sa.String()),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("team", sa.String()),
        sa.Column("assignee", sa.String()),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("organisation", sa.String()),
        sa.Column("policy_version", ID),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("waiting_since", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("linked_to", ID),
        sa.Column("merged_into", ID),
        sa.Column("muted_until", sa.BigInteger(), nullable=False),
        sa.Column("triage", sa.JSON(), nullable=False),
        sa.Column("stub", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_tickets_customer_id_customers"),
        sa.ForeignKeyConstraint(["linked_to"], ["tickets.id"], name="fk_tickets_linked_to_tickets"),
        sa.ForeignKeyConstraint(["merged_into"], ["tickets.id"], name="fk_tickets_merged_into_tickets"),
        sa.ForeignKeyConstraint(["policy_version"], ["versions.id"], name="fk_tickets_policy_version_versions"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index("ix_tickets_assignee_id", "tickets", ["assignee", "id"])
    op.create_index("ix_tickets_status_id", "tickets", ["status", "id"])
    op.create_index("ix_tickets_team_id", "tickets", ["team", "id"])
    op.create_table(
        "participants",
        sa.Column("ticket_id", ID, autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_participants_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "email", name="pk_participants"),
    )
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_events_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_ticket_id_at_id", "events", ["ticket_id", "at", "id"])


def create_intake() -> None:
    """Accepted mails, and the conversations and rights that point at them."""
    op.create_table(
        "intake",
        sa.Column("id", ID, nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("duplicate_of", ID),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["duplicate_of"], ["intake.id"], name="fk_intake_duplicate_of_intake"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_intake_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_intake"),
        sa.UniqueConstraint("mailbox", "folder", "uidvalidity", "uid", name="uq_intake_mailbox_folder_uidvalidity_uid"),
    )
    op.create_index(
        "ix_intake_fingerprint",
        "intake",
        ["fingerprint"],
        sqlite_where=sa.text("fingerprint <> ''"),
        postgresql_where=sa.text("fingerprint <> ''"),
    )
    op.create_index(
        "ix_intake_mark_wanted",
        "intake",
        ["mailbox", "folder", "uidvalidity", "id"],
        sqlite_where=sa.text("mark = 'wanted'"),
        postgresql_where=sa.text("mark = 'wanted'"),
    )
    op.create_index("ix_intake_sha256_mailbox", "intake", ["sha256", "mailbox"])
    op.create_index("ix_intake_state_id", "intake", ["state", "id"])
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.Column("intake_id", ID),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name="fk_messages_intake_id_intake"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_messages_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_message_id", "messages", ["message_id"])
    op.create_index("ix_messages_ticket_id_at_id", "messages", ["ticket_id", "at", "id"])
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_attachments_message_id_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_message_id_id", "attachments", ["message_id", "id"])
    op.create_table(
        "tokens",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column("intake_id", ID),
        sa.ForeignKeyConstraint(["intake_id"], ["intake.id"], name="fk_tokens_intake_id_intake"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_tokens_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("hash", name="pk_tokens"),
    )
    op.create_index("ix_tokens_ticket_id", "tokens", ["ticket_id"])


def create_outbox() -> None:
    """What goes out."""
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_notices_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
    )
    op.create_index("ix_notices_address_state", "notices", ["address", "state"])
    op.create_index(
        "ix_notices_folded",
        "notices",
        ["reason"],
        sqlite_where=sa.text("state = 'folded'"),
        postgresql_where=sa.text("state = 'folded'"),
    )
    op.create_index("ix_notices_state_urgency_id", "notices", ["state", "urgency", "id"])
    op.create_index("ix_notices_ticket_id_id", "notices", ["ticket_id", "id"])
    op.create_table(
        "letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket_id", ID),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("possibly_twice", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_letters_notice_id_notices"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_letters_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("notice_id", name="uq_letters_notice_id"),
    )
    op.create_index("ix_letters_address_created_at", "letters", ["address", "created_at"])
    op.create_index(
        "ix_letters_automatic",
        "letters",
        ["created_at"],
        sqlite_where=sa.text("outside = 1 AND automatic = 1"),
        postgresql_where=sa.text("outside AND automatic"),
    )
    op.create_index("ix_letters_message_id", "letters", ["message_id"])
    op.create_index("ix_letters_state_urgency_next_at_id", "letters", ["state", "urgency", "next_at", "id"])
    op.create_index("ix_letters_ticket_id_created_at", "letters", ["ticket_id", "created_at"])


def create_time() -> None:
    """What time means for tickets."""
    op.create_table(
        "clocks",
        sa.Column("ticket_id", ID, autoincrement=False, nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=False),
        sa.Column("elapsed", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("breached_at", sa.JSON(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.Column("tzdata", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_clocks_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "policy", "metric", "cycle", name="pk_clocks"),
    )
    op.create_table(
        "breaches",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("policy_version", ID, nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("target_version", sa.Integer(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("breached_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("tzdata", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("annulled_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["policy_version"], ["versions.id"], name="fk_breaches_policy_version_versions"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_breaches_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_breaches"),
        sa.UniqueConstraint(
            "ticket_id", "policy_version", "metric", "cycle", "target_version", name="uq_breaches_once"
        ),
    )
    op.create_table(
        "firings",
        sa.Column("ticket_id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_firings_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "key", name="pk_firings"),
    )
    op.create_table(
        "promises",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("stated_at", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_promises_letter_id_letters"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_promises_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_promises"),
    )
    op.create_index("ix_promises_ticket_id_id", "promises", ["ticket_id", "id"])


BREACH_FACTS = (
    "id, ticket_id, policy_version, metric, cycle, target_version, target, breached_at, recorded_at, tzdata, cause"
)


def guard_audit_on_sqlite() -> None:
    """Events never change; of a breach only annulled_by does."""
    for name, change, table, message in (
        ("events_no_update", "UPDATE", "events", "events are append-only: UPDATE is refused"),
        ("events_no_delete", "DELETE", "events", "events are append-only: DELETE is refused"),
        ("breaches_no_update", f"UPDATE OF {BREACH_FACTS}", "breaches", "a breach is immutable: UPDATE is refused"),
        ("breaches_no_delete", "DELETE", "breaches", "a breach is immutable: DELETE is refused"),
    ):
        op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END")


def guard_audit_on_postgresql() -> None:
    """The same, and no TRUNCATE."""
    for table, what, update in (
        ("events", "events are append-only", "UPDATE"),
        ("breaches", "a breach is immutable", f"UPDATE OF {BREACH_FACTS}"),
    ):
        op.execute(
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{what}: % is refused', TG_OP USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_guard BEFORE {update} OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
        )

"""The schema, a module per aggregate. A column is named as the field of the core's value that it keeps."""

from mailsla.adapters.db.schema.absences import absences
from mailsla.adapters.db.schema.base import metadata
from mailsla.adapters.db.schema.clocks import breaches, clocks, corrections, firings, moments, promises, versions
from mailsla.adapters.db.schema.daemons import daemons, leases
from mailsla.adapters.db.schema.display import shown_mails
from mailsla.adapters.db.schema.drops import drops
from mailsla.adapters.db.schema.incidents import incident_tickets, incidents, ticket_words
from mailsla.adapters.db.schema.intake import intake, mailbox_states, raw_mails
from mailsla.adapters.db.schema.learning import labels, models
from mailsla.adapters.db.schema.occasions import occasions
from mailsla.adapters.db.schema.outbox import letters, notices
from mailsla.adapters.db.schema.tickets import (
    attachments,
    counters,
    customers,
    events,
    messages,
    participants,
    tickets,
    tokens,
)

__all__ = [
    "absences",
    "attachments",
    "breaches",
    "clocks",
    "corrections",
    "counters",
    "customers",
    "daemons",
    "drops",
    "events",
    "firings",
    "incident_tickets",
    "incidents",
    "intake",
    "labels",
    "leases",
    "letters",
    "mailbox_states",
    "messages",
    "metadata",
    "models",
    "moments",
    "notices",
    "occasions",
    "participants",
    "promises",
    "raw_mails",
    "shown_mails",
    "ticket_words",
    "tickets",
    "tokens",
    "versions",
]

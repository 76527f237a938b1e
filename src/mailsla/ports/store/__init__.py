"""The door to the database: one unit of work, its stores by aggregate.

Only flows open a unit of work. Leaving it without `commit()` rolls back. Implementations behave alike on SQLite and
PostgreSQL: "not twice" is a unique key, a claim is a conditional UPDATE with a row count.
Failures of the database raise errors.TemporaryError (locked, disk full, gone) and lose nothing.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from mailsla.ports.store.absences import AbsenceStore
from mailsla.ports.store.clocks import ClockStore
from mailsla.ports.store.days import DayStore
from mailsla.ports.store.display import DisplayStore
from mailsla.ports.store.drops import DropStore
from mailsla.ports.store.history import HistoryStore
from mailsla.ports.store.incidents import IncidentStore
from mailsla.ports.store.intake import IntakeStore
from mailsla.ports.store.learning import LearningStore
from mailsla.ports.store.leases import LeaseStore
from mailsla.ports.store.occasions import OccasionStore
from mailsla.ports.store.outbox import OutboxStore
from mailsla.ports.store.tickets import TicketStore


class UnitOfWork(Protocol):
    """One transaction."""

    intake: IntakeStore
    tickets: TicketStore
    clocks: ClockStore
    outbox: OutboxStore
    drops: DropStore
    leases: LeaseStore
    absences: AbsenceStore
    display: DisplayStore
    occasions: OccasionStore
    learning: LearningStore
    incidents: IncidentStore
    history: HistoryStore
    days: DayStore

    def commit(self) -> None:
        """Make all of it durable, or raise TemporaryError and change nothing."""


class Store(Protocol):
    """The database."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """A writing transaction, one at a time (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock); rolls back
        unless committed."""

    def close(self) -> None:
        """Let go of all connections."""

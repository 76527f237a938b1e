"""The database as the flows see it: units of work over one engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from mailsla.adapters.db.absence_store import SqlAbsenceStore
from mailsla.adapters.db.clock_store import SqlClockStore
from mailsla.adapters.db.day_store import SqlDayStore
from mailsla.adapters.db.display_store import SqlDisplayStore
from mailsla.adapters.db.drop_store import SqlDropStore
from mailsla.adapters.db.history_store import SqlHistoryStore
from mailsla.adapters.db.incident_store import SqlIncidentStore
from mailsla.adapters.db.intake_store import SqlIntakeStore
from mailsla.adapters.db.learning_store import SqlLearningStore
from mailsla.adapters.db.lease_store import SqlLeaseStore
from mailsla.adapters.db.occasion_store import SqlOccasionStore
from mailsla.adapters.db.outbox_store import SqlOutboxStore
from mailsla.adapters.db.ticket_store import SqlTicketStore
from mailsla.ports.store import UnitOfWork
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


class SqlUnitOfWork:
    """One transaction on one connection (ports.store.UnitOfWork)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.intake: IntakeStore = SqlIntakeStore(connection)
        self.tickets: TicketStore = SqlTicketStore(connection)
        self.clocks: ClockStore = SqlClockStore(connection)
        self.outbox: OutboxStore = SqlOutboxStore(connection)
        self.drops: DropStore = SqlDropStore(connection)
        self.leases: LeaseStore = SqlLeaseStore(connection)
        self.absences: AbsenceStore = SqlAbsenceStore(connection)
        self.display: DisplayStore = SqlDisplayStore(connection)
        self.occasions: OccasionStore = SqlOccasionStore(connection)
        self.learning: LearningStore = SqlLearningStore(connection)
        self.incidents: IncidentStore = SqlIncidentStore(connection)
        self.history: HistoryStore = SqlHistoryStore(connection)
        self.days: DayStore = SqlDayStore(connection)

    def commit(self) -> None:
        """Make all of it durable."""
        self._connection.commit()


class SqlStore:
    """ports.store.Store over SQLAlchemy Core; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """A writing transaction; what wasn't committed at the end is rolled back."""
        with self._engine.connect() as connection:
            connection.begin()
            yield SqlUnitOfWork(connection)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

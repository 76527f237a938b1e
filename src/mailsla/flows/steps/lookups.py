"""What the letters of one batch need from the database, read once for all of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from mailsla.core.absence import Absence
from mailsla.core.access.loops import AHEAD, DAY, HOUR
from mailsla.core.model import Automatic, Customer, Event, Instant, Message, Notice, Posted, StoredAttachment, Ticket
from mailsla.core.sla.clocks import Clock
from mailsla.ports.store import UnitOfWork

K = TypeVar("K", int, str)
V = TypeVar("V")


class Lookups:
    """Answers from one question a kind of row. Right as long as nobody writes what was asked for."""

    def __init__(self, uow: UnitOfWork, notices: Sequence[Notice], now: Instant) -> None:
        tickets = {one.ticket_id for one in notices if one.ticket_id is not None}
        readers = {one.recipient.lower() for one in notices}
        written = {number for one in notices if isinstance(number := one.data.get("message"), int)}
        self.uow = uow
        self._now = now
        self._readers = readers
        self._ticket_ids = tickets
        self.clocks: dict[int, tuple[Clock, ...]] = {}  # by ticket, as they stand at `now`: replayed once
        self._tickets = _Once(tickets, uow.tickets.get_all)
        self._events = _Once(tickets, uow.tickets.events_of)
        self._posted = _Once(tickets, uow.tickets.posted_of)
        self._fired = _Once(tickets, uow.clocks.fired_of)
        self._messages = _Once(written, uow.tickets.messages_by_id)
        self._attachments = _Once(written, uow.tickets.attachments_of)
        self._customers = _Once(readers, uow.tickets.customers_by_email)
        self._internal = _Once(readers, lambda some: uow.outbox.internal_to(some, now - HOUR))

    def ticket(self, ticket_id: int | None) -> Ticket | None:
        """By id."""
        return None if ticket_id is None else self._tickets(ticket_id)

    def events(self, ticket_id: int) -> Sequence[Event]:
        """All that happened on the ticket."""
        return self._events(ticket_id) or ()

    def posted(self, ticket_id: int) -> Sequence[Posted]:
        """The mails between the ticket's customers and us, oldest first."""
        return self._posted(ticket_id) or ()

    def fired(self, ticket_id: int) -> set[str]:
        """The keys of warnings and levels that fired."""
        return self._fired(ticket_id) or set()

    def message(self, message_id: int) -> Message | None:
        """By id."""
        return self._messages(message_id)

    def attachments(self, message_id: int) -> Sequence[StoredAttachment]:
        """Of a message."""
        return self._attachments(message_id) or ()

    def customer(self, email: str) -> Customer | None:
        """By address."""
        return self._customers(email.lower())

    def internal_to(self, email: str) -> int:
        """Letters to one of us within an hour."""
        return self._internal(email.lower()) or 0

    @cached_property
    def absences(self) -> Sequence[Absence]:
        """Those that are neither over nor cancelled."""
        return self.uow.absences.standing(self._now)

    @cached_property
    def automatic(self) -> Sequence[Automatic]:
        """Automatic letters to the outside within a day that count for somebody of this batch."""
        return self.uow.outbox.automatic(sorted(self._readers), sorted(self._ticket_ids), self._now - DAY)

    @cached_property
    def automatic_in_all(self) -> int:
        """Automatic letters to the outside within an hour."""
        return self.uow.outbox.automatic_in_all(self._now - HOUR, self._now + AHEAD)


class _Once(Generic[K, V]):
    """Values by key: the first question asks for all keys that are known to be needed, a later one for its own."""

    def __init__(self, keys: Collection[K], read: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        self._expected: Collection[K] = keys
        self._read: Callable[[Sequence[K]], Mapping[K, V]] = read
        self._held: dict[K, V | None] = {}

    def __call__(self, key: K) -> V | None:
        if key not in self._held:
            missing = {one for one in self._expected if one not in self._held}
            missing.add(key)
            wanted = sorted(missing)
            found = self._read(wanted)
            self._held |= {one: found.get(one) for one in wanted}
        return self._held[key]

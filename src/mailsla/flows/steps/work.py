"""A ticket in hand on an open unit of work: what happens to it is gathered, and written once by `save`."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.model import ENDED, Data, Event, Instant, Notice, Status, Ticket
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import reckon
from mailsla.flows.steps.promises import settle_promises
from mailsla.ports.store import UnitOfWork

TOKEN_LIFE = 90 * 24 * 3600  # seconds for which tokens still count after the ticket closed (mail.md section 3)
SYSTEM = "mailsla"


class TicketWork:
    """Gathers events, columns and notices of one ticket; the clocks are reckoned from the events when saved."""

    def __init__(
        self, uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant, *, opened_here: bool = False
    ) -> None:
        self.uow, self.services, self.now = uow, services, now
        self.ticket = ticket
        self._saved = ticket
        self._opened_here = opened_here
        self._past: list[Event] = [] if opened_here else uow.tickets.events(ticket.id)
        self._events: list[Event] = []
        self._notices: list[Notice] = []

    @property
    def events(self) -> Sequence[Event]:
        """All events of the ticket, those not yet written included, by (at, order of writing)."""
        return sorted([*self._past, *self._events], key=lambda event: event.at)

    def record(self, type_: str, actor: str, data: Data | None = None, *, at: Instant | None = None) -> None:
        """Something happened, now unless `at` says when."""
        self._events.append(
            Event(
                ticket_id=self.ticket.id,
                at=self.now if at is None else at,
                recorded_at=self.now,
                type=type_,
                actor=actor,
                data=data or {},
            )
        )

    def change(self, **columns: object) -> None:
        """Set columns of the ticket."""
        self.ticket = replace(self.ticket, **columns)  # type: ignore[arg-type]

    def notify(self, *notices: Notice) -> None:
        """Somebody is to be written to."""
        self._notices.extend(notices)

    def set_status(self, to: Status, actor: str, *, at: Instant | None = None, letter: int | None = None) -> bool:
        """Change the status with all that hangs on it; False when it is that already. `letter`: the answer that did it,
        and that takes it back if it bounces.
        """
        before = self.ticket.status
        if before is to:
            return False
        at = self.now if at is None else at
        by = {} if letter is None else {"letter": letter}
        self.record("status", actor, {"from": before.value, "to": to.value, **by}, at=at)
        self.change(
            status=to,
            waiting_since=at if to is Status.WAITING_CUSTOMER else None,
            resolved_at=at if to is Status.RESOLVED else (self.ticket.resolved_at if to is Status.CLOSED else None),
            closed_at=at if to in (Status.CLOSED, Status.VOID) else None,
            snoozed_until=None if to is Status.RESOLVED or to in ENDED else self.ticket.snoozed_until,
        )
        if to in (Status.CLOSED, Status.VOID):
            self.uow.tickets.expire_tokens(self.ticket.id, at + TOKEN_LIFE)
        return True

    def touched_by_person(self, actor: str) -> None:
        """`new` becomes `open` with a person's first action (sla.md section 4)."""
        if self.ticket.status is Status.NEW:
            self.set_status(Status.OPEN, actor)

    def save(self, cause: str = "") -> Ticket:
        """Write it all; the ticket as it is now. `cause`: of breaches that are no more, where no event is it."""
        opened_here, ticket = self._opened_here, self.ticket
        self._events.extend(
            reckon(self.uow, self.services, ticket, self.events, self.now, opened_here=opened_here, cause=cause)
        )
        if not self._opened_here:
            self._events.extend(settle_promises(self.uow, self.services, self.ticket, self.events, self.now))
        self.uow.tickets.add_events(self._events)
        if self.ticket != self._saved:
            self.uow.tickets.update(self.ticket)
        if self._notices:
            self.uow.outbox.add_notices(self._notices)
        self._saved = self.ticket
        self._past, self._events, self._notices = [*self._past, *self._events], [], []
        return self.ticket

"""A ticket in hand on an open unit of work: what happens to it is gathered, and written once by `save`."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.access.loops import flooded
from mailsla.core.model import ENDED, Data, Event, Instant, Moment, Notice, Role, Status, Ticket
from mailsla.core.notices import PAST, muted
from mailsla.core.triage.scope import scope_of
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import reckon
from mailsla.flows.steps.promises import settle_promises
from mailsla.flows.steps.terms import agreed, agreements_for
from mailsla.ports.store import UnitOfWork

TOKEN_LIFE = 90 * 24 * 3600  # seconds for which tokens still count after the ticket closed (mail.md section 3)
SYSTEM = "mailsla"


class TicketWork:
    """Gathers events, columns and notices of one ticket; the clocks are reckoned from the events when saved."""

    def __init__(
        self,
        uow: UnitOfWork,
        services: Services,
        ticket: Ticket,
        now: Instant,
        *,
        opened_here: bool = False,
        past: bool = False,
    ) -> None:
        """`past`: it is about what was before the database was restored: nothing of it goes to the outside (again)."""
        self.past = past
        self.by_link = False  # what is done was clicked, not written
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

    def record_mail(self, type_: str, actor: str, data: Data | None = None, *, at: Instant | None = None) -> bool:
        """As `record`, of what anybody can send without end; False where a flood of them is recorded well enough."""
        if flooded(self.events, type_, self.now):
            return False
        self.record(type_, actor, data, at=at)
        return True

    def change(self, **columns: object) -> None:
        """Set columns of the ticket."""
        self.ticket = replace(self.ticket, **columns)  # type: ignore[arg-type]

    def notify(self, *notices: Notice) -> None:
        """Somebody is to be written to."""
        quiet = (muted(one, PAST) if self.past and one.role is Role.CUSTOMER else one for one in notices)
        self._notices.extend(quiet)

    def set_status(self, to: Status, actor: str, *, at: Instant | None = None, letter: int | None = None) -> bool:
        """Change the status with all that hangs on it; False when it is that already. `letter`: the answer that did it,
        and that takes it back if it bounces.
        """
        before = self.ticket.status
        if before is to:
            return False
        at = self.now if at is None else at
        if to is not Status.RESOLVED and to not in ENDED and scope_of(self.ticket) is not None:
            self._take_up(actor, at)
        by = {} if letter is None else {"letter": letter}
        self.record("status", actor, {"from": before.value, "to": to.value, **by}, at=at)
        self.change(
            status=to,
            waiting_since=at if to is Status.WAITING_CUSTOMER else None,
            resolved_at=at if to is Status.RESOLVED else (self.ticket.resolved_at if to is Status.CLOSED else None),
            closed_at=at if to in (Status.CLOSED, Status.VOID) else None,
            snoozed_until=None if to is Status.RESOLVED or to in ENDED else self.ticket.snoozed_until,
        )
        if before is Status.CLOSED and to is Status.OPEN:
            self.uow.tickets.expire_tokens(self.ticket.id, None)
        if to in (Status.CLOSED, Status.VOID):
            self.uow.tickets.expire_tokens(self.ticket.id, at + TOKEN_LIFE)
        return True

    def _take_up(self, actor: str, at: Instant) -> None:
        """It is a complaint after all: from then on it is owed what any other is."""
        self.change(triage={**self.ticket.triage, "scope": None})
        self.ticket, data = agreed(self.ticket, agreements_for(self.uow, self.services, self.ticket, self.now))
        self.record("in_scope", actor, {**data, "team": self.ticket.team}, at=at)
        self.uow.tickets.expire_tokens(self.ticket.id, None)

    def touched_by_person(self, actor: str) -> None:
        """`new` becomes `open` with a person's first action (sla.md section 4)."""
        if self.ticket.status is Status.NEW:
            self.set_status(Status.OPEN, actor)

    def save(self, cause: str = "") -> Ticket:
        """Write it all; the ticket as it is now. `cause`: of breaches that are no more, where no event is it."""
        self._look_again(self._reckon(cause))
        self.uow.tickets.add_events(self._events)
        if self.ticket != self._saved:
            self.uow.tickets.update(self.ticket)
        if self._notices:
            self.uow.outbox.add_notices(self._notices)
        self._saved = self.ticket
        self._past, self._events, self._notices = [*self._past, *self._events], [], []
        return self.ticket

    def _reckon(self, cause: str) -> list[Instant]:
        """Clocks and promises in step with the events; the instants at which something is due."""
        uow, services, now, opened_here = self.uow, self.services, self.now, self._opened_here
        clocks = reckon(uow, services, self.ticket, self.events, now, opened_here=opened_here, cause=cause)
        self._events.extend(clocks.missed)
        again = [clocks.next_at]
        if not opened_here:
            broken, at = settle_promises(uow, services, self.ticket, self.events, clocks.fired, now)
            self._events.extend(broken)
            again.append(at)
        return [at for at in again if at is not None]

    def _look_again(self, moments: Sequence[Instant]) -> None:
        key = str(self.ticket.id)
        if moments:
            self.uow.clocks.set_moment(Moment(kind="ticket", key=key, at=min(moments)))
        else:
            self.uow.clocks.drop_moment("ticket", key)

"""A mail in hand: examined, on an open unit of work, with the ticket that it acts on or opens."""

from dataclasses import dataclass

from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Instant, Intake, IntakeState, Ticket
from mailsla.core.triage.scope import scope_of
from mailsla.flows.services import Services
from mailsla.flows.steps.conversation import customer_actor
from mailsla.flows.steps.examine import Examination, standing
from mailsla.flows.steps.opening import Opening, open_ticket
from mailsla.flows.steps.past import is_past
from mailsla.flows.steps.triaging import in_scope, triage_mail
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be dealt with, examined, on an open unit of work."""

    uow: UnitOfWork
    services: Services
    intake: Intake
    seen: Examination
    now: Instant

    @property
    def past(self) -> bool:
        """It came before the database was restored: nobody outside hears of it again."""
        return is_past(self.intake)

    @property
    def parsed(self) -> ParsedMail:
        """The mail as read."""
        return self.seen.mail

    def ticket(self) -> Ticket:
        """The ticket that it acts on."""
        number = self.seen.access.ticket_id
        ticket = standing(self.uow, number) if number is not None else None
        if ticket is None:
            raise LookupError(f"{self.seen.access.row}: no ticket {number}")
        return ticket

    def work(self) -> TicketWork:
        """That ticket in hand."""
        return TicketWork(self.uow, self.services, self.ticket(), self.now, past=self.past)

    def open(self, requester: str, name: str, *, verified: bool, subject: str = "", scoped: bool = False) -> TicketWork:
        """A new ticket for a requester, linked to the one that the mail named, or that has stood for it till now.

        `scoped`: it may be no complaint at all.
        """
        opening = Opening(
            mailbox=self.seen.mailbox,
            intake=self.intake,
            requester=requester,
            requester_name=name,
            subject=subject or self.parsed.subject,
            verified=verified,
            actor=f"agent:{self.seen.colleague}" if self.seen.colleague else customer_actor(self.parsed),
            link_to=self.seen.access.link_to or self.intake.ticket_id,
        )
        triaged = triage_mail(self.services, self.seen.mailbox, self.parsed, requester, uow=self.uow)
        if not scoped or self._goes_on(opening):
            triaged = in_scope(triaged)
        work = open_ticket(self.uow, self.services, opening, triaged, self.now)
        work.past = self.past
        return work

    def _goes_on(self, opening: Opening) -> bool:
        """Whether who wrote takes part in the ticket that it follows: a person reads what answers us."""
        linked = self.uow.tickets.get(opening.link_to) if opening.link_to is not None else None
        if linked is None or scope_of(linked) == "spam":
            return False
        return opening.requester.lower() in self.uow.tickets.participants(linked.id)


@dataclass(frozen=True, slots=True)
class Done:
    """Where the mail ended."""

    ticket_id: int | None
    state: IntakeState = IntakeState.DONE
    reason: str = ""

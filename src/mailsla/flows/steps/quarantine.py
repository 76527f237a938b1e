"""A mail that can't be processed: its bytes stay, a stub ticket with running clocks stands for it, people are told."""

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Instant, Intake, IntakeState, Reason
from mailsla.core.notices import UNREACHABLE, reason_data
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.conversation import tell_new
from mailsla.flows.steps.opening import Opening, open_ticket
from mailsla.ports.store import UnitOfWork


def quarantine(
    uow: UnitOfWork,
    services: Services,
    intake: Intake,
    mailbox: MailboxSettings,
    reason: str,
    now: Instant,
) -> None:
    """Open the stub ticket, tell agents and operator, set the mail aside."""
    opening = Opening(
        mailbox=mailbox,
        intake=intake,
        requester=f"intake-{intake.id}{UNREACHABLE}",
        requester_name="",
        subject="A mail that could not be read",
        verified=False,
        actor="mailsla",
        stub=True,
    )
    work = open_ticket(uow, services, opening, None, now)
    why = Reason("quarantined", {"intake": intake.id, "cause": reason})
    work.record("banner", "mailsla", reason_data(why))
    tell_new(work, None, f"{reason}\nmailsla queue show {intake.id}")
    work.save()
    uow.intake.finish(intake.id, IntakeState.QUARANTINED, reason=reason, ticket_id=work.ticket.id, want_mark=False)
    alert(
        uow,
        services,
        "mail_quarantined",
        now,
        {"intake": intake.id, "reference": work.ticket.reference, "cause": reason},
        command=f"mailsla queue show {intake.id}",
        ticket_id=work.ticket.id,
    )

"""A mail that can't be processed: its bytes stay, a stub ticket with running clocks stands for it, people are told."""

from mailsla.config.settings import MailboxSettings
from mailsla.core.model import ENDED, Instant, Intake, IntakeState, Reason, Scalar, Ticket
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
    """Open the stub ticket, unless an earlier try did; tell agents and operator, set the mail aside."""
    earlier = uow.tickets.get(intake.ticket_id) if intake.ticket_id is not None else None
    if earlier is not None and earlier.stub and earlier.status not in ENDED:
        set_aside(uow, services, intake, earlier, reason, now)
        return
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
    tell_new(work, None, f"{reason}\nmailsla queue show M{intake.id}")
    set_aside(uow, services, intake, work.save(), reason, now)


def set_aside(
    uow: UnitOfWork, services: Services, intake: Intake, stub: Ticket | None, reason: str, now: Instant
) -> None:
    """The bytes stay in the queue that people see, at their stub ticket; the operator is told at once."""
    number = stub.id if stub else None
    uow.intake.finish(
        intake.id, services.owner, IntakeState.QUARANTINED, reason=reason, ticket_id=number, want_mark=False
    )
    values: dict[str, Scalar] = {
        "intake": intake.id,
        "reference": stub.reference if stub else "",
        "cause": reason,
    }
    command = f"mailsla queue show M{intake.id}"
    alert(uow, services, "mail_quarantined", now, values, command=command, ticket_id=number)

"""Whether one more automatic mail may go to the outside (mail.md section 6)."""

from mailsla.core.access.loops import DAY, HOUR, TICKET_WINDOWS, Budget, Counts, Muted, Wait, budget
from mailsla.core.model import Instant, Notice, Ticket
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


def budget_of(
    uow: UnitOfWork, services: Services, notice: Notice, ticket: Ticket | None, now: Instant, ahead: int = 0
) -> Muted | Wait | None:
    """For an automatic mail to the outside; None = it may go. `ahead`: letters to others that go before it."""
    limits = services.settings.limits
    customer = uow.tickets.customer_by_email(notice.recipient)
    outbox = uow.outbox
    counts = Counts(
        acknowledgements_to_recipient=outbox.automatic_to(notice.recipient, "acknowledgement", now - DAY),
        to_recipient=outbox.automatic_to(notice.recipient, None, now - HOUR),
        on_ticket=_on_ticket(uow, ticket.id, now) if ticket else {},
        in_all=outbox.automatic_in_all(now - HOUR) + ahead,
        ticket_muted_until=ticket.muted_until if ticket else 0,
        recipient_stopped_until=customer.mail_stopped_until if customer else 0,
    )
    allowed = Budget(
        acknowledgements_per_recipient_day=limits.acknowledgements_per_recipient_day,
        automatic_per_recipient_hour=limits.automatic_per_recipient_hour,
        automatic_per_hour=limits.automatic_per_hour,
    )
    return budget(counts, allowed, now, acknowledgement=notice.kind == "acknowledgement")


def refused_before(uow: UnitOfWork, notice: Notice) -> str:
    """Why the ticket's first mail is answered by no automatic mail, "" when it may be: a robot or a list stays one."""
    if notice.ticket_id is None or notice.kind == "acknowledgement":
        return ""
    events = uow.tickets.events(notice.ticket_id)
    reasons = (str(event.data.get("reason")) for event in events if event.type == "acknowledgement_refused")
    return next((reason for reason in reasons if reason.startswith("refused_")), "")


def _on_ticket(uow: UnitOfWork, ticket_id: int, now: Instant) -> dict[int, int]:
    """Counts by window; the wider ones are looked at only where the ticket has had mail at all."""
    widest = max(seconds for seconds, _ in TICKET_WINDOWS)
    if uow.outbox.automatic_on(ticket_id, now - widest) == 0:
        return {}
    return {seconds: uow.outbox.automatic_on(ticket_id, now - seconds) for seconds, _ in TICKET_WINDOWS}

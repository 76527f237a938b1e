"""Whether one more automatic mail may go out, and the folding of floods to our own people (mail.md section 6)."""

from mailsla.core.access.loops import DAY, HOUR, TICKET_WINDOWS, Budget, Counts, Muted, Wait, budget
from mailsla.core.model import Instant, Notice, NoticeState, Role
from mailsla.core.notices import AT_ONCE, URGENCY
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork

NEVER_FOLDED = AT_ONCE | {"folded", "operator_alert", "queue_digest"}


def budget_of(uow: UnitOfWork, services: Services, notice: Notice, now: Instant) -> Muted | Wait | None:
    """For an automatic mail to the outside; None = it may go."""
    limits = services.settings.limits
    ticket = uow.tickets.get(notice.ticket_id) if notice.ticket_id is not None else None
    customer = uow.tickets.customer_by_email(notice.recipient)
    outbox = uow.outbox
    counts = Counts(
        acknowledgements_to_recipient=outbox.automatic_to(notice.recipient, "acknowledgement", now - DAY),
        to_recipient=outbox.automatic_to(notice.recipient, None, now - HOUR),
        on_ticket=_on_ticket(uow, ticket.id, now) if ticket else {},
        in_all=outbox.automatic_in_all(now - HOUR),
        ticket_muted_until=ticket.muted_until if ticket else 0,
        recipient_stopped_until=customer.mail_stopped_until if customer else 0,
    )
    allowed = Budget(
        acknowledgements_per_recipient_day=limits.acknowledgements_per_recipient_day,
        automatic_per_recipient_hour=limits.automatic_per_recipient_hour,
        automatic_per_hour=limits.automatic_per_hour,
    )
    return budget(counts, allowed, now, acknowledgement=notice.kind == "acknowledgement")


def fold_flood(uow: UnitOfWork, services: Services, notice: Notice, now: Instant) -> bool:
    """Above the hourly number of mails to one of us, the notice goes into the next hour's single list instead."""
    if notice.kind in NEVER_FOLDED:
        return False
    if uow.outbox.internal_to(notice.recipient, now - HOUR) < services.settings.limits.internal_per_hour:
        return False
    at = (now // HOUR + 1) * HOUR
    key = f"folded:{notice.recipient}:{at}"
    listed = Notice(
        key=key,
        kind="folded",
        ticket_id=None,
        recipient=notice.recipient,
        person=notice.person,
        role=notice.role if notice.role is not Role.CUSTOMER else Role.AGENT,
        not_before=at,
        created_at=now,
        urgency=URGENCY["folded"],
        data={"key": key},
    )
    uow.outbox.add_notices([listed])
    uow.outbox.settle_notice(notice.id, NoticeState.FOLDED, key)
    return True


def _on_ticket(uow: UnitOfWork, ticket_id: int, now: Instant) -> dict[int, int]:
    """Counts by window; the wider ones are looked at only where the ticket has had mail at all."""
    widest = max(seconds for seconds, _ in TICKET_WINDOWS)
    if uow.outbox.automatic_on(ticket_id, now - widest) == 0:
        return {}
    return {seconds: uow.outbox.automatic_on(ticket_id, now - seconds) for seconds, _ in TICKET_WINDOWS}

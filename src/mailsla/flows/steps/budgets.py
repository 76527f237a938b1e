"""Whether one more automatic mail may go to the outside (mail.md section 6)."""

from mailsla.core.access.loops import ACKNOWLEDGING, Budget, Muted, Wait, budget, counted
from mailsla.core.model import Instant, Notice, Ticket
from mailsla.flows.services import Services
from mailsla.flows.steps.lookups import Lookups


def budget_of(
    known: Lookups, services: Services, notice: Notice, ticket: Ticket | None, now: Instant, ahead: int = 0
) -> Muted | Wait | None:
    """For an automatic mail to the outside; None = it may go. `ahead`: letters to others that go before it."""
    limits = services.settings.limits
    customer = known.customer(notice.recipient)
    counts = counted(
        known.automatic,
        notice.recipient,
        ticket,
        now,
        in_all=known.automatic_in_all + ahead,
        stopped_until=customer.mail_stopped_until if customer else 0,
    )
    allowed = Budget(
        acknowledgements_per_recipient_day=limits.acknowledgements_per_recipient_day,
        automatic_per_recipient_hour=limits.automatic_per_recipient_hour,
        automatic_per_hour=limits.automatic_per_hour,
    )
    return budget(counts, allowed, now, acknowledgement=notice.kind in ACKNOWLEDGING)


def refused_before(known: Lookups, notice: Notice) -> str:
    """Why the ticket's first mail is answered by no automatic mail, "" when it may be: a robot or a list stays one."""
    if notice.ticket_id is None or notice.kind in ACKNOWLEDGING:
        return ""
    events = known.events(notice.ticket_id)
    reasons = (str(event.data.get("reason")) for event in events if event.type == "acknowledgement_refused")
    return next((reason for reason in reasons if reason.startswith("refused_")), "")

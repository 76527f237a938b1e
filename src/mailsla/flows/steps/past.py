"""What was before the database was restored happened already: it is written down again, and goes to nobody outside."""

from mailsla.core.lifecycle import after_reply
from mailsla.core.model import Instant, Intake
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.work import TicketWork

ORIGIN = "reconcile"  # of a mail that was received before the restore, and that the restored database did not know


def is_past(intake: Intake) -> bool:
    """Whether the mail is of a time that the restored database does not know: it has been answered already."""
    return intake.origin == ORIGIN


def taken_as_sent(work: TicketWork, message: object, agent: str, at: Instant, *, resolve: bool, wait: bool) -> None:
    """An agent's answer of then went out then: it stops the clock, and is not sent again."""
    actor = f"agent:{agent}"
    work.record("agent_reply", actor, {"message": message, "past": True}, at=at)
    work.change(answered=True)
    work.touched_by_person(actor)
    if any(event.type == "customer_mail" and event.at > at for event in work.events):
        return
    agreement = agreement_of(work.uow, work.services, work.ticket)
    status = after_reply(work.ticket.status, agreement.policy if agreement else None, resolve=resolve, wait=wait)
    work.set_status(status, actor, at=max(at, work.ticket.received_at))

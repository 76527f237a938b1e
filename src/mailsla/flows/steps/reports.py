"""Automatic answers and delivery reports become events of their ticket (mail.md sections 3 and 5)."""

from mailsla.core.model import ENDED, Intake, Letter, Status
from mailsla.flows.steps.conversation import add_message, customer_actor, watch_for_storm
from mailsla.flows.steps.examine import Examination
from mailsla.flows.steps.outcomes import stop_mail, tell_failure
from mailsla.flows.steps.work import SYSTEM, TicketWork


def delivery_event(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """Record it. A permanent bounce of an agent's answer means that the answer was never sent."""
    kind = seen.disposition.kind
    message = add_message(work, intake, seen.mail, kind, internal=True)
    actor = customer_actor(seen.mail)
    bounce = seen.mail.bounce
    if kind != "bounce" or bounce is None:
        recorded = work.record_mail("auto_reply", actor, {"message": message, "kind": kind}, at=intake.received_at)
        watch_for_storm(work, flood=not recorded)
        return
    work.record("bounced", actor, {"message": message, "permanent": bounce.permanent}, at=intake.received_at)
    if not bounce.permanent:
        return
    found = work.uow.tickets.letter_by_message_id(bounce.original_message_id)
    letter = work.uow.outbox.get_letter(found[0]) if found else None
    if letter is None or letter.ticket_id != work.ticket.id:
        return
    stop_mail(work.uow, letter.recipient, work.now)
    if letter.kind == "relay":
        undone = {} if work.ticket.status in ENDED else {"undone": True}
        work.record("reply_bounced", actor, {"letter": letter.id, **undone}, at=intake.received_at)
        if _stands_by(work, letter):
            work.set_status(Status.OPEN, SYSTEM)
    if letter.outside:
        tell_failure(work, letter, bounce.said or ", ".join(bounce.recipients))


def _stands_by(work: TicketWork, letter: Letter) -> bool:
    """Whether we wait for the customer, or hold it for resolved, because of this answer, which they never got."""
    ticket = work.ticket
    if ticket.status not in (Status.WAITING_CUSTOMER, Status.RESOLVED):
        return False
    last = [event for event in work.events if event.type == "status"][-1]
    return last.data.get("letter") == letter.id

"""A customer's mail becomes a ticket of its own; splitting neither buys time nor loses any (sla.md section 4)."""

from collections.abc import Sequence

from mailsla.core.model import Event, Instant, Message
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.merging import adopted
from mailsla.core.sla.terms import Metric
from mailsla.core.sla.timer import LIVE
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.conversation import acknowledge, tell_new
from mailsla.flows.steps.merging import clock_data
from mailsla.flows.steps.opening import Opening, open_ticket
from mailsla.flows.steps.terms import agreements_of
from mailsla.flows.steps.triaging import in_scope, triage_message
from mailsla.flows.steps.work import TicketWork


def split(work: TicketWork, mail: Message, actor: str) -> str:
    """The mail leaves the ticket in hand for a new one of the same requester, saved here; its reference.

    The new ticket's clocks run from the mail's receipt. Was the mail what an answer was owed to, then that is owed
    there, by the earlier of both times, and here it counts as if the mail had never come: a miss recorded here is
    annulled, and stands there. An answer that was sent here after the mail answered it: then it does so there too,
    and nothing changes here. The status stays as it is: who splits sets it by another command.

    Who takes part in the old ticket has no part in the new one, another matter, until an agent lets them in there.
    The customer is acknowledged the new reference. Whoever answers that mail, or that letter, comes to the new ticket.
    """
    uow, services, now, old = work.uow, work.services, work.now, work.ticket
    intake = uow.intake.get(mail.intake_id) if mail.intake_id is not None else None
    assert intake is not None  # the plan splits what came by mail only
    answers = _answers(work.events, mail)
    held = [] if answers else held_for(clocks_of(uow, services, old, now, work.events), mail.at)
    boxes = services.settings.mailboxes
    box = next((one for one in boxes if one.name == old.mailbox), boxes[0])
    opening = Opening(
        mailbox=box,
        intake=intake,
        requester=old.requester,
        requester_name=old.requester_name,
        subject=mail.subject,
        verified=old.verified,
        actor=f"customer:{mail.author}",
    )
    triaged = in_scope(triage_message(services, box, mail, uow.tickets.attachments(mail.id), old.requester, uow=uow))
    new = open_ticket(uow, services, opening, triaged, now)
    new.change(linked_to=old.id)
    uow.tickets.move_message(mail.id, new.ticket.id)
    if mail.author.lower() != old.requester.lower():
        uow.tickets.admit(new.ticket.id, mail.author)
    tracks = agreements_of(uow, services, new.ticket).keys()
    taken = adopted(clocks_of(uow, services, new.ticket, now, new.events), held, tracks)
    clocks = [clock_data(one) for one in taken]
    new.record("split_from", actor, {"reference": old.reference, "clocks": clocks})
    for answer in answers[:1]:
        new.record("agent_reply", answer.actor, {**answer.data, "on": old.reference}, at=answer.at)
        new.change(answered=True)
    new.touched_by_person(actor)
    acknowledge(new, "the mail was answered already" if answers else _refused(work.events))
    tell_new(new, mail.id)
    reference = new.save().reference
    data = {"reference": reference, "message": mail.id, "answered": bool(answers)}
    work.record("split_off", actor, data)
    return reference


def _answers(events: Sequence[Event], mail: Message) -> list[Event]:
    """The answers to the customer since the mail came, but those that came back."""
    bounced = {event.data.get("letter") for event in events if event.type == "reply_bounced"}
    replies = [event for event in events if event.type == "agent_reply" and event.at >= mail.at]
    return [event for event in replies if event.data.get("letter") not in bounced or "letter" not in event.data]


def held_for(clocks: Sequence[Clock], at: Instant) -> list[Clock]:
    """The clocks that run because the mail received then is the oldest that is not answered."""
    return [one for one in clocks if one.metric is Metric.NEXT_RESPONSE and one.state in LIVE and one.started_at == at]


def _refused(events: Sequence[Event]) -> str:
    """Why the first mail was not acknowledged holds for this one too; "" when it was."""
    refused = (str(event.data["reason"]) for event in events if event.type == "acknowledgement_refused")
    return next(refused, "")

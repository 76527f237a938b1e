"""What the table of authority decided is done: one function for each action, on an open unit of work."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailsla.core.access.authentication import Result
from mailsla.core.access.authority import Action
from mailsla.core.access.loops import refusal
from mailsla.core.commands.grammar import Parsed, parse
from mailsla.core.commands.situation import Actor
from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.author import answered_at
from mailsla.core.mail.parsed import Address
from mailsla.core.model import IntakeState, Reason, Role, Scalar
from mailsla.core.notices import PAST, UNREACHABLE, muted, reason_data, to_agent, to_customer
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.acting import act
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.asked import needs_no_person
from mailsla.flows.steps.commanding import carry_out, plan_for
from mailsla.flows.steps.digest_mail import about_no_case
from mailsla.flows.steps.examine import people_of_ours, person_of, standing
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.linked import command_of, follow, rate, tell_why_not
from mailsla.flows.steps.not_done import passed_on, say_that_nothing_ran, tell_sender, tell_who_used_anothers
from mailsla.flows.steps.noticing import look_soon
from mailsla.flows.steps.reports import delivery_event
from mailsla.flows.steps.scoping import from_customer, greet
from mailsla.flows.steps.suppliers import forwarded_to_supplier, supplier_answered
from mailsla.flows.steps.transcripts import tell, transcript_data
from mailsla.flows.steps.work import TicketWork

__all__ = ["PERFORM", "Done", "Mail"]

CONFIRM_WITHIN = 7 * 24 * 3600  # seconds for which a one-time confirmation waits


def new_ticket(mail: Mail) -> Done:
    """A complaint: ticket, acknowledgement (or why not), and its readers are told."""
    if (settled := needs_no_person(mail, _why_not_acknowledge(mail))) is not None:
        return Done(settled.save().id)
    sender = mail.parsed.sender or mail.parsed.display_sender
    work = _open_for(mail, sender)
    message = talk.add_message(work, mail.intake, mail.parsed, "customer")
    talk.warn_of(work, mail.seen)
    greet(work, message, _why_not_acknowledge(mail))
    look_soon(mail.uow, mail.now)
    return Done(work.save().id)


def _open_for(mail: Mail, sender: Address | None) -> TicketWork:
    """The ticket of who is to be answered. That another address than From wants it is proven by nothing."""
    if sender is None:
        return mail.open(f"intake-{mail.intake.id}{UNREACHABLE}", "", verified=False, scoped=True)
    wanted = answered_at(mail.parsed, people_of_ours(mail.services)) or sender
    verified = wanted == sender and mail.seen.auth.result is Result.PASS
    work = mail.open(wanted.email, wanted.name or sender.name, verified=verified, scoped=True)
    if wanted != sender:
        mail.uow.tickets.admit(work.ticket.id, sender.email)  # who wrote it takes part in it
    return work


def append(mail: Mail) -> Done:
    """A participant wrote again."""
    if (settled := needs_no_person(mail, _why_not_acknowledge(mail))) is not None:
        return Done(settled.save().id)
    work = mail.work()
    talk.warn_of(work, mail.seen)
    from_customer(work, mail.intake, mail.seen, _why_not_acknowledge(mail))
    return Done(work.save().id)


def append_third_party(mail: Mail) -> Done:
    """Somebody else wrote to a customer's token."""
    work = mail.work()
    talk.warn_of(work, mail.seen)
    talk.from_third_party(work, mail.intake, mail.seen)
    return Done(work.save().id)


def ask_supplier(mail: Mail) -> Done:
    """An agent wrote to a supplier about the ticket."""
    work = mail.work()
    forwarded_to_supplier(work, mail.intake, mail.seen)
    return Done(work.save().id)


def supplier_answer(mail: Mail) -> Done:
    """A supplier that was asked wrote back."""
    work = mail.work()
    supplier_answered(work, mail.intake, mail.seen)
    return Done(work.save().id)


def hold(mail: Mail) -> Done:
    """Nobody knows that the sender may: it waits for a person."""
    access = mail.seen.access
    ticket = standing(mail.uow, access.ticket_id) if access.ticket_id is not None else None
    if ticket is not None:
        work = TicketWork(mail.uow, mail.services, ticket, mail.now)
        work.record_mail("held", "mailsla", {"intake": mail.intake.id, "row": access.row})
        work.save()
    if access.alert:
        values: dict[str, Scalar] = {"intake": mail.intake.id, "row": access.row}
        alert(mail.uow, mail.services, "mail_held", mail.now, values, command=f"mailsla queue show M{mail.intake.id}")
        tell_who_used_anothers(mail, ticket)
    return Done(ticket.id if ticket else None, IntakeState.HELD, access.row)


def ask(mail: Mail) -> Done:
    """As hold, and the agent is asked at the registered address whether it was them."""
    held = hold(mail)
    person, _ = person_of(mail.seen)
    agent = mail.services.settings.directory.agents.get(person)
    if held.ticket_id is None or agent is None:
        return held
    work = TicketWork(mail.uow, mail.services, mail.ticket(), mail.now)
    clicked = command_of(mail.seen.held)
    parsed = Parsed((clicked,), "", ()) if clicked else parse(mail.parsed.reply_text)
    recorded_reply = mail.seen.held is None
    data = {
        "intake": mail.intake.id,
        "received_at": mail.intake.received_at,
        "text": parsed.rest.strip(),
        "commands": [command.shown for command in parsed.commands],
        "to_customer": "" if recorded_reply or not parsed.rest.strip() else work.ticket.requester,
        "why": reason_data(mail.seen.auth.reason),
        "until": mail.now + CONFIRM_WITHIN,
    }
    key = f"confirm:{mail.intake.id}"
    work.notify(to_agent("confirmation", work.ticket, agent, key, mail.now, mail.services.calendars, data))
    work.save()
    return held


def confirm(mail: Mail) -> Done:
    """The agent says that the held mail was theirs: it is processed again, once, as proven."""
    held = mail.seen.held
    assert held is not None  # the table confirms by token only
    person, _ = person_of(mail.seen)
    intake_id = held.token.intake_id
    if intake_id is not None and mail.uow.tickets.use_confirmations(held.token.ticket_id, intake_id, mail.now):
        mail.uow.intake.reopen(intake_id, (IntakeState.HELD,), f"confirmed:{person}")
    work = mail.work()
    work.record("confirmed", f"agent:{person}", {"intake": held.token.intake_id})
    return Done(work.save().id, reason=f"confirms intake {held.token.intake_id}")


def deny(mail: Mail) -> Done:
    """The agent answered, and not `#yes`: perhaps somebody writes in their name. The held mail stays held."""
    held = mail.seen.held
    assert held is not None  # the table denies by token only
    person, _ = person_of(mail.seen)
    if held.token.intake_id is not None:
        mail.uow.tickets.use_confirmations(held.token.ticket_id, held.token.intake_id, mail.now)
    work = mail.work()
    message = talk.add_message(work, mail.intake, mail.parsed, "comment", author=person, internal=True)
    work.record("denied", f"agent:{person}", {"intake": held.token.intake_id, "message": message})
    values: dict[str, Scalar] = {"intake": held.token.intake_id, "name": person, "reference": work.ticket.reference}
    command = f"mailsla queue show M{held.token.intake_id}"
    alert(mail.uow, mail.services, "mail_denied", mail.now, values, command=command, once=True)
    agent = mail.services.settings.directory.agents.get(person)
    if agent is not None:
        line = TranscriptLine(command="", done=False, result=Reason("confirmation_denied", dict(values)))
        tell_sender(mail, work.ticket, agent, [line], inside=True)
    return Done(work.save().id, reason=f"does not confirm intake {held.token.intake_id}")


def record_reply(mail: Mail) -> Done:
    """An agent answered the customer past us."""
    work = mail.work()
    talk.answered_directly(work, mail.intake, mail.seen)
    return Done(work.save().id)


def comment(mail: Mail) -> Done:
    """An agent without a right to act: internal, on the ticket named or a new one, if it is about a case at all."""
    if (done := about_no_case(mail)) is not None:
        return done
    if mail.seen.access.ticket_id is not None:
        work = mail.work()
        talk.warn_of(work, mail.seen)
        talk.comment(work, mail.intake, mail.seen)
        say_that_nothing_ran(mail, work)
        return Done(work.save().id)
    sender = mail.parsed.sender
    work = mail.open(sender.email if sender else "", sender.name if sender else "", verified=False)
    talk.warn_of(work, mail.seen)
    message = talk.add_message(work, mail.intake, mail.parsed, "comment", internal=True)
    work.notify(muted(to_customer("acknowledgement", work.ticket, f"ack:{work.ticket.id}", mail.now), "an agent wrote"))
    talk.tell_new(work, message)
    say_that_nothing_ran(mail, work)
    return Done(work.save().id)


def outbound_ticket(mail: Mail) -> Done:
    """An agent wrote to somebody first: a ticket for them, answered already."""
    requester = mail.seen.access.requester
    name = next((one.name for one in mail.parsed.to if one.email == requester), "")
    work = mail.open(requester, name, verified=False)
    agent = mail.seen.agent.name if mail.seen.agent else None
    if agent is not None and agent != work.ticket.assignee:  # who wrote first has the ticket
        work.record("assigned", f"agent:{agent}", {"assignee": agent, "team": work.ticket.team})
        work.change(assignee=agent)
    work.notify(muted(to_customer("acknowledgement", work.ticket, f"ack:{work.ticket.id}", mail.now), "we wrote first"))
    talk.answered_directly(work, mail.intake, mail.seen)
    return Done(work.save().id)


def forwarded_ticket(mail: Mail) -> Done:
    """An agent forwarded a customer's mail: a ticket for the customer, who hears nothing until an agent acts."""
    requester = mail.seen.access.requester
    original = next(one for one in mail.parsed.forwarded if one.sender and one.sender.email == requester)
    name = original.sender.name if original.sender else ""
    quoted = replace(mail.parsed, subject=original.subject or mail.parsed.subject, reply_text=original.text)
    work = replace(mail, seen=replace(mail.seen, mail=quoted)).open(requester, name, verified=False)
    # Answers go into the thread of the customer's mail; the Message-ID of the agent's own is nobody else's business.
    theirs = replace(mail.parsed, message_id=original.message_id, references=())
    message = talk.add_message(
        work, mail.intake, theirs, "customer", text=original.text, author=requester, author_name=name
    )
    why = "an agent forwarded it"
    work.notify(muted(to_customer("acknowledgement", work.ticket, f"ack:{work.ticket.id}", mail.now), why))
    _as_they_say(mail, work, original.above if not original.part else mail.parsed.reply_text)
    talk.tell_new(work, message)
    return Done(work.save().id)


def _as_they_say(mail: Mail, work: TicketWork, above: str) -> None:
    """What an agent wrote above a mail that they passed on: commands of the new ticket, and a note."""
    agent = mail.seen.agent
    if agent is None or not above.strip():
        return
    actor = Actor(name=agent.name, role=Role.AGENT)
    planned = plan_for(work, parse(above), actor, internal=True)
    if planned.ok:
        planned = carry_out(work, planned, actor.label, relays=False)
    if planned.lines:
        data = transcript_data(planned, in_reply_to=mail.parsed.message_id)
        tell(work, agent.name, f"transcript:{mail.intake.id}", data)


def report(mail: Mail) -> Done:
    """An out-of-office, a bounce: recorded; never reopens, never answers, never stops a clock."""
    work = mail.work()
    delivery_event(work, mail.intake, mail.seen)
    return Done(work.save().id)


def own(mail: Mail) -> Done:
    """Our own mail came back: kept, and answered by nothing."""
    return Done(None, reason=f"own mail: {mail.seen.disposition.reason}")


def leave(mail: Mail) -> Done:
    """Somebody sent it from the shared mailbox, and it is no case's business; nor is it any mail's original."""
    return Done(None, IntakeState.LEFT, reason=mail.seen.access.row)


PERFORM: Mapping[Action, Callable[[Mail], Done]] = {
    Action.ACT: act,
    Action.NOTE: act,
    Action.LINK: follow,
    Action.LINK_TOLD: tell_why_not,
    Action.RATE: rate,
    Action.CONFIRM: confirm,
    Action.DENY: deny,
    Action.HOLD: hold,
    Action.ASK: ask,
    Action.RECORD_REPLY: record_reply,
    Action.COMMENT: comment,
    Action.PASSED_ON: passed_on,
    Action.OUTBOUND_TICKET: outbound_ticket,
    Action.FORWARDED_TICKET: forwarded_ticket,
    Action.ASK_SUPPLIER: ask_supplier,
    Action.SUPPLIER_ANSWER: supplier_answer,
    Action.APPEND: append,
    Action.APPEND_THIRD_PARTY: append_third_party,
    Action.NEW_TICKET: new_ticket,
    Action.DELIVERY_EVENT: report,
    Action.IGNORE_OWN: own,
    Action.LEAVE: leave,
}


def _why_not_acknowledge(mail: Mail) -> str:
    """Why the customer hears nothing automatic, "" when they do."""
    if mail.past:
        return PAST
    if mail.intake.origin != "live":
        return "was in the mailbox before mailsla was"
    schemes = [one.scheme for one in mail.services.settings.mailboxes]
    refused = refusal(
        mail.parsed,
        kind=mail.seen.disposition.kind,
        schemes=schemes,
        own_lists=mail.seen.mailbox.own_lists,
        folder=mail.intake.folder,
    )
    return refused.code if refused else ""

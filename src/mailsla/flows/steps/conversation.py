"""What a mail adds to a ticket's conversation: its message, its event, and who is told, on a ticket in hand."""

from collections.abc import Sequence

from mailsla.core.access.authentication import Result
from mailsla.core.access.loops import MUTE_SECONDS, last_person, storm
from mailsla.core.lifecycle import after_reply
from mailsla.core.mail.asked import only_thanks
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Data, Event, Instant, Intake, Message, Notice, Scalar, Status, StoredAttachment
from mailsla.core.notices import muted, reason_data, to_customer
from mailsla.core.triage.scope import scope_of
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.examine import Examination
from mailsla.flows.steps.raising import raise_priority
from mailsla.flows.steps.snoozing import wake
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.work import TicketWork

FROM_OUTSIDE = frozenset({"created", "customer_mail", "third_party_mail", "auto_reply", "bounced", "status_asked"})


def add_message(
    work: TicketWork,
    intake: Intake,
    mail: ParsedMail,
    kind: str,
    *,
    internal: bool = False,
    text: str | None = None,
    author: str = "",
    author_name: str = "",
    direction: str = "in",
) -> int:
    """Keep the mail as a message of the ticket; its id. `text` None: what the person newly wrote, signature and all."""
    sender = mail.sender or mail.display_sender
    message = Message(
        ticket_id=work.ticket.id,
        direction=direction,
        kind=kind,
        author=author or (sender.email if sender else ""),
        author_name=author_name or (sender.name if sender else ""),
        message_id=mail.message_id,
        references=tuple(dict.fromkeys((*mail.references, *mail.in_reply_to))),  # some clients write only the second
        subject=mail.subject,
        at=intake.received_at,
        text=mail.written if text is None else text,
        sha256=intake.sha256,
        intake_id=intake.id,
        internal=internal,
    )
    attachments = [
        StoredAttachment(
            message_id=0,
            name=one.name,
            type=one.type,
            size=one.size,
            sha256=one.sha256,
            part=one.part,
            inline=one.inline,
        )
        for one in mail.attachments
    ]
    return work.uow.tickets.add_message(message, attachments)


def from_customer(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """A participant wrote on their ticket: it opens again if it waited or was resolved, at the mail's receipt."""
    message = add_message(work, intake, seen.mail, "customer")
    actor = customer_actor(seen.mail)
    if seen.access.quiet:
        work.record_mail("unproven_mail", actor, {"message": message}, at=intake.received_at)
        tell_readers(work, message, "unproven")
        return
    wake(work, actor)
    before = work.ticket.status
    # Under way while we resolved or began to wait: it counts from then, or the clocks would stand still unanswered.
    at = max(intake.received_at, work.ticket.resolved_at or 0, work.ticket.waiting_since or 0)
    thanks = before is Status.RESOLVED and _only_thanks(seen.mail)
    stood, overtaken = before in (Status.WAITING_CUSTOMER, Status.RESOLVED), at < work.ticket.received_at
    data = {"message": message, **({"thanks": True} if thanks else {})}
    if thanks and scope_of(work.ticket) is not None:  # for the letter that sent them elsewhere: no complaint yet
        work.record_mail("customer_mail", actor, data, at=at)
        return
    flood = False
    if stood or overtaken:
        work.record("customer_mail", actor, data, at=at)
    else:
        flood = not work.record_mail("customer_mail", actor, data, at=at)
    if overtaken:  # by a later mail: the clocks start with it
        work.change(received_at=at)
    if stood:
        work.set_status(Status.OPEN, actor, at=at)
    watch_for_storm(work, flood=flood)
    if not thanks:
        raise_priority(work, seen.mail.reply_text)
    reopened = "thanks" if thanks else "reopened"
    tell_readers(work, message, reopened if before is Status.RESOLVED else "answer")


def from_third_party(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """Somebody else wrote to the customer's token: for agents' eyes, no acknowledgement, no new recipient."""
    message = add_message(work, intake, seen.mail, "third_party", internal=True)
    sender = customer_actor(seen.mail)
    recorded = work.record_mail("third_party_mail", sender, {"message": message}, at=intake.received_at)
    watch_for_storm(work, flood=not recorded)
    tell_readers(work, message, "third_party")


def comment(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """An agent's mail without a right to act: internal, never relayed."""
    message = add_message(work, intake, seen.mail, "comment", internal=True)
    name = seen.agent.name if seen.agent else ""
    actor = f"agent:{name}" if name else customer_actor(seen.mail)  # a released mail can be anyone's
    work.record_mail("comment", actor, {"message": message}, at=intake.received_at)
    proven = seen.auth.result is Result.PASS
    tell_readers(work, message, "comment", but=name if proven else "")  # if it was not them, they should know


def answered_directly(work: TicketWork, intake: Intake, seen: Examination) -> None:
    """An agent has written to the customer past us: it counts as the reply, and is relayed to nobody."""
    name = seen.colleague
    message = add_message(work, intake, seen.mail, "agent_reply", author=name)  # its Message-ID finds the ticket
    actor = f"agent:{name}"
    work.record("agent_reply", actor, {"message": message, "direct": True}, at=intake.received_at)
    work.change(answered=True)
    work.touched_by_person(actor)
    if not _written_since(work.events, intake.received_at):
        agreement = agreement_of(work.uow, work.services, work.ticket)
        policy = agreement.policy if agreement else None
        work.set_status(after_reply(work.ticket.status, policy, resolve=False, wait=False), actor)
    tell_readers(work, message, "answered", but=name)


def _written_since(events: Sequence[Event], at: Instant) -> bool:
    """Whether the customer wrote after an answer that we saw late: then nobody waits for them."""
    return any(event.type == "customer_mail" and event.at > at for event in events)


def acknowledge(work: TicketWork, refused: str, data: Data | None = None) -> None:
    """The customer is told that we have it. `data`: `received_at`, where that is not the ticket's first mail."""
    answer_by_itself(
        work, to_customer("acknowledgement", work.ticket, f"ack:{work.ticket.id}", work.now, data), refused
    )


def answer_by_itself(work: TicketWork, notice: Notice, refused: str) -> None:
    """An automatic answer to a mail; `refused` says why not, and the notice stays, visibly muted."""
    if refused:
        work.record("acknowledgement_refused", "mailsla", {"reason": refused})
    work.notify(muted(notice, refused) if refused else notice)


def tell_new(work: TicketWork, message: int | None, text: str = "") -> None:
    """Assignee or team read about a new ticket."""
    data = {"message": message} if message is not None else {"text": text}
    tell_agents(work, "agent_notification", f"new:{work.ticket.id}", data)


def tell_readers(work: TicketWork, message: int, what: str, *, but: str = "") -> None:
    """Assignee or team read what somebody wrote on a ticket."""
    tell_agents(work, "customer_answer", f"message:{message}", {"message": message, "what": what}, but=but)


def warn_of(work: TicketWork, seen: Examination) -> None:
    """What readers are warned of stands in the ticket's history; some of it the operator is told at once."""
    if seen.access.banner is not None:
        work.record_mail("banner", "mailsla", reason_data(seen.access.banner))


def watch_for_storm(work: TicketWork, *, flood: bool = False) -> None:
    """Two robots talking: mute the ticket's automatic mail to the outside for a day (mail.md section 6). `flood`: so
    many mails that this one is no event of its own.
    """
    counted = storm(_receipts(work.events), last_person(work.events), work.now)
    until = work.now + MUTE_SECONDS if flood else counted
    if until > work.ticket.muted_until:
        if work.ticket.muted_until <= work.now:
            work.record("muted", "mailsla", {"until": until})
            values: dict[str, Scalar] = {"reference": work.ticket.reference, "until": until}
            alert(work.uow, work.services, "ticket_muted", work.now, values, ticket_id=work.ticket.id)
        work.change(muted_until=until)


def customer_actor(mail: ParsedMail) -> str:
    """How the audit trail calls who wrote it."""
    sender = mail.sender or mail.display_sender
    return f"customer:{sender.email if sender else 'unknown'}"


def _only_thanks(mail: ParsedMail) -> bool:
    name = mail.sender.name if mail.sender else ""
    return only_thanks(mail.reply_text, name) and all(one.inline for one in mail.attachments)


def _receipts(events: Sequence[Event]) -> list[Instant]:
    return [event.at for event in events if event.type in FROM_OUTSIDE]

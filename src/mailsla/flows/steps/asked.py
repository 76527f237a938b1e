"""A customer's "status?" and their 1 to 5: answered or counted, and nobody is bothered; nothing is taken up again."""

from dataclasses import replace

from mailsla.core.access.authority import Action
from mailsla.core.mail.asked import asks_status, rating_with_words
from mailsla.core.notices import muted, to_customer
from mailsla.core.satisfaction import RATED, last_asked
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.examine import standing
from mailsla.flows.steps.inhand import Mail
from mailsla.flows.steps.satisfying import answered
from mailsla.flows.steps.work import TicketWork


def needs_no_person(mail: Mail, why_not_answer: str) -> TicketWork | None:
    """Deal with such a mail of a participant; None: it is none, and a person reads it.

    `why_not_answer`: why nothing automatic may answer it ("" = it may): then the notice stays, visibly muted.
    """
    seen = mail.seen
    sender = seen.mail.sender
    if sender is None or seen.access.quiet or any(not one.inline for one in seen.mail.attachments):
        return None
    asks = asks_status(seen.mail.reply_text, sender.name)
    rated = None if asks else rating_with_words(seen.mail.reply_text, sender.name)
    if not asks and rated is None:
        return None
    work = _on_its_ticket(mail, sender.email)
    if work is None or (rated is not None and not _about_asking(work, rated[1])):
        return None
    kind, text = ("status_question", None) if rated is None else ("rating", rated[1])
    message = talk.add_message(work, mail.intake, seen.mail, kind, text=text)
    actor, at = talk.customer_actor(seen.mail), mail.intake.received_at
    if rated is not None:
        answered(work, actor, message, *rated, at)
        return work
    work.record("status_asked", actor, {"message": message}, at=at)
    talk.watch_for_storm(work)
    notice = to_customer("status_answer", work.ticket, f"status:{message}", mail.now)
    notice = replace(notice, recipient=sender.email, person=sender.email)
    work.notify(muted(notice, why_not_answer) if why_not_answer else notice)
    return work


def _about_asking(work: TicketWork, words: str) -> bool:
    """Whether a number is an answer to our question; one with words below only where we have asked."""
    return work.ticket.status in RATED and (not words or last_asked(work.events) is not None)


def _on_its_ticket(mail: Mail, sender: str) -> TicketWork | None:
    """The ticket that the mail is about, a closed one too where its writer takes part in it."""
    access = mail.seen.access
    if access.action is Action.APPEND:
        return mail.work()
    closed = standing(mail.uow, access.link_to) if access.link_to is not None else None
    if closed is None or closed.status not in RATED or sender.lower() not in mail.uow.tickets.participants(closed.id):
        return None
    return TicketWork(mail.uow, mail.services, closed, mail.now, past=mail.past)

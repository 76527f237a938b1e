"""Somebody sent the mail of a link: its token alone says what is done (mail.md section 4)."""

from mailsla.core.access.facts import Held
from mailsla.core.commands.grammar import Command, Parsed
from mailsla.core.commands.plan import Plan
from mailsla.core.commands.situation import Actor
from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.asked import rating_comment
from mailsla.core.model import Reason
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.commanding import carry_out, plan_for
from mailsla.flows.steps.examine import person_of
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.satisfying import answered
from mailsla.flows.steps.transcripts import nothing_done, tell, transcript_data
from mailsla.flows.steps.work import TicketWork


def command_of(held: Held | None) -> Command | None:
    """The command that the token of an action link stands for; None: it is no such token."""
    if held is None or held.token.purpose != "action":
        return None
    verb, _, argument = held.token.value.partition(" ")
    return Command(verb, argument)


def follow(mail: Mail) -> Done:
    """Carry out the command, once; a transcript says what it did, or why not: then the link still works."""
    held, command = mail.seen.held, command_of(mail.seen.held)
    assert held is not None and command is not None  # the table comes here by an action token only
    work = mail.work()
    work.by_link = True
    person, role = person_of(mail.seen)
    planned = plan_for(work, Parsed((command,), "", ()), Actor(name=person, role=role))
    if planned.ok and not mail.uow.tickets.use_token(held.token.hash, mail.now):
        return tell_why_not(mail)
    message = _keep(mail, work, command, person)
    if planned.ok:
        planned = carry_out(work, planned, f"agent:{person}", relays=False, note=message)
    _answer(mail, work, person, planned)
    return Done(work.save().id)


def tell_why_not(mail: Mail) -> Done:
    """It was done before, or it is too late: said to the agent, at the registered address, and nothing else is done."""
    held, command = mail.seen.held, command_of(mail.seen.held)
    assert held is not None and command is not None
    work = mail.work()
    person, _ = person_of(mail.seen)
    _keep(mail, work, command, person)
    if held.token.used_at is not None:
        why = Reason("link_used", {"at": held.token.used_at})
    else:
        why = Reason("link_expired", {"until": held.token.expires_at, "command": command.shown})
    _answer(mail, work, person, nothing_done(TranscriptLine(command=command.shown, done=False, result=why)))
    return Done(work.save().id, reason=why.code)


def rate(mail: Mail) -> Done:
    """A customer's 1 to 5 by the links of a closing letter: the newest counts (satisfying.py).

    Nothing is taken up again. Once the link has expired it is kept, and counts no more.
    """
    held = mail.seen.held
    assert held is not None  # the table comes here by a rating token only
    work = mail.work()
    comment = rating_comment(mail.parsed.reply_text)
    message = talk.add_message(work, mail.intake, mail.parsed, "rating", text=comment)
    if held.expired:
        return Done(work.save().id, reason="link_expired")
    mail.uow.tickets.use_token(held.token.hash, mail.now)
    actor, at = talk.customer_actor(mail.parsed), mail.intake.received_at
    answered(work, actor, message, int(held.token.value), comment, at)
    return Done(work.save().id)


def _keep(mail: Mail, work: TicketWork, command: Command, person: str) -> int:
    """The mail as a message: of its text the command alone, the rest is our own."""
    return talk.add_message(work, mail.intake, mail.parsed, "command", text=command.shown, author=person, internal=True)


def _answer(mail: Mail, work: TicketWork, person: str, planned: Plan) -> None:
    data = transcript_data(planned, in_reply_to=mail.parsed.message_id) | {"by_link": True}
    tell(work, person, f"transcript:{mail.intake.id}", data)

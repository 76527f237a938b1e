"""A mail of one of us that may not do what it was meant to: its writer is told, at the registered address."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.commands.grammar import parse
from mailsla.core.directory import Agent
from mailsla.core.letters import TranscriptLine
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Reason, Ticket
from mailsla.core.notices import REST, to_agent
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.case import who
from mailsla.flows.steps.inhand import Done, Mail
from mailsla.flows.steps.transcripts import nothing_done, of_mail, transcript_data
from mailsla.flows.steps.work import TicketWork


def say_that_nothing_ran(mail: Mail, work: TicketWork) -> None:
    """Commands in a mail without the right to act do nothing."""
    parsed = parse(mail.parsed.reply_text)
    commands = [*(one.shown for one in parsed.commands), *(one.text for one in parsed.errors if one.text)]
    if mail.seen.agent is None or not commands:
        return
    lines = [TranscriptLine(command=one, done=False, result=Reason("command_no_right")) for one in commands]
    tell_sender(mail, work.ticket, mail.seen.agent, lines, unasked=not mail.seen.facts.proven)


def passed_on(mail: Mail) -> Done:
    """An agent passed on a letter of ours: a comment on its ticket, or on none; it opens none."""
    agent = mail.seen.agent
    assert agent is not None  # the table comes here by an agent's mail only
    number = mail.seen.access.ticket_id
    ticket = None
    if number is not None:
        work = mail.work()
        talk.warn_of(work, mail.seen)
        talk.comment(work, mail.intake, replace(mail.seen, mail=_without_ours(mail.parsed)))
        ticket = work.save()
    why = Reason("passed_on", {"command": "#assign"})
    tell_sender(mail, ticket, agent, [of_mail(why)], inside=ticket is None, unasked=not mail.seen.facts.proven)
    return Done(ticket.id if ticket else None, reason=mail.seen.access.row)


def _without_ours(mail: ParsedMail) -> ParsedMail:
    """The case holds that letter already: of a mail that passes it on in its text, what stands above it."""
    inline = next((one for one in mail.forwarded if not one.part), None)
    return replace(mail, reply_text=inline.above, signature="") if inline is not None else mail


def tell_who_used_anothers(mail: Mail, ticket: Ticket | None) -> None:
    """A colleague, and it is proven that it is them, who answers what was written to another of us."""
    agent, held = mail.seen.agent, mail.seen.held
    if agent is None or held is None or ticket is None or not mail.seen.facts.proven:
        return
    name = who(mail.services, f"agent:{held.token.person}")
    why = Reason("token_of_another", {"name": name, "intake": mail.intake.id})
    tell_sender(mail, ticket, agent, [of_mail(why)], key=":held")


def tell_sender(
    mail: Mail,
    ticket: Ticket | None,
    agent: Agent,
    lines: Sequence[TranscriptLine],
    *,
    inside: bool = False,
    unasked: bool = False,
    key: str = "",
) -> None:
    """A transcript: nothing was done.

    `inside`: an answer to it goes to no customer. `unasked`: anyone can cause it, so a flood of these becomes a list.
    `key`: where the mail may be dealt with again, once it is let go.
    """
    data = transcript_data(nothing_done(*lines), in_reply_to=mail.parsed.message_id) | {"inside": inside}
    if ticket is None:
        data["subject"] = mail.parsed.subject
    name = f"transcript:{mail.intake.id}{key}"
    notice = to_agent("transcript", ticket, agent, name, mail.now, mail.services.calendars, data)
    mail.uow.outbox.add_notices([replace(notice, urgency=REST) if unasked else notice])

"""Saved replies that commands name, filled with what they may state of the ticket in hand."""

from mailsla.core.commands.grammar import Parsed
from mailsla.core.model import PromiseState, Reason, Ticket
from mailsla.core.replies import ReplyValues, Saved
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.promises import as_promised, promises_now
from mailsla.flows.steps.work import TicketWork


def saved_replies(work: TicketWork, parsed: Parsed) -> dict[str, Saved | Reason]:
    """By name, or why they can't be filled; names that there are none of are left out."""
    known = work.services.letters.replies
    named = {one.argument.strip().lower() for one in parsed.commands if one.verb == "template"} & known.keys()
    if not named:
        return {}
    values, languages = _values(work), languages_for(work.services, work.ticket)
    return {name: _filled(work, name, languages, values) for name in named}


def languages_for(services: Services, ticket: Ticket) -> tuple[str, ...]:
    """In which a saved reply is looked for."""
    boxes = services.settings.mailboxes
    box = next((one for one in boxes if one.name == ticket.mailbox), boxes[0])
    return ticket.language, box.language, "en"


def _filled(work: TicketWork, name: str, languages: tuple[str, ...], values: ReplyValues) -> Saved | Reason:
    try:
        return work.services.letters.saved_reply(name, languages, values, work.now)
    except PermanentError as error:
        return Reason("template_broken", {"name": name, "error": error.message})


def _values(work: TicketWork) -> ReplyValues:
    """A name that nothing proves is not used, as in all letters (mail.md section 6)."""
    ticket = work.ticket
    team = work.services.settings.directory.teams.get(ticket.team or "")
    stated = promises_now(work.uow, work.services, ticket, work.events, work.now)
    ahead = [one for one in stated if one.state is PromiseState.OPEN and one.until > work.now]
    first = min(ahead, key=lambda one: one.until, default=None)
    return ReplyValues(
        name=ticket.requester_name if ticket.verified or ticket.answered else "",
        reference=ticket.reference,
        team=team.display_name if team else "",
        promised=as_promised(first) if first else None,
        zone=ticket.zone,
    )

"""A manager answers a customer who was not content: what was settled, or closed, is open again with that answer."""

from dataclasses import replace

from mailsla.core.commands.changes import SetStatus
from mailsla.core.commands.grammar import Parsed
from mailsla.core.commands.plan import Plan
from mailsla.core.commands.situation import Actor
from mailsla.core.letters import TranscriptLine
from mailsla.core.model import Reason, Status
from mailsla.core.satisfaction import RATED
from mailsla.flows.steps.commanding import plan_for
from mailsla.flows.steps.inhand import Mail
from mailsla.flows.steps.work import TicketWork

TAKES_UP = "takes up"  # the value of the token of such a letter


def may_take_up(mail: Mail, work: TicketWork) -> bool:
    """Whether the mail replies to a letter about a low score, on a case that is still settled."""
    held = mail.seen.held
    return held is not None and held.token.value == TAKES_UP and work.ticket.status in RATED


def plan_taken_up(work: TicketWork, parsed: Parsed, actor: Actor) -> Plan:
    """As on an open case, and it is opened first."""
    settled = work.ticket
    work.change(status=Status.OPEN, resolved_at=None, closed_at=None)
    planned = plan_for(work, parsed, actor)
    work.ticket = settled
    if not planned.ok or planned.help:
        return planned
    line = TranscriptLine(command="", done=True, result=Reason("reopened"))
    return replace(planned, changes=(SetStatus(Status.OPEN), *planned.changes), lines=(line, *planned.lines))

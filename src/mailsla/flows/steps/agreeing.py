"""Other agreements for a ticket in hand, because something that policies look at has changed (sla.md section 4)."""

from mailsla.core.model import ENDED
from mailsla.core.triage.scope import scope_of
from mailsla.flows.steps.terms import agreed, agreements_for
from mailsla.flows.steps.work import TicketWork


def agree_anew(work: TicketWork, actor: str) -> bool:
    """Whether other agreements count now for what the ticket has become; what has elapsed is carried over."""
    ticket = work.ticket
    if ticket.status in ENDED or scope_of(ticket) is not None:
        return False
    after, data = agreed(ticket, agreements_for(work.uow, work.services, ticket, work.now))
    if (after.policy_version, after.tracks) == (ticket.policy_version, ticket.tracks):
        return False
    if after.policy_version == ticket.policy_version:
        new = sorted(track for track, version in after.tracks.items() if ticket.tracks.get(track) != version)
        data = {**data, "policy": "", "beside": ", ".join(new)}
    work.record("policy", actor, data)
    work.change(policy_version=after.policy_version, tracks=after.tracks)
    return True

"""Whoever works on a ticket is written to; where nobody does, the operator is."""

from mailsla.core.assignment import readers
from mailsla.core.model import Data
from mailsla.core.notices import INSTEAD_OF, to_agent, to_operator
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.work import TicketWork


def tell_agents(work: TicketWork, kind: str, key: str, data: Data, *, but: str = "") -> None:
    """A letter of this kind to each reader of the ticket, except the agent `but`, who wrote it.

    Who stands in for an absent assignee reads for whom.
    """
    settings = work.services.settings
    reading = readers(directory_now(work.uow, work.services, work.now), work.ticket, settings.triage.default_team)
    for one in reading:
        if one.agent.name != but:
            told = {**data, INSTEAD_OF: one.instead_of} if one.instead_of else data
            work.notify(to_agent(kind, work.ticket, one.agent, key, work.now, work.services.calendars, told))
    if not reading:
        work.notify(to_operator(kind, settings.operator, key, work.now, data, work.ticket.id))

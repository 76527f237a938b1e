"""Whoever works on a ticket is written to; where nobody does, the operator is."""

from mailsla.core.assignment import readers
from mailsla.core.model import Data
from mailsla.core.notices import to_agent, to_operator
from mailsla.flows.steps.work import TicketWork


def tell_agents(work: TicketWork, kind: str, key: str, data: Data, *, but: str = "") -> None:
    """A letter of this kind to each reader of the ticket, except the agent `but`, who wrote it."""
    settings = work.services.settings
    agents = readers(settings.directory, work.ticket, settings.triage.default_team)
    for agent in agents:
        if agent.name != but:
            work.notify(to_agent(kind, work.ticket, agent, key, work.now, work.services.calendars, data))
    if not agents:
        work.notify(to_operator(kind, settings.operator, key, work.now, data, work.ticket.id))

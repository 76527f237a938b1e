"""Whom a level of a ladder names: role, team, person, address -> people (sla.md section 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.assignment import present_members
from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Ticket


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person of the directory, or a bare address (the operator's, or one that the ladder names)."""

    agent: Agent | None
    address: str

    @property
    def called(self) -> str:
        """How people inside call them."""
        return (self.agent.display_name or self.agent.name) if self.agent else self.address


def recipients(directory: Directory, ticket: Ticket, to: Sequence[str], operator: str) -> tuple[Recipient, ...]:
    """Each once, in the order of `to`; empty when the level finds nobody."""
    found: dict[str, Recipient] = {}
    for name in to:
        for recipient in _named(directory, ticket, name, operator):
            found.setdefault(recipient.address.lower(), recipient)
    return tuple(found.values())


def _named(directory: Directory, ticket: Ticket, name: str, operator: str) -> list[Recipient]:
    name = name.removeprefix("role:")
    if name == "operator":
        return [Recipient(None, operator)]
    if name == "assignee":
        assignee = directory.agents.get(ticket.assignee or "")
        agents = [assignee] if assignee else []
    elif name == "team":
        agents = list(present_members(directory, ticket.team))
    elif name == "manager":
        manager = directory.manager_of(ticket.assignee, ticket.team)
        agents = [manager] if manager else []
    elif name in directory.agents:
        agents = [directory.agents[name]]
    elif name in directory.teams:
        agents = list(present_members(directory, name))
    else:
        return [Recipient(None, name)] if "@" in name else []
    return [Recipient(agent, agent.email) for agent in agents if not agent.absent]

"""Whom a level of a ladder names: role, team, person, address -> people (sla.md section 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.assignment import Read, in_place_of, present_members
from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Ticket

OPERATOR = "operator"  # the role that is always filled


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person of the directory, or a bare address (the operator's, or one that the ladder names).

    `instead_of`: the absent agent for whom they are told, "" = in their own right.
    """

    agent: Agent | None
    address: str
    instead_of: str = ""

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
    role = name.removeprefix("role:")
    if role == OPERATOR:
        return [Recipient(None, operator)]
    if role in directory.roles and role != name:
        return _people(directory, directory.roles[role], None)
    if name == "assignee":
        return _people(directory, [ticket.assignee or ""], ticket.team)
    if name == "team" or name in directory.teams:
        team = ticket.team if name == "team" else name
        return [_recipient(Read(agent)) for agent in present_members(directory, team)]
    if name == "manager":
        manager = directory.manager_of(ticket.assignee, ticket.team)
        return _people(directory, [manager.name] if manager else [], None)
    if name in directory.agents:
        return _people(directory, [name], None)
    return [Recipient(None, name)] if "@" in name else []


def _people(directory: Directory, names: Sequence[str], team: str | None) -> list[Recipient]:
    """These agents, or who stands in for them."""
    agents = [directory.agents[name] for name in names if name in directory.agents]
    return [_recipient(one) for agent in agents for one in in_place_of(directory, agent, team)]


def _recipient(read: Read) -> Recipient:
    return Recipient(read.agent, read.agent.email, read.instead_of)

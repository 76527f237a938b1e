"""Who gets a ticket: the team's members in turn (ITIL: assignment); who reads its mail, and who stands in for whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Ticket


@dataclass(frozen=True, slots=True)
class Read:
    """An agent who is written to; `instead_of`: the absent one for whom they read it, "" = in their own right."""

    agent: Agent
    instead_of: str = ""


def round_robin(directory: Directory, team: str | None, last: str | None) -> str | None:
    """The present member after `last` in the team's order; None when nobody is there or the team assigns by hand."""
    if team is None or team not in directory.teams or directory.teams[team].assignment != "round_robin":
        return None
    members = directory.teams[team].members
    start = members.index(last) + 1 if last in members else 0
    present = {agent.name for agent in present_members(directory, team)}
    return next((name for name in (*members[start:], *members[:start]) if name in present), None)


def readers(directory: Directory, ticket: Ticket, default_team: str) -> tuple[Read, ...]:
    """Who is written to about a ticket: its assignee or who stands in for them, else the present members of its team,
    else of the default team, else every present agent: a complaint always has a reader."""
    assignee = directory.agents.get(ticket.assignee or "")
    if assignee is not None and (found := in_place_of(directory, assignee, ticket.team)):
        return found
    for team in (ticket.team, default_team):
        present = present_members(directory, team)
        if present:
            return tuple(Read(agent) for agent in present)
    return tuple(Read(agent) for agent in _present(directory, directory.agents))


def in_place_of(directory: Directory, agent: Agent, team: str | None) -> tuple[Read, ...]:
    """Who reads what is for an agent: they, else their deputy (or the deputy's), else the present members of the team,
    else their manager; nobody when none of them is here."""
    if directory.away_now(agent.name) is None:
        return (Read(agent),)
    deputy = deputy_of(directory, agent.name)
    manager = directory.manager_of(agent.name, team)
    found: Iterable[Agent] = (deputy,) if deputy else present_members(directory, team)
    found = tuple(found) or tuple(_present(directory, [manager.name] if manager else []))
    return tuple(Read(one, agent.name) for one in found if one.name != agent.name)


def deputy_of(directory: Directory, name: str) -> Agent | None:
    """The first in the chain of deputies who is here; None where it ends, or comes back to somebody in it."""
    seen = {name}
    while (away := directory.away_now(name)) is not None:
        name = away.deputy
        if name in seen or name not in directory.agents:
            return None
        seen.add(name)
    return directory.agents[name]


def present_members(directory: Directory, team: str | None) -> tuple[Agent, ...]:
    """The members of a team who are not absent, in the team's order."""
    found = directory.teams.get(team or "")
    return tuple(_present(directory, found.members)) if found else ()


def _present(directory: Directory, names: Iterable[str]) -> Iterable[Agent]:
    here = (name for name in names if name in directory.agents and directory.away_now(name) is None)
    return (directory.agents[name] for name in here)

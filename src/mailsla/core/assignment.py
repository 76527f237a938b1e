"""Who gets a ticket: the team's members in turn (ITIL: assignment), and who reads its mail."""

from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Ticket


def round_robin(directory: Directory, team: str | None, last: str | None) -> str | None:
    """The present member after `last` in the team's order; None when nobody is there or the team assigns by hand."""
    if team is None or team not in directory.teams or directory.teams[team].assignment != "round_robin":
        return None
    members = directory.teams[team].members
    start = members.index(last) + 1 if last in members else 0
    turn = (*members[start:], *members[:start])
    return next((name for name in turn if name in directory.agents and not directory.agents[name].absent), None)


def readers(directory: Directory, ticket: Ticket, default_team: str) -> tuple[Agent, ...]:
    """Who is written to about a ticket: its assignee, else the present members of its team, else of the default
    team, else every present agent: a complaint always has a reader."""
    assignee = directory.agents.get(ticket.assignee or "")
    if assignee is not None and not assignee.absent:
        return (assignee,)
    for team in (ticket.team, default_team):
        present = present_members(directory, team)
        if present:
            return present
    return tuple(agent for agent in directory.agents.values() if not agent.absent)


def present_members(directory: Directory, team: str | None) -> tuple[Agent, ...]:
    """The members of a team who are not absent, in the team's order."""
    if team is None or team not in directory.teams:
        return ()
    members = (directory.agents[name] for name in directory.teams[team].members if name in directory.agents)
    return tuple(agent for agent in members if not agent.absent)

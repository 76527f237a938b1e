"""Who gets a ticket: the team's members in turn, or who has the fewest (ITIL: assignment); who reads its mail, and who
stands in for whom."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Ticket


@dataclass(frozen=True, slots=True)
class Read:
    """An agent who is written to; `instead_of`: the absent one for whom they read it, "" = in their own right."""

    agent: Agent
    instead_of: str = ""


BY_HAND, IN_TURN, LEAST_LOADED = "manual", "round_robin", "least_loaded"
ASSIGNMENTS = (IN_TURN, LEAST_LOADED, BY_HAND)
Load = Mapping[str, int]  # tickets that an agent has to do something about, by name; none: 0


def assignee_of(
    directory: Directory, team: str | None, last: str | None, load_of: Callable[[Sequence[str]], Load]
) -> str | None:
    """Who of the team gets its next ticket; None when nobody is there or the team assigns by hand.

    `last`: who got the one before. In turn: the present member after them in the team's order. Least loaded: the
    present member with the fewest, of several the first in turn; `load_of` is asked for that alone.
    """
    found = directory.teams.get(team or "")
    if found is None or found.assignment == BY_HAND:
        return None
    start = found.members.index(last) + 1 if last in found.members else 0
    present = {agent.name for agent in present_members(directory, team)}
    turn = [name for name in (*found.members[start:], *found.members[:start]) if name in present]
    if found.assignment == LEAST_LOADED and len(turn) > 1:
        load = carried(directory, load_of(tuple(directory.agents)))
        return min(turn, key=lambda name: load[name])  # min takes the first of equals
    return turn[0] if turn else None


def carried(directory: Directory, own: Load) -> Load:
    """What each present agent has to do: their own tickets, and those of the absent for whom they stand in."""
    total = {name: own.get(name, 0) for name in directory.agents}
    for name in directory.agents:
        deputy = deputy_of(directory, name) if directory.away_now(name) is not None else None
        if deputy is not None:
            total[deputy.name] += own.get(name, 0)
    return total


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

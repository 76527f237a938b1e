"""Who of ours gets a report: names of the configuration -> people, each once."""

from collections.abc import Iterator, Sequence

from mailsla.core.directory import Agent, Directory
from mailsla.core.ladder import OPERATOR

MANAGERS = "manager"  # of a team or of an agent


def readers(directory: Directory, names: Sequence[str], operator: str) -> list[Agent | str]:
    """Agents, and addresses of who is none. A name that nobody has is passed over: the configuration was checked."""
    found: dict[str, Agent | str] = {}
    for name in names:
        for one in _named(directory, name, operator):
            found.setdefault((one if isinstance(one, str) else one.email).lower(), one)
    return list(found.values())


def _named(directory: Directory, name: str, operator: str) -> Iterator[Agent | str]:
    role = name.removeprefix("role:")
    if name == f"role:{OPERATOR}":
        yield operator
    elif name == MANAGERS:
        teams, agents = directory.teams.values(), directory.agents.values()
        managers = sorted({*(one.manager for one in teams), *(one.manager for one in agents)} & set(directory.agents))
        yield from (directory.agents[one] for one in managers)
    elif role != name:
        yield from (directory.agents[one] for one in directory.roles.get(role, ()) if one in directory.agents)
    elif "@" in name:
        yield name
    elif name in directory.agents:
        yield directory.agents[name]

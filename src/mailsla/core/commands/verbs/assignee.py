"""Whose the ticket is: `#take`, `#assign`, `#handover`."""

from mailsla.core.assignment import deputy_of
from mailsla.core.commands.changes import Assign, HandOver
from mailsla.core.commands.grammar import FORMS, closest
from mailsla.core.commands.situation import Actor, Done, Outcome, Refused, Situation
from mailsla.core.directory import Agent, Directory, Team
from mailsla.core.model import Reason


def take(_text: str, situation: Situation) -> Outcome:
    """To who commands, who must be an agent."""
    agent = situation.directory.agents.get(situation.actor.name)
    if agent is None:
        return Refused(Reason("take_no_agent", {"name": situation.actor.name}), FORMS["assign"].usage)
    return _assigned(agent, situation)


def assign(wanted: str, situation: Situation) -> Outcome:
    """To an agent by name, display name or address; "me" is who commands. One who is absent is refused."""
    directory = situation.directory
    agent = _agent(wanted.removeprefix("@"), directory, situation.actor)
    if agent is None:
        near = closest(wanted.removeprefix("@"), _names(directory))
        near = next((a.name for a in directory.agents.values() if near in (a.name, a.display_name)), "") if near else ""
        reason = Reason("assign_unknown", {"name": wanted[:80], "known": ", ".join(sorted(directory.agents)[:20])})
        return Refused(reason, f"#assign {near}" if near else "")
    if directory.away_now(agent.name) is not None and agent.name != situation.actor.name:
        deputy = deputy_of(directory, agent.name)
        values = {"name": agent.name, "deputy": deputy.name if deputy else ""}
        return Refused(Reason("assign_absent", values), f"#assign {deputy.name}" if deputy else "")
    return _assigned(agent, situation)


def handover(wanted: str, situation: Situation) -> Outcome:
    """To a team by its name or display name; the text below goes along as a note."""
    teams = situation.directory.teams
    words = {word.lower(): one for one in teams.values() for word in (one.display_name, one.name) if word}
    found = words.get(wanted.lower())
    if found is None:
        near = closest(wanted, tuple(words)) or closest(wanted.partition(" ")[0], tuple(words))
        known = ", ".join(sorted(teams)[:20])
        reason = Reason("handover_unknown", {"team": wanted[:80], "known": known or "-"})
        return Refused(reason, f"#handover {words[near].name}" if near else "")
    if situation.ticket.team == found.name:
        return Refused(Reason("handover_already", {"team": called(found)}), FORMS["assign"].usage)
    return Done(Reason("handed_over", {"team": called(found)}), HandOver(found.name))


def called(team: Team) -> str:
    """As people here call it."""
    return team.display_name or team.name


def _agent(wanted: str, directory: Directory, actor: Actor) -> Agent | None:
    """By short name, display name or address; "me" is who commands."""
    wanted = wanted.lower()
    if wanted == "me":
        return directory.agents.get(actor.name)
    matches = [a for a in directory.agents.values() if wanted in (a.name.lower(), a.display_name.lower())]
    return matches[0] if len(matches) == 1 else directory.agent_by_email(wanted)


def _names(directory: Directory) -> list[str]:
    return [name for agent in directory.agents.values() for name in (agent.name, agent.display_name) if name]


def _assigned(agent: Agent, situation: Situation) -> Outcome:
    if situation.ticket.assignee == agent.name:
        return Done(Reason("assign_already", {"name": agent.name}))
    team = situation.directory.team_of(agent.name)
    return Done(Reason("assigned", {"name": agent.name}), Assign(agent.name, team.name if team else None))

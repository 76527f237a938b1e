"""Who is here: agents as a person lists them, and their absences set by the CLI; the same decision as by mail."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.absence import Absence, with_absences
from mailsla.core.assignment import deputy_of
from mailsla.core.commands.absent import Away, Decision, absent
from mailsla.core.commands.changes import BeginAbsence, EndAbsence
from mailsla.core.commands.grammar import closest
from mailsla.core.digest import said_of
from mailsla.core.directory import Agent
from mailsla.core.directory import Away as Gone
from mailsla.core.model import Instant, Reason, Ticket
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps import presence
from mailsla.flows.steps.digests import switch
from mailsla.flows.steps.standing_in import OPEN
from mailsla.ports.store import UnitOfWork

MOST = 1000  # open tickets that are counted or listed


@dataclass(frozen=True, slots=True)
class Presence:
    """An agent as of `at`. `away`: None = here. `stands_in`: who reads for them now, None = team or manager."""

    agent: Agent
    at: Instant
    teams: Sequence[str]
    away: Gone | None
    stands_in: Agent | None
    coming: Sequence[Absence]  # that are not over, by start
    open: Sequence[Ticket]


def listed(services: Services) -> list[Presence]:
    """All agents, as configured."""
    with services.store.begin() as uow:
        return [_presence(uow, services, agent) for agent in services.settings.directory.agents.values()]


def shown(services: Services, name: str) -> tuple[Presence, list[Absence]]:
    """One agent, and all their absences, newest first. Raises PermanentError when there is no such agent."""
    agent = known(services, name)
    with services.store.begin() as uow:
        return _presence(uow, services, agent), uow.absences.of(agent.name)


def set_absent(services: Services, name: str, dates: str, user: str) -> Decision:
    """Begin or end an absence. Raises PermanentError when there is no such agent."""
    agent = known(services, name)
    now = services.now()
    with services.store.begin() as uow:
        away = Away(
            agent=agent,
            zone=services.zone(agent.zone),
            directory=services.settings.directory,
            standing=uow.absences.standing(now),
            set_by=f"cli:{user}",
            now=now,
        )
        decided = absent(dates, away)
        if decided.begins is not None:
            presence.apply(uow, BeginAbsence(decided.begins), now)
        elif decided.ends is not None:
            presence.apply(uow, EndAbsence(decided.ends), now)
        uow.commit()
    return decided


def switch_digests(services: Services, name: str, which: Sequence[str], on: bool) -> list[Reason]:
    """The daily digests of an agent, off or on again. Raises PermanentError when there is no such agent."""
    agent, now = known(services, name), services.now()
    with services.store.begin() as uow:
        for one in which:
            switch(uow, one, agent.name, on, now)
        uow.commit()
    return [said_of(one, on) for one in which]


def known(services: Services, name: str) -> Agent:
    """By short name, display name or address. Raises PermanentError when there is no such agent."""
    agents = services.settings.directory.agents
    word = name.lower()
    found = [one for one in agents.values() if word in (one.name.lower(), one.display_name.lower(), *one.emails)]
    if len(found) == 1:
        return found[0]
    near = closest(name, tuple(agents))
    mend = f'did you mean "{near}"?' if near else f"there are: {', '.join(sorted(agents)) or 'none'}"
    raise PermanentError(f'there is no agent "{name}"', mend)


def _presence(uow: UnitOfWork, services: Services, agent: Agent) -> Presence:
    now = services.now()
    standing = uow.absences.standing(now)
    directory = with_absences(services.settings.directory, standing, now)
    away = directory.away_now(agent.name)
    return Presence(
        agent=agent,
        at=now,
        teams=[team.name for team in directory.teams.values() if agent.name in team.members],
        away=away,
        stands_in=deputy_of(directory, agent.name) if away else None,
        coming=[one for one in standing if one.agent == agent.name],
        open=uow.tickets.listed(statuses=OPEN, assignee=agent.name, limit=MOST),
    )

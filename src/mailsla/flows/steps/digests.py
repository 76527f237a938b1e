"""The digests of each morning: when each person's is due, and whether it goes out; once a day, whatever happens."""

from dataclasses import replace

from mailsla.core.absence import with_absences
from mailsla.core.digest import CASES, DIGESTS, TEAMS, local_date, next_at
from mailsla.core.model import Instant, Moment, Role
from mailsla.core.notices import reachable_at, to_agent
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork

KIND = "digest"
LETTERS = {CASES: "agent_digest", TEAMS: "manager_digest"}
DIGEST_OF = {kind: which for which, kind in LETTERS.items()}


def plan_digests(uow: UnitOfWork, services: Services, now: Instant) -> None:
    """The next moment of each person's digests; one that is due already stays."""
    for which in DIGESTS:
        people = services.settings.directory.agents.values() if _wanted(services, which) else ()
        for agent in people:
            at = next_at(services.settings.digests.at, services.zone(agent.zone), now)
            uow.clocks.bring_forward(Moment(kind=KIND, key=f"{which}:{agent.name}", at=at))


def digest_due(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """The notice of today's, and the next moment. What it says is gathered when its letter is made.

    One moment a person, however long mailsla was away, and one notice a local date: it is never said twice.
    """
    which, _, name = moment.key.partition(":")
    agent = services.settings.directory.agents.get(name)
    if agent is None or not _wanted(services, which):
        return
    zone = services.zone(agent.zone)
    again = next_at(services.settings.digests.at, zone, now)
    uow.clocks.set_moment(replace(moment, at=again))
    today = local_date(now, zone)
    moved = local_date(again, zone) == today  # the hour was set to a later one: it is not yet time
    closed = local_date(reachable_at(agent, services.calendars, now), zone) != today
    away = with_absences(services.settings.directory, uow.absences.standing(now), now).away_now(name) is not None
    if moved or closed or away or is_off(uow, which, name):
        return
    role = Role.AGENT if which == CASES else Role.MANAGER
    key = f"digest:{which}:{today.isoformat()}"
    uow.outbox.add_notices([to_agent(LETTERS[which], None, agent, key, now, services.calendars, role=role)])


def is_off(uow: UnitOfWork, which: str, name: str) -> bool:
    """Whether somebody switched it off for them."""
    return uow.occasions.when(_off(which, name)) is not None


def switch(uow: UnitOfWork, which: str, name: str, on: bool, now: Instant) -> bool:
    """Off, or on again; False: it was so already."""
    if is_off(uow, which, name) is not on:
        return False
    if on:
        uow.occasions.forget(_off(which, name))
    else:
        uow.occasions.note(_off(which, name), now)
    return True


def _off(which: str, name: str) -> str:
    return f"digest_off:{which}:{name}"


def _wanted(services: Services, which: str) -> bool:
    """Of any agent: who manages nobody, and stands in for no manager, has nothing to be told of teams."""
    settings = services.settings.digests
    return settings.agents if which == CASES else settings.managers

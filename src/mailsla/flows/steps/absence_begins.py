"""An absence's first instant, on an open unit: its agent's work goes to who stands in, who hears of it once."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.absence import Absence
from mailsla.core.assignment import Read, in_place_of
from mailsla.core.directory import Agent
from mailsla.core.model import Instant, Moment, NoticeState
from mailsla.core.notices import AT_ONCE, INSTEAD_OF, reachable_at, to_agent, to_operator
from mailsla.flows.services import Services
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.reassigning import Given, of_absent
from mailsla.ports.store import UnitOfWork


def begins(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """An absence's first instant: what waits for its agent is handed over, and who stands in hears what is open."""
    absence = uow.absences.get(int(moment.key))
    agent = services.settings.directory.agents.get(absence.agent) if absence else None
    if absence is None or agent is None or absence.cancelled_at is not None or absence.ends <= now:
        return
    directory = directory_now(uow, services, now)
    team = directory.team_of(agent.name)
    stand_ins = in_place_of(directory, agent, team.name if team else None)
    given = of_absent(uow, services, directory, agent.name, absence.ends, now)
    _hand_over(uow, services, agent, stand_ins, now)
    also = [Read(directory.agents[name], agent.name) for name in given]
    readers = {read.agent.name: read for read in (*stand_ins, *also)}
    _tell(uow, services, absence, tuple(readers.values()), given, now)


def _hand_over(uow: UnitOfWork, services: Services, agent: Agent, stand_ins: Sequence[Read], now: Instant) -> None:
    """Notices that wait for the agent's opening hours would be read when they are back."""
    for notice in uow.outbox.pending_for(agent.email):
        if notice.person != agent.name or notice.kind in AT_ONCE or not stand_ins:
            continue
        told = [
            replace(
                notice,
                id=0,
                key=f"{notice.key}>{one.agent.name}",
                recipient=one.agent.email,
                person=one.agent.name,
                not_before=reachable_at(one.agent, services.calendars, now),
                data={**notice.data, INSTEAD_OF: agent.name},
            )
            for one in stand_ins
        ]
        uow.outbox.add_notices(told)
        uow.outbox.settle_notice(notice.id, NoticeState.CANCELLED, f"{agent.name} is absent: handed over")


def _tell(
    uow: UnitOfWork, services: Services, absence: Absence, who: Sequence[Read], given: Given, now: Instant
) -> None:
    """One letter to each: what is theirs now, and what they read for the absent agent."""
    about = {INSTEAD_OF: absence.agent, "until": absence.ends}
    key = f"absence:{absence.id}"
    told = []
    for one in who:
        data = {**about, "given": given.get(one.agent.name, [])}
        told.append(to_agent("stand_in", None, one.agent, key, now, services.calendars, data))
    uow.outbox.add_notices(told or [to_operator("stand_in", services.settings.operator, key, now, about)])

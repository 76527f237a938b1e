"""Who is here at a time, and what begins with an absence: its agent's work goes to who stands in, on an open unit."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.absence import Absence, with_absences
from mailsla.core.assignment import Read, in_place_of
from mailsla.core.commands.changes import BeginAbsence, OfAgents
from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Instant, Moment, NoticeState
from mailsla.core.notices import AT_ONCE, INSTEAD_OF, reachable_at, to_agent, to_operator
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


def directory_now(uow: UnitOfWork, services: Services, now: Instant) -> Directory:
    """The directory with who is away at `now`."""
    return with_absences(services.settings.directory, uow.absences.standing(now), now)


def apply(uow: UnitOfWork, change: OfAgents, now: Instant) -> None:
    """Write an absence down, or its end before its time."""
    if isinstance(change, BeginAbsence):
        number = uow.absences.add(change.absence)
        uow.clocks.set_moment(Moment(kind="absence", key=str(number), at=change.absence.starts))
    else:
        uow.absences.cancel(change.absence.id, now)


def begins(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """An absence's first instant: what waits for its agent is handed over, and who stands in hears what is open."""
    absence = uow.absences.get(int(moment.key))
    agent = services.settings.directory.agents.get(absence.agent) if absence else None
    if absence is None or agent is None or absence.cancelled_at is not None or absence.ends <= now:
        return
    directory = directory_now(uow, services, now)
    team = directory.team_of(agent.name)
    stand_ins = in_place_of(directory, agent, team.name if team else None)
    _hand_over(uow, services, agent, stand_ins, now)
    _tell(uow, services, absence, stand_ins, now)


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


def _tell(uow: UnitOfWork, services: Services, absence: Absence, stand_ins: Sequence[Read], now: Instant) -> None:
    data = {INSTEAD_OF: absence.agent, "until": absence.ends}
    key = f"absence:{absence.id}"
    told = [to_agent("stand_in", None, one.agent, key, now, services.calendars, data) for one in stand_ins]
    uow.outbox.add_notices(told or [to_operator("stand_in", services.settings.operator, key, now, data)])

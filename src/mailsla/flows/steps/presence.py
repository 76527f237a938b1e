"""Who is here at a time; absences are written down, on an open unit (absence_begins.py has what follows)."""

from mailsla.core.absence import with_absences
from mailsla.core.commands.changes import BeginAbsence, OfAgents
from mailsla.core.directory import Directory
from mailsla.core.model import Instant, Moment
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

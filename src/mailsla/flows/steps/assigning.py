"""Who gets a ticket of a team now, on an open unit of work."""

from mailsla.core.assignment import assignee_of
from mailsla.core.directory import Directory
from mailsla.core.model import Status
from mailsla.ports.store import UnitOfWork

# What an agent has to do something about; who waits for the customer has done their part.
LOAD = (Status.NEW, Status.OPEN, Status.WAITING_THIRD_PARTY)


def next_assignee(uow: UnitOfWork, here: Directory, team: str | None, last: str | None = None) -> str | None:
    """`here`: the directory with who is away now; `last`: who got the one before, if not of the newest ticket.
    None: nobody is here, or the team assigns by hand."""
    if last is None and team is not None:
        last = uow.tickets.last_assignee(team)
    return assignee_of(here, team, last, lambda agents: uow.tickets.load(agents, [one.value for one in LOAD]))

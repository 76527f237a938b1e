"""Open cases in bulk, as rows of a list: each with the clock that runs out first; for digests and the board."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.directory import Directory
from mailsla.core.model import ClockRow, Instant, Ticket
from mailsla.core.sla.timer import ClockState
from mailsla.flows.services import Services
from mailsla.flows.steps.standing_in import OPEN
from mailsla.flows.steps.terms import agreements_of
from mailsla.ports.store import UnitOfWork

MOST = 5000  # open cases that are looked at, the newest


@dataclass(frozen=True, slots=True)
class Open:
    """A case. `due` None: no clock of it runs. `left`: open seconds; of a late one clock seconds since it was due."""

    ticket: Ticket
    metric: str = ""
    of: str = ""
    due: Instant | None = None
    left: int = 0
    late: bool = False


def open_cases(uow: UnitOfWork, services: Services, now: Instant) -> list[Open]:
    """All that are open, in no order. The clocks are those that the database keeps for lists."""
    tickets = uow.tickets.listed(statuses=OPEN, limit=MOST)
    clocks = uow.clocks.of_tickets([one.id for one in tickets])
    return [_open(uow, services, one, clocks[one.id], now) for one in tickets]


def name_of(directory: Directory, agent: str | None) -> str:
    """An agent as people call them; "" for nobody."""
    found = directory.agents.get(agent or "")
    return (found.display_name or found.name) if found else agent or ""


def team_name(directory: Directory, team: str | None) -> str:
    """A team as people call it; "" for none."""
    found = directory.teams.get(team or "")
    return (found.display_name or found.name) if found else team or ""


def _open(uow: UnitOfWork, services: Services, ticket: Ticket, clocks: Sequence[ClockRow], now: Instant) -> Open:
    running = [(due, one) for one in clocks if (due := _due(one)) is not None]
    if not running:
        return Open(ticket)
    due, clock = min(running, key=lambda pair: pair[0])
    left = now - due
    if due >= now and (agreement := agreements_of(uow, services, ticket).get(clock.track)) is not None:
        left = agreement.calendar.elapsed(now, due)
    of = clock.track.rpartition(":")[2]
    return Open(ticket, metric=clock.metric, of=of, due=due, left=left, late=due < now)


def _due(clock: ClockRow) -> Instant | None:
    """When a clock that runs is due, or was; None for one that stands still."""
    if clock.state != ClockState.RUNNING:
        return None
    return clock.due if clock.due is not None else max(clock.breached_at, default=None)

"""The list of open cases for who stands in for an absent agent, gathered when its letter is made."""

from collections.abc import Iterable

from mailsla.core.letters_people import OpenCase, StandIn
from mailsla.core.model import Instant, Notice, Role, Status, Ticket
from mailsla.core.notices import INSTEAD_OF
from mailsla.core.sla.timer import LIVE
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.presence import directory_now
from mailsla.ports.store import UnitOfWork

OPEN = (Status.NEW, Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY)


def stand_in(uow: UnitOfWork, services: Services, notice: Notice, now: Instant) -> StandIn | None:
    """None: the absence was ended before this letter went out, and nothing became the reader's."""
    name, until = str(notice.data.get(INSTEAD_OF) or notice.data.get("removed")), notice.data.get("until")
    directory = directory_now(uow, services, now)
    agent = directory.agents.get(name)
    yours = [one for one in _of(uow, notice, "given") if one.assignee == notice.person]
    if "removed" in notice.data:
        cases, until = [one for one in _of(uow, notice, "free") if one.assignee is None], None
    elif agent is None or directory.away_now(name) is None:
        cases = []
    else:
        cases = uow.tickets.listed(statuses=OPEN, assignee=name)
    gone = agent is None or directory.away_now(name) is None
    if gone and not (cases or yours):
        return None
    return StandIn(
        name=(agent.display_name or name) if agent else name,
        until=until if isinstance(until, int) else None,
        cases=_listed(uow, services, cases, now),
        yours=_listed(uow, services, yours, now),
        nobody=notice.role is Role.OPERATOR,
    )


def _of(uow: UnitOfWork, notice: Notice, key: str) -> list[Ticket]:
    """The tickets that a notice names, while they are open."""
    numbers = notice.data.get(key)
    found = uow.tickets.get_all(numbers) if isinstance(numbers, list) else {}
    return [ticket for ticket in found.values() if ticket.status in OPEN]


def _listed(uow: UnitOfWork, services: Services, tickets: Iterable[Ticket], now: Instant) -> list[OpenCase]:
    """The most urgent first."""
    cases = [open_case(uow, services, ticket, now) for ticket in tickets]
    return sorted(cases, key=lambda one: (one.due is None, one.due or 0, one.reference))


def open_case(uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant) -> OpenCase:
    """A ticket as a row of a list."""
    running = [
        (clock.deadline, clock)
        for clock in clocks_of(uow, services, ticket, now)
        if clock.state in LIVE and clock.deadline is not None
    ]
    deadline, first = min(running, key=lambda one: one[0], default=(None, None))
    return OpenCase(
        reference=ticket.reference,
        subject=ticket.subject,
        priority=ticket.priority,
        status=ticket.status.value,
        metric=first.metric.value if first else "",
        due=deadline,
        late=first.overdue if first else False,
    )

"""The list of open cases for who stands in for an absent agent, gathered when its letter is made."""

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
    """None: the absence was ended before this letter went out."""
    name, until = str(notice.data[INSTEAD_OF]), notice.data["until"]
    directory = directory_now(uow, services, now)
    agent = directory.agents.get(name)
    if agent is None or directory.away_now(name) is None or not isinstance(until, int):
        return None
    tickets = uow.tickets.listed(statuses=OPEN, assignee=name)
    cases = [open_case(uow, services, ticket, now) for ticket in tickets]
    cases.sort(key=lambda one: (one.due is None, one.due or 0, one.reference))
    return StandIn(name=agent.display_name or name, until=until, cases=cases, nobody=notice.role is Role.OPERATOR)


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

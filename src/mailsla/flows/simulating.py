"""History once more under other policies and calendars: what was held, missed and owed, before and after.

Writes nothing: each page is a transaction of its own that is rolled back, so no other process waits for the whole.
"""

from collections.abc import Callable, Iterator, Sequence

from mailsla.config.settings import Settings
from mailsla.core.model import Instant, Status, Ticket
from mailsla.core.report.simulation import Case, Simulation, Tally
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.credits import Credits
from mailsla.core.triage.scope import scope_of
from mailsla.errors import PermanentError
from mailsla.flows.explain import NeverCommits
from mailsla.flows.reporting import default_zone
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.supposed import Supposition
from mailsla.flows.steps.terms import agreement_by_version
from mailsla.ports.store import UnitOfWork

PAGE = 50  # tickets replayed in one transaction: SQLite lets one in at a time, and the daemon waits

Progress = Callable[[int], None]
Named = Sequence[tuple[Clock, str]]
"""Clocks with the names of their policies."""


def simulate(
    services: Services,
    then: Settings,
    since: Instant,
    until: Instant | None = None,
    customer: str = "",
    progress: Progress = lambda done: None,
) -> Simulation:
    """The complaints received in [since, until), by the policies and calendars of `then` beside those of history.

    `customer`: only of this organisation, or this address. PermanentError when there is none such.
    """
    now = services.now()
    end = now + 1 if until is None else until
    zone = default_zone(services)
    supposition, tally = Supposition(services, then), Tally(services.zone(zone), zone)
    for done, page in _pages(services, since, end, customer):
        with NeverCommits(services.store).begin() as uow:
            _add(uow, services, supposition, tally, page, now)
        progress(done)
    return tally.simulation(since, end, _credits(services.settings), _credits(then))


def _add(
    uow: UnitOfWork, services: Services, supposition: Supposition, tally: Tally, page: Sequence[Ticket], now: Instant
) -> None:
    events = uow.tickets.events_of([ticket.id for ticket in page])
    for ticket in page:
        past = events[ticket.id]
        before = clocks_of(uow, services, ticket, now, past)
        after = supposition.clocks(uow, ticket, past, now)
        case = Case(ticket.category or "", ticket.organisation or "", ticket.status is Status.VOID)
        named = None if after is None else _named(uow, supposition.services, after)
        tally.add(case, _named(uow, services, before), named)


def _named(uow: UnitOfWork, services: Services, clocks: Sequence[Clock]) -> Named:
    agreements = ((one, agreement_by_version(uow, services, one.policy_version)) for one in clocks)
    return [(one, agreement.policy.name if agreement else "") for one, agreement in agreements]


def _pages(services: Services, since: Instant, until: Instant, customer: str) -> Iterator[tuple[int, Sequence[Ticket]]]:
    """How many tickets were looked at, and those of them that are meant."""
    wanted, after, done, found = customer.casefold(), 0, 0, False
    while True:
        with services.store.begin() as uow:
            page = uow.tickets.page(after, PAGE)
        if not page:
            break
        after, done = page[-1].id, done + len(page)
        theirs = [one for one in page if not wanted or wanted in _names(one)]
        found = found or bool(theirs)
        yield done, [one for one in theirs if since <= one.received_at < until and scope_of(one) is None]
    if wanted and not found:
        raise PermanentError(f'no complaint is of "{customer}"', "name an organisation, or the address of a customer")


def _names(ticket: Ticket) -> set[str]:
    return {(ticket.organisation or "").casefold(), ticket.requester.casefold()}


def _credits(settings: Settings) -> dict[str, Credits]:
    return {policy.name: policy.credits for policy in settings.policies if policy.credits is not None}

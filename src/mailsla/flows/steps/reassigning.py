"""Open tickets of who is not here become somebody else's: of an agent who goes away, or is configured no more."""

from collections.abc import Iterable, Mapping

from mailsla.core.assignment import deputy_of, readers
from mailsla.core.directory import Directory
from mailsla.core.model import Instant, Moment, Ticket
from mailsla.core.notices import to_agent, to_operator
from mailsla.flows.services import Services
from mailsla.flows.steps.assigning import next_assignee
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.standing_in import OPEN, open_case
from mailsla.flows.steps.work import SYSTEM, TicketWork
from mailsla.ports.store import UnitOfWork

MOST = 100_000  # open tickets of one agent

Given = Mapping[str, list[int]]  # ids of tickets, by the agent who has them now


def of_absent(
    uow: UnitOfWork, services: Services, directory: Directory, name: str, until: Instant, now: Instant
) -> Given:
    """Those due before the agent is back, or all, or none: as configured. To their deputy, else by the team's rule;
    where nobody takes them they stay, and who stands in reads."""
    which = services.settings.hand_over
    if which == "none":
        return {}
    tickets = uow.tickets.listed(statuses=OPEN, assignee=name, limit=MOST)
    if which == "due":
        dues = ((ticket, open_case(uow, services, ticket, now).due) for ticket in tickets)
        tickets = [ticket for ticket, due in dues if due is not None and due < until]
    return _given(uow, services, directory, name, tickets, now, because="absent")


def of_removed(uow: UnitOfWork, services: Services, _moment: Moment, now: Instant) -> None:
    """Those whose agent is configured no more go by the team's rule; where that names nobody, nobody has them and the
    team may take them. One letter to each who gets some, or may take some."""
    directory = directory_now(uow, services, now)
    gone = [name for name in uow.tickets.assignees(OPEN) if name not in directory.agents]
    for name in gone:
        tickets = uow.tickets.listed(statuses=OPEN, assignee=name, limit=MOST)
        given = _given(uow, services, directory, name, tickets, now, because="removed")
        taken = {number for numbers in given.values() for number in numbers}
        free = [ticket for ticket in tickets if ticket.id not in taken]
        _free(uow, services, name, free, now)
        _tell(uow, services, directory, name, given, free, now)


def _given(
    uow: UnitOfWork,
    services: Services,
    directory: Directory,
    name: str,
    tickets: Iterable[Ticket],
    now: Instant,
    *,
    because: str,
) -> Given:
    """Oldest first, in turn or to who has the fewest."""
    given: dict[str, list[int]] = {}
    last: dict[str | None, str] = {}
    deputy = deputy_of(directory, name) if name in directory.agents else None
    for ticket in sorted(tickets, key=lambda one: one.number):
        team = ticket.team
        taker = deputy.name if deputy else next_assignee(uow, directory, team, last.get(team))
        if taker is None:
            continue
        last[team] = taker
        work = TicketWork(uow, services, ticket, now)
        work.record("assigned", SYSTEM, {because: name, "assignee": taker, "team": team})
        work.change(assignee=taker)
        work.save()
        given.setdefault(taker, []).append(ticket.id)
    return given


def _free(uow: UnitOfWork, services: Services, name: str, tickets: Iterable[Ticket], now: Instant) -> None:
    for ticket in tickets:
        work = TicketWork(uow, services, ticket, now)
        work.record("assigned", SYSTEM, {"nobody_for": name, "assignee": None, "team": ticket.team})
        work.change(assignee=None)
        work.save()


def _tell(
    uow: UnitOfWork,
    services: Services,
    directory: Directory,
    name: str,
    given: Given,
    free: Iterable[Ticket],
    now: Instant,
) -> None:
    """Who has or may take some of them; nobody here: the operator."""
    theirs: dict[str, list[int]] = {}
    for ticket in free:
        for read in readers(directory, ticket, services.settings.triage.default_team):
            theirs.setdefault(read.agent.name, []).append(ticket.id)
    key = f"removed:{name}:{now}"
    told = [
        to_agent(
            "stand_in",
            None,
            directory.agents[one],
            key,
            now,
            services.calendars,
            {"removed": name, "given": given.get(one, []), "free": theirs.get(one, [])},
        )
        for one in sorted({*given, *theirs})
    ]
    if not told:
        data = {"removed": name, "given": [], "free": [ticket.id for ticket in free]}
        told = [to_operator("stand_in", services.settings.operator, key, now, data)]
    uow.outbox.add_notices(told)

"""Complaints are grouped as an incident, taken out of it, and told of: on an open unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailsla.core.commands.changes import DismissIncident, GroupIncident, LeaveIncident, OfIncidents
from mailsla.core.incident import Incident, IncidentState
from mailsla.core.model import ENDED, Instant, Status, Ticket
from mailsla.core.notices import to_agent
from mailsla.core.triage.incidents import belongs, words_of
from mailsla.core.triage.words import Words
from mailsla.flows.services import Services
from mailsla.flows.steps.raising import raise_priority
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork

SETTLED = ENDED | {Status.RESOLVED}


def of(work: TicketWork) -> Incident | None:
    """The incident that the ticket belongs to and that stands."""
    return work.uow.incidents.of_ticket(work.ticket.id)


def opened(uow: UnitOfWork, ticket_id: int) -> Incident | None:
    """The incident that the ticket belongs to, once a person has said that it is one."""
    found = uow.incidents.of_ticket(ticket_id)
    return found if found is not None and found.state is IncidentState.OPEN else None


def in_storm(uow: UnitOfWork, services: Services, subject: str, text: str) -> bool:
    """Whether a complaint with this new text is about what an open incident is about (its priority rises)."""
    going_on = uow.incidents.listed([IncidentState.OPEN])
    if not going_on:
        return False
    words = words_of(Words.of(subject, text), services.triage.languages.function_words)
    return any(belongs(one.weights, words) for one in going_on if one.likeness)


def members(uow: UnitOfWork, incident_id: int) -> list[Ticket]:
    """Its tickets that have not ended, the oldest first."""
    numbers = uow.incidents.tickets(incident_id)
    found = uow.tickets.get_all(numbers)
    return [found[number] for number in numbers if number in found and found[number].status not in ENDED]


def settle(uow: UnitOfWork, now: Instant) -> bool:
    """Incidents all of whose complaints are settled are over; whether others go on."""
    going_on = False
    for one in uow.incidents.listed([IncidentState.OPEN]):
        if all(ticket.status in SETTLED for ticket in members(uow, one.id)):
            uow.incidents.update(replace(one, state=IncidentState.RESOLVED, ended_at=now))
        else:
            going_on = True
    return going_on


def joined(work: TicketWork, incident: Incident, actor: str) -> None:
    """The ticket in hand is one of them from now on: many are concerned, so it matters more."""
    work.record("incident_joined", actor, {"incident": incident.called})
    raise_priority(work, storm=True)


def apply(work: TicketWork, change: OfIncidents, actor: str) -> None:
    """What a command says of the ticket's incident."""
    match change:
        case GroupIncident(tickets):
            _group(work, tickets, actor)
        case DismissIncident():
            _dismiss(work, actor)
        case LeaveIncident(tickets):
            _leave(work, tickets, actor)


def _group(work: TicketWork, tickets: Sequence[Ticket], actor: str) -> None:
    found = of(work) or Incident(state=IncidentState.PROPOSED, noticed_at=work.now)
    incident = replace(found, state=IncidentState.OPEN)
    if found.state is not IncidentState.OPEN:
        incident = replace(incident, decided_at=work.now, decided_by=actor)
    if incident.id:
        work.uow.incidents.update(incident)
    else:
        incident = replace(incident, id=work.uow.incidents.add(incident))
    for one in (work.ticket, *tickets):
        _leave_other(work, one, incident, actor)
        work.uow.incidents.join(incident.id, one.id, work.now)
    together = members(work.uow, incident.id)
    if found.state is not IncidentState.OPEN:
        new = together
    else:
        new = [one for one in together if one.id in {ticket.id for ticket in tickets}]
    for one in new:
        _with(work, one, lambda each: joined(each, incident, actor))
    if found.state is not IncidentState.OPEN:
        _tell(work, incident, together, actor)


def _dismiss(work: TicketWork, actor: str) -> None:
    found = of(work)
    if found is not None:
        state = IncidentState.DISMISSED
        work.uow.incidents.update(replace(found, state=state, decided_at=work.now, decided_by=actor, ended_at=work.now))
        work.record("incident_dismissed", actor, {"incident": found.called})


def _leave(work: TicketWork, tickets: Sequence[Ticket], actor: str) -> None:
    found = of(work)
    for one in tickets if found is not None else ():
        if found is not None and work.uow.incidents.leave(found.id, one.id):
            data = {"incident": found.called}
            _with(work, one, lambda each, data=data: each.record("incident_left", actor, data))  # type: ignore[misc]


def _leave_other(work: TicketWork, ticket: Ticket, incident: Incident, actor: str) -> None:
    """Nobody gets the answers of two: who names it now knows best which."""
    other = work.uow.incidents.of_ticket(ticket.id)
    if other is not None and other.id != incident.id:
        work.uow.incidents.leave(other.id, ticket.id)
        _with(work, ticket, lambda each: each.record("incident_left", actor, {"incident": other.called}))


def stand_in(work: TicketWork, survivor: TicketWork, actor: str) -> None:
    """The ticket in hand goes into another, which takes its place among those of the incident."""
    found = of(work)
    if found is not None and of(survivor) is None:
        work.uow.incidents.join(found.id, survivor.ticket.id, work.now)
        if found.state is IncidentState.OPEN:
            joined(survivor, found, actor)


def _with(work: TicketWork, ticket: Ticket, do: Callable[[TicketWork], None]) -> None:
    """Also to another ticket than the one in hand."""
    if ticket.id == work.ticket.id:
        do(work)
        return
    other = TicketWork(work.uow, work.services, ticket, work.now)
    do(other)
    other.save()


def _tell(work: TicketWork, incident: Incident, together: Sequence[Ticket], actor: str) -> None:
    """Who grouped them and who has one of them get one letter each, a reply to which goes to all customers."""
    agents = work.services.settings.directory.agents
    names = [actor.partition(":")[2] if actor.startswith("agent:") else "", *(one.assignee or "" for one in together)]
    for name in dict.fromkeys(names):
        if name in agents:
            data = {"incident": incident.id}
            key = f"incident:{incident.id}:open"
            work.notify(to_agent("incident", work.ticket, agents[name], key, work.now, work.services.calendars, data))

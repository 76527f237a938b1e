"""The moment after complaints came in: are many of them about one thing? Who is responsible is asked, once.

A bounded look each time: the words of new complaints are kept, the last hour is compared with a sample of what came
before and with the same hour of the last weeks. Nothing is read of mails that were looked at.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from mailsla.core.incident import STANDING, Incident, IncidentState, Said
from mailsla.core.ladder import recipients
from mailsla.core.model import Instant, Moment, Role, Status, Ticket
from mailsla.core.notices import INSTEAD_OF, to_agent, to_operator
from mailsla.core.triage.incidents import LEAST, Burst, Complaint, belongs, bursts, words_of
from mailsla.core.triage.own_words import as_read, own_words
from mailsla.core.triage.scope import scope_of
from mailsla.core.triage.topical import topic_of
from mailsla.core.triage.usual import Usual
from mailsla.core.triage.words import Words
from mailsla.flows.services import Services
from mailsla.flows.steps.incidents import joined, settle
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.work import SYSTEM, TicketWork
from mailsla.ports.store import UnitOfWork

KIND = "incidents"
LOOK_AFTER = 5 * 60  # seconds after a complaint: others of its kind come meanwhile
HOUR, DAY, WEEK = 3600, 24 * 3600, 7 * 24 * 3600
STEP = HOUR // 2  # between the hours that are looked at after an outage
AT_ONCE = 200  # tickets whose words are kept in one go
MOST_IN_HOUR = 500
SAMPLE = 1500  # complaints of before
WEEKS = 4
KEPT = 8 * WEEK
OLDEST = DAY  # what was received earlier is no burst any more
REMEMBERED = DAY  # for so long it is not proposed again what was said to be none


def look_soon(uow: UnitOfWork, now: Instant) -> None:
    """A complaint came in: it is looked at with the others of the next minutes."""
    uow.clocks.bring_forward(Moment(kind=KIND, key="", at=now + LOOK_AFTER))


def notice_bursts(uow: UnitOfWork, services: Services, _moment: Moment, now: Instant) -> None:
    """Keep the words of new complaints; what they are like joins it; the hours that they came in are looked at."""
    new, more = _keep(uow, services, now)
    fresh = [one for one in new if one.received_at > now - OLDEST]
    _join(uow, services, fresh, now)
    if fresh and not more:
        for until in _hours(min(one.received_at for one in fresh), now):
            _look_at(uow, services, until, now)
    uow.incidents.forget_words(now - KEPT)
    if more:
        uow.clocks.bring_forward(Moment(kind=KIND, key="", at=now))
    elif settle(uow, now):
        uow.clocks.bring_forward(Moment(kind=KIND, key="", at=now + HOUR))


def _hours(first: Instant, now: Instant) -> Iterator[Instant]:
    """The ends of the hours to be looked at: mostly one, more where mail was waited for."""
    until = first + HOUR
    while until < now:
        yield until
        until += STEP
    yield now + 1


def _keep(uow: UnitOfWork, services: Services, now: Instant) -> tuple[list[Said], bool]:
    """What new complaints say; and whether there are more."""
    tickets = uow.tickets.page(uow.incidents.newest_kept(), AT_ONCE)
    said = [_said(uow, services, one) for one in tickets if one.received_at > now - KEPT]
    last = tickets[-1] if tickets else None
    if last is not None and last.received_at <= now - KEPT:
        said.append(Said(ticket_id=last.id, customer_id=last.customer_id, received_at=last.received_at, words=()))
    uow.incidents.keep_words(said)
    return said, len(tickets) == AT_ONCE


def _said(uow: UnitOfWork, services: Services, ticket: Ticket) -> Said:
    desk, text = services.triage, _words(uow, ticket)
    words = words_of(text, desk.languages.function_words)
    return Said(
        ticket_id=ticket.id,
        customer_id=ticket.customer_id,
        received_at=ticket.received_at,
        words=tuple(sorted(words)),
        topic=topic_of(text, desk.lexicon, desk.languages),
    )


def _words(uow: UnitOfWork, ticket: Ticket) -> Words:
    """Of what is no complaint none: a wave of spam is no incident."""
    written = next((one for one in uow.tickets.messages(ticket.id) if one.kind == "customer"), None)
    if written is None or scope_of(ticket) is not None or ticket.status is Status.VOID:
        return Words.of("", "")
    return Words.of(as_read(ticket.subject), own_words(written.text))


def _join(uow: UnitOfWork, services: Services, said: Sequence[Said], now: Instant) -> None:
    """What goes on, or is proposed, takes in what is about the same."""
    standing = [one for one in uow.incidents.listed(STANDING) if one.likeness] if said else []
    taken = uow.incidents.of_tickets([one.ticket_id for one in said]) if standing else {}
    for incident in standing:
        weights = incident.weights
        for one in said:
            if one.ticket_id in taken or not belongs(weights, frozenset(one.words)):
                continue
            taken[one.ticket_id] = incident.id
            uow.incidents.join(incident.id, one.ticket_id, now)
            ticket = uow.tickets.get(one.ticket_id)
            if incident.state is IncidentState.OPEN and ticket is not None:
                work = TicketWork(uow, services, ticket, now)
                joined(work, incident, SYSTEM)
                work.save()


def _look_at(uow: UnitOfWork, services: Services, until: Instant, now: Instant) -> None:
    since = until - HOUR
    said = uow.incidents.said_between(since, until, MOST_IN_HOUR)
    if len(said) < LEAST:
        return
    taken = uow.incidents.of_tickets([one.ticket_id for one in said])
    remembered = [one for one in uow.incidents.listed(limit=20) if _remembered(one, now)]
    known = [one.weights for one in remembered]
    asked = {ticket for one in remembered for ticket in uow.incidents.tickets(one.id)}
    window = [
        Complaint(ticket_id=one.ticket_id, customer=str(one.customer_id), words=frozenset(one.words), topic=one.topic)
        for one in reversed(said)
        if one.ticket_id not in taken
        and one.ticket_id not in asked
        and not any(belongs(weights, frozenset(one.words)) for weights in known)
    ]
    if len(window) < LEAST:
        return
    before = uow.incidents.said_between(until - KEPT, since, SAMPLE)
    oldest = before[-1].received_at if before else since
    weeks = [
        uow.incidents.said_between(since - back, until - back, MOST_IN_HOUR)
        for back in range(WEEK, WEEKS * WEEK + 1, WEEK)
        if since - back >= oldest or len(before) == SAMPLE
    ]
    usual = Usual(
        complaints=[frozenset(one.words) for one in before],
        at_this_hour=[[frozenset(one.words) for one in week] for week in weeks],
        topics=[one.topic for one in before],
        topics_at_this_hour=[[one.topic for one in week] for week in weeks],
    )
    for burst in bursts(window, usual):
        _propose(uow, services, burst, now)


def _remembered(incident: Incident, now: Instant) -> bool:
    """Whether it was said lately what it is: it is not asked about again."""
    return bool(incident.likeness) and (incident.ended_at or now) > now - REMEMBERED


def _propose(uow: UnitOfWork, services: Services, burst: Burst, now: Instant) -> None:
    """Written down, and the manager of the team that has most of them is asked; else the operator."""
    incident = Incident(
        state=IncidentState.PROPOSED,
        words=tuple(burst.words),
        likeness=dict(burst.likeness),
        usual=ceil(burst.usual),
        noticed_at=now,
    )
    number = uow.incidents.add(incident)
    for ticket_id in burst.tickets:
        uow.incidents.join(number, ticket_id, now)
    tickets = list(uow.tickets.get_all(burst.tickets).values())
    team, _ = Counter(one.team for one in tickets).most_common(1)[0]
    lead = min((one for one in tickets if one.team == team), key=lambda one: one.id)
    directory = directory_now(uow, services, now)
    operator = services.settings.operator
    key, data = f"incident:{number}", {"incident": number}
    people = [one for one in recipients(directory, lead, ["manager"], operator) if one.agent is not None]
    for one in people:
        assert one.agent is not None
        told = {**data, INSTEAD_OF: one.instead_of} if one.instead_of else data
        made = to_agent("incident", lead, one.agent, key, now, services.calendars, told, role=Role.MANAGER)
        uow.outbox.add_notices([made])
    if not people:
        uow.outbox.add_notices([to_operator("incident", operator, key, now, data, lead.id)])

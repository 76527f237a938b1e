"""What a digest says, gathered when its letter is made; None where there is nothing to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from mailsla.core.absence import with_absences
from mailsla.core.assignment import in_place_of
from mailsla.core.digest import LATE, LATER, SOON, TODAY, by_time_left, local_date, midnight, next_noon, when_due
from mailsla.core.directory import Agent, Directory
from mailsla.core.incident import IncidentState
from mailsla.core.letters_digest import AgentDigest, DigestRow, Figures, ManagerDigest, Proposed
from mailsla.core.model import Instant, IntakeState, Notice
from mailsla.flows.services import Services
from mailsla.flows.steps.acknowledging import alarms_of
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.open_cases import Open, name_of, open_cases, team_name
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork

QUEUES = (IntakeState.HELD, IntakeState.QUARANTINED)
LEVEL = ":level:"  # in the keys of what fired (core/sla/escalation.py)


@dataclass(frozen=True, slots=True)
class _Morning:
    """Who reads, and when."""

    known: Lookups
    services: Services
    directory: Directory  # with who is away
    reader: Agent
    zone: tzinfo
    soon_until: Instant
    now: Instant

    @property
    def uow(self) -> UnitOfWork:
        """The open unit of work."""
        return self.known.uow

    def row(self, case: Open, *, instead_of: str = "", unacknowledged: bool = False) -> DigestRow:
        """A case as a row."""
        ticket = case.ticket
        when = "" if case.due is None else when_due(case.due, self.now, self.zone, self.soon_until)
        return DigestRow(
            reference=ticket.reference,
            subject=ticket.subject,
            priority=ticket.priority,
            status=ticket.status.value,
            when=when,
            metric=case.metric,
            of=case.of,
            due=case.due,
            left=case.left,
            assignee=name_of(self.directory, ticket.assignee),
            team=team_name(self.directory, ticket.team),
            instead_of=instead_of,
            unacknowledged=unacknowledged,
        )

    def reads_for(self) -> dict[str, str]:
        """Whose cases they read: name -> the absent one's display name, "" for their own."""
        away = {
            one.name: name_of(self.directory, one.name)
            for one in self.directory.agents.values()
            if one.name != self.reader.name and self._reads_for(one, _team_of(self.directory, one.name))
        }
        return {self.reader.name: "", **away}

    def manages_for(self) -> dict[str, str]:
        """The same of managers."""
        away = {
            one.name: name_of(self.directory, one.name)
            for one in self.directory.agents.values()
            if one.name != self.reader.name and self._reads_for(one, None)
        }
        return {self.reader.name: "", **away}

    def _reads_for(self, absent: Agent, team: str | None) -> bool:
        return any(read.agent.name == self.reader.name for read in in_place_of(self.directory, absent, team))


def digest(known: Lookups, services: Services, notice: Notice, now: Instant) -> AgentDigest | ManagerDigest | None:
    """The digest of this notice."""
    reader = services.settings.directory.agents.get(notice.person)
    if reader is None:
        return None
    zone = services.zone(reader.zone)
    morning = _Morning(
        known=known,
        services=services,
        directory=with_absences(services.settings.directory, known.absences, now),
        reader=reader,
        zone=zone,
        soon_until=next_noon(now, zone, services.calendars.get(reader.calendar)),
        now=now,
    )
    return _of_agent(morning) if notice.kind == AgentDigest.kind else _of_manager(morning)


def _of_agent(morning: _Morning) -> AgentDigest | None:
    cases = open_cases(morning.uow, morning.services, morning.now)
    whose = morning.reads_for()
    mine = [one for one in cases if one.ticket.assignee in whose]
    rows = by_time_left(morning.row(one, instead_of=whose[one.ticket.assignee or ""]) for one in mine)
    teams = {one.name for one in morning.directory.teams.values() if morning.reader.name in one.members}
    free = sorted(one.ticket.reference for one in cases if one.ticket.assignee is None and one.ticket.team in teams)
    urgent = [one for one in rows if one.when in (LATE, TODAY, SOON)]
    held = _held(morning.uow, {one.ticket.id: one.ticket.reference for one in mine})
    if not (urgent or free or held or morning.services.settings.digests.always):
        return None
    return AgentDigest(
        name=morning.reader.display_name or morning.reader.name,
        at=morning.now,
        rows=urgent,
        soon_until=morning.soon_until,
        waiting=sum(not one.when for one in rows),
        later=sum(one.when == LATER for one in rows),
        free=free,
        held=held,
        other_rows=[one for one in rows if one not in urgent],
    )


def _of_manager(morning: _Morning) -> ManagerDigest | None:
    whose, directory = morning.manages_for(), morning.directory
    teams = [one for one in directory.teams.values() if one.manager in whose]
    people = {one.name for one in directory.agents.values() if one.manager in whose}
    if not teams and not people:
        return None
    names = {one.name for one in teams}
    cases = [
        one
        for one in open_cases(morning.uow, morning.services, morning.now)
        if one.ticket.team in names or one.ticket.assignee in people
    ]
    alarmed = _unacknowledged(morning, cases)
    rows = by_time_left(morning.row(one, unacknowledged=one.ticket.id in alarmed) for one in cases)
    told = [one for one in rows if one.when in (LATE, TODAY) or one.unacknowledged]
    free = by_time_left(morning.row(one) for one in cases if one.ticket.assignee is None)
    proposed = _proposed(morning.uow, {one.ticket.id for one in cases})
    figures = _figures(morning, sorted(names))
    if not (told or free or proposed or figures or morning.services.settings.digests.always):
        return None
    managers = {one.manager for one in teams} | {directory.agents[name].manager for name in people}
    return ManagerDigest(
        name=morning.reader.display_name or morning.reader.name,
        at=morning.now,
        teams=[one.display_name or one.name for one in teams],
        rows=told,
        free=free,
        proposed=proposed,
        figures=figures,
        open=len(cases),
        instead_of=sorted(filter(None, (whose[name] for name in managers if name in whose))),
    )


def _held(uow: UnitOfWork, references: dict[int, str]) -> list[str]:
    """Their cases with mail that waits for a person: a held answer is let go by the mail that asked about it."""
    waiting = {one.ticket_id for one in uow.intake.listed(QUEUES) if one.ticket_id is not None}
    return sorted(reference for number, reference in references.items() if number in waiting)


def _unacknowledged(morning: _Morning, cases: Sequence[Open]) -> set[int]:
    """Those whose ladder has climbed, and nobody has said #ack; only what has fired at all is reckoned anew."""
    fired = morning.uow.clocks.fired_of([one.ticket.id for one in cases if one.due is not None])
    climbed = {number for number, keys in fired.items() if any(LEVEL in key for key in keys)}
    return {
        one.ticket.id
        for one in cases
        if one.ticket.id in climbed
        and any(
            not alarm.acknowledged
            for alarm in alarms_of(TicketWork(morning.uow, morning.services, one.ticket, morning.now))
        )
    }


def _proposed(uow: UnitOfWork, theirs: set[int]) -> list[Proposed]:
    found = []
    for incident in uow.incidents.listed((IncidentState.PROPOSED,)):
        tickets = uow.incidents.tickets(incident.id)
        if mine := [number for number in tickets if number in theirs]:
            first = uow.tickets.get(mine[0])
            reference = first.reference if first else ""
            found.append(
                Proposed(called=incident.called, count=len(tickets), words=incident.words, reference=reference)
            )
    return found


def _figures(morning: _Morning, teams: Sequence[str]) -> list[Figures]:
    """Yesterday and the day before, of the reader's zone; none where nothing happened."""
    today, found = local_date(morning.now, morning.zone), []
    for back in (1, 2):
        day = today - timedelta(days=back)
        since, until = midnight(day, morning.zone), midnight(day + timedelta(days=1), morning.zone)
        counted = morning.uow.days.counted(since, until)
        received, resolved, missed = (
            sum(by_team.get(team, 0) for team in teams)
            for by_team in (counted.received, counted.resolved, counted.missed)
        )
        found.append(Figures(day.isoformat(), received, resolved, missed))
    return found if any(one.received or one.resolved or one.missed for one in found) else []


def _team_of(directory: Directory, name: str) -> str | None:
    team = directory.team_of(name)
    return team.name if team else None

"""What would happen to a mail, each decision with its reason; touches nothing (mail.md section 2, product.md)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mailsla.config.settings import MailboxSettings
from mailsla.core.access.loops import Muted, Wait, refusal
from mailsla.core.access.threads import Candidate
from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.mail.prescan import prescan
from mailsla.core.model import Event, Instant, Intake, IntakeState, Notice, NoticeState, Reason, Role, Ticket
from mailsla.core.notices import WRITTEN_BY_A_PERSON
from mailsla.core.sla.clocks import Clock
from mailsla.flows.process import SAME_MAIL
from mailsla.flows.services import Services
from mailsla.flows.steps.budgets import budget_of
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.deciding import PERFORM, Mail
from mailsla.flows.steps.examine import Examination, examine
from mailsla.flows.steps.lookups import Lookups
from mailsla.flows.steps.raising import raised_by
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.triaging import reasons_of
from mailsla.ports.store import Store, UnitOfWork
from mailsla.ports.store.absences import AbsenceStore
from mailsla.ports.store.clocks import ClockStore
from mailsla.ports.store.days import DayStore
from mailsla.ports.store.display import DisplayStore
from mailsla.ports.store.drops import DropStore
from mailsla.ports.store.history import HistoryStore
from mailsla.ports.store.incidents import IncidentStore
from mailsla.ports.store.intake import IntakeStore
from mailsla.ports.store.learning import LearningStore
from mailsla.ports.store.leases import LeaseStore
from mailsla.ports.store.occasions import OccasionStore
from mailsla.ports.store.outbox import OutboxStore
from mailsla.ports.store.tickets import TicketStore


@dataclass(frozen=True, slots=True)
class Writes:
    """A letter that would be written. `refused`: why it would not; `until`: why it would wait, and how long."""

    notice: Notice
    refused: Reason | None = None
    waits: Reason | None = None
    at: Instant = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every decision on one mail. `ticket` is the one that it would open or change, as it would be afterwards."""

    mail: ParsedMail
    mailbox: MailboxSettings
    suspicious: str  # why it is read in a child process, "" when it is not
    earlier: Intake | None  # the same mail, which is here already: this one would be ignored
    earlier_reference: str
    seen: Examination
    candidate_reference: str  # of the ticket that the mail names
    state: IntakeState
    reason: str
    ticket: Ticket | None
    opens: bool
    triage: Sequence[Reason]  # why a ticket that it opens has its category, then why its priority; or why it raises one
    policy: str
    clocks: Sequence[Clock]
    letters: Sequence[Writes]


class NeverCommits:
    """A store (ports.store.Store) whose units of work are all rolled back: whoever works on it touches nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """A transaction whose `commit` does nothing."""
        with self._store.begin() as uow:
            yield _Rehearsal(
                uow.intake,
                uow.tickets,
                uow.clocks,
                uow.outbox,
                uow.drops,
                uow.leases,
                uow.absences,
                uow.display,
                uow.occasions,
                uow.learning,
                uow.incidents,
                uow.history,
                uow.days,
            )

    def close(self) -> None:
        """Let go of all connections."""
        self._store.close()


@dataclass
class _Rehearsal:
    intake: IntakeStore
    tickets: TicketStore
    clocks: ClockStore
    outbox: OutboxStore
    drops: DropStore
    leases: LeaseStore
    absences: AbsenceStore
    display: DisplayStore
    occasions: OccasionStore
    learning: LearningStore
    incidents: IncidentStore
    history: HistoryStore
    days: DayStore

    def commit(self) -> None:
        """Nothing is made durable."""


def explain(services: Services, mailbox: MailboxSettings, raw: bytes) -> Explanation:
    """Do all that processing does, in a transaction that is never committed. Raises Unparseable, TemporaryError."""
    # What one rehearsal numbers, the next one may number otherwise: nothing is remembered by number between them.
    services = replace(services, versions={}, agreements={})
    mail = services.reader.read(raw)
    now = services.now()
    with services.store.begin() as uow:
        intake = _accepted(uow, services, mailbox, mail, raw)
        earlier = uow.intake.same_mail(intake, mail.fingerprint, SAME_MAIL)
        seen = examine(uow, services, mailbox, mail, received_at=now, now=now)
        named = seen.facts.candidate
        before = _notices(uow, services, seen.access.ticket_id)
        past = uow.tickets.events(seen.access.ticket_id) if seen.access.ticket_id is not None else ()
        done = PERFORM[seen.access.action](Mail(uow, services, intake, seen, now))
        ticket = uow.tickets.get(done.ticket_id) if done.ticket_id is not None else None
        opens = ticket is not None and ticket.id != seen.access.ticket_id
        agreement = agreement_of(uow, services, ticket) if ticket else None
        known = {one.id for one in before}
        letters = [one for one in _notices(uow, services, done.ticket_id) if one.id not in known]
        return Explanation(
            mail=mail,
            mailbox=mailbox,
            suspicious=prescan(raw).reason,
            earlier=earlier,
            earlier_reference=_reference(uow, earlier.ticket_id if earlier else None),
            seen=seen,
            candidate_reference=_candidate_reference(uow, named),
            state=done.state,
            reason=done.reason,
            ticket=ticket,
            opens=opens,
            triage=reasons_of(ticket) if ticket and opens else _raised(uow, ticket, past),
            policy=agreement.policy.name if agreement else "",
            clocks=clocks_of(uow, services, ticket, now) if ticket else (),
            letters=[_written(uow, services, seen, intake, one, now) for one in letters],
        )


def _accepted(uow: UnitOfWork, services: Services, mailbox: MailboxSettings, mail: ParsedMail, raw: bytes) -> Intake:
    """The mail as if it came in by this mailbox now."""
    now = services.now()
    uow.intake.put_raw(mail.sha256, raw)
    intake = Intake(
        mailbox=mailbox.name,
        folder=mailbox.folder,
        uidvalidity=0,
        uid=services.ids.public(),
        sha256=mail.sha256,
        received_at=now,
        accepted_at=now,
    )
    return replace(intake, id=uow.intake.add([intake])[0])


def _raised(uow: UnitOfWork, ticket: Ticket | None, past: Sequence[Event]) -> list[Reason]:
    """Why what its customer wrote now raises the priority of an open ticket; [] when it does not."""
    known = {one.id for one in past}
    new = [one for one in uow.tickets.events(ticket.id) if one.id not in known] if ticket is not None else []
    return raised_by(new)


def _notices(uow: UnitOfWork, services: Services, ticket_id: int | None) -> list[Notice]:
    """Those of a ticket, and those that wait for the operator, who is also told of what belongs to none."""
    of_ticket = uow.outbox.notices_of(ticket_id) if ticket_id is not None else []
    listed = {one.id for one in of_ticket}
    return [*of_ticket, *(one for one in uow.outbox.pending_for(services.settings.operator) if one.id not in listed)]


def _written(
    uow: UnitOfWork, services: Services, seen: Examination, intake: Intake, notice: Notice, now: Instant
) -> Writes:
    """Whether the letter of a notice would go out: what the decision and the budgets say."""
    if notice.state is not NoticeState.PENDING:
        silent = _why_silent(services, seen, intake)
        told = silent if silent is not None and silent.code == notice.reason else Reason(notice.reason)
        return Writes(notice, refused=told)
    if notice.role is Role.CUSTOMER and notice.kind not in WRITTEN_BY_A_PERSON:
        ticket = uow.tickets.get(notice.ticket_id) if notice.ticket_id is not None else None
        match budget_of(Lookups(uow, [notice], now), services, notice, ticket, now):
            case Muted(reason):
                return Writes(notice, refused=reason)
            case Wait(until, reason):
                return Writes(notice, waits=reason, at=until)
    return Writes(notice, at=notice.not_before)


def _why_silent(services: Services, seen: Examination, intake: Intake) -> Reason | None:
    """Why nothing automatic answers this mail, with its values: the notice itself keeps the code only."""
    return refusal(
        seen.mail,
        kind=seen.disposition.kind,
        schemes=[one.scheme for one in services.settings.mailboxes],
        own_lists=seen.mailbox.own_lists,
        folder=intake.folder,
    )


def _candidate_reference(uow: UnitOfWork, candidate: Candidate | None) -> str:
    return _reference(uow, candidate.ticket_id) if candidate else ""


def _reference(uow: UnitOfWork, ticket_id: int | None) -> str:
    ticket = uow.tickets.get(ticket_id) if ticket_id is not None else None
    return ticket.reference if ticket else ""

"""What a person sees of the tickets: lists, one ticket whole, and why its clocks stand as they do; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.letters import HistoryLine
from mailsla.core.model import (
    ENDED,
    Breach,
    ClockRow,
    Correction,
    Event,
    Instant,
    Letter,
    Message,
    Notice,
    Promise,
    Status,
    StoredAttachment,
    Ticket,
)
from mailsla.core.participants import admitted
from mailsla.core.recall import Outgoing, waiting_answer
from mailsla.core.satisfaction import answers
from mailsla.core.sla.clocks import Clock, ClockState
from mailsla.core.sla.first_contact import first_contact
from mailsla.errors import PermanentError
from mailsla.flows.services import Services
from mailsla.flows.steps.case import told, who
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.explaining import Why, why_of
from mailsla.flows.steps.promises import promises_now
from mailsla.flows.steps.relaying import outgoing
from mailsla.flows.steps.terms import Agreement, Agreements, agreements_of
from mailsla.ports.store import UnitOfWork

MOST = 2000  # tickets in a list
LIVE = tuple(status for status in Status if status not in ENDED and status is not Status.RESOLVED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket with its most pressing clock, None when none runs.

    `deadline`: when that clock runs out, or ran out. `left`: opening seconds until then; None: it is over.
    """

    ticket: Ticket
    clock: ClockRow | None = None
    deadline: Instant | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation, with its files. `recalled`: an answer that was taken back before it left."""

    message: Message
    files: Sequence[StoredAttachment]
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Wrote:
    """A decision to write to somebody, and the letter that it became (without its bytes)."""

    notice: Notice
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Running:
    """A clock as it stands now. `left`: opening seconds until its deadline, None unless it runs and is not over."""

    clock: Clock
    left: int | None


@dataclass(frozen=True, slots=True)
class Satisfied:
    """A customer's 1 to 5, and what they wrote to it."""

    score: int
    at: Instant
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is kept of a ticket, its clocks as they stand at `at`. `beside`: what else was agreed than `policy`.

    `came_in`: the tickets that were merged into it, whose conversations stand there.
    """

    ticket: Ticket
    at: Instant
    linked: str
    merged_into: str
    participants: Sequence[str]  # who gets copies of answers
    came_in: Sequence[str]
    late_on_arrival: bool
    first_contact: bool
    policy: str
    beside: Sequence[str]
    clocks: Sequence[Running]
    breaches: Sequence[Breach]
    corrections: Sequence[Correction]
    promises: Sequence[Promise]
    conversation: Sequence[Said]
    timeline: Sequence[HistoryLine]
    letters: Sequence[Wrote]
    satisfaction: Satisfied | None
    waiting_answer: Outgoing | None  # a person's mail to the customer that can still be recalled


def _satisfied(uow: UnitOfWork, events: Sequence[Event]) -> Satisfied | None:
    """The newest answer that counts."""
    rated = next(reversed(answers(events)), None)
    if rated is None:
        return None
    message = uow.tickets.message(rated.message) if rated.message is not None else None
    return Satisfied(rated.score, rated.at, message.text if message else "")


def by_reference(uow: UnitOfWork, reference: str) -> Ticket:
    """Also in the brackets of a subject's tag. Raises PermanentError when there is no such ticket."""
    ticket = uow.tickets.by_reference(reference.strip().removeprefix("[").removesuffix("]"))
    if ticket is None:
        raise PermanentError(f'there is no ticket "{reference}"', "see `mailsla ticket list --all`")
    return ticket


def found(services: Services, reference: str) -> Ticket:
    """The ticket, before anything is done with it. Raises PermanentError when there is no such ticket."""
    with services.store.begin() as uow:
        return by_reference(uow, reference)


def listed(services: Services, statuses: Sequence[str], assignee: str | None) -> list[Listed]:
    """The MOST newest tickets in these statuses (none: all): what is over or due first on top, then the newest."""
    now = services.now()
    with services.store.begin() as uow:
        tickets = uow.tickets.listed(statuses=statuses, assignee=assignee, limit=MOST)
        clocks = uow.clocks.of_tickets([ticket.id for ticket in tickets])
        rows = [
            _pressing(ticket, clocks.get(ticket.id, []), agreements_of(uow, services, ticket), now)
            for ticket in tickets
        ]
    return sorted(rows, key=lambda row: (row.deadline is None, row.deadline or 0))


def show(services: Services, reference: str) -> Shown:
    """Raises PermanentError when there is no such ticket."""
    with services.store.begin() as uow:
        ticket = by_reference(uow, reference)
        agreements = agreements_of(uow, services, ticket)
        main = agreements.get("")
        events = uow.tickets.events(ticket.id)
        now = _now(services, events)
        clocks = clocks_of(uow, services, ticket, now, events)
        linked = uow.tickets.get(ticket.linked_to) if ticket.linked_to else None
        merged = uow.tickets.get(ticket.merged_into) if ticket.merged_into else None
        letters = {letter.notice_id: letter for letter in uow.outbox.letters(ticket_id=ticket.id)}
        recalled = {event.data.get("message") for event in events if event.type == "recalled"}
        return Shown(
            ticket=ticket,
            at=now,
            linked=linked.reference if linked else "",
            policy=main.policy.name if main else "",
            beside=[one.policy.name for track, one in agreements.items() if track],
            clocks=[Running(one, _left(one, agreements.get(one.track), now)) for one in clocks],
            breaches=uow.clocks.breaches(ticket.id),
            corrections=uow.clocks.corrections(ticket.id),
            merged_into=merged.reference if merged else "",
            participants=admitted(events),
            came_in=[str(one.data["reference"]) for one in events if one.type == "merged_from"],
            first_contact=first_contact(events),
            late_on_arrival=any(one.type == "created" and one.data.get("late_on_arrival") for one in events),
            promises=promises_now(uow, services, ticket, events, now),
            conversation=[
                Said(one, uow.tickets.attachments(one.id), one.id in recalled)
                for one in uow.tickets.messages(ticket.id)
            ],
            timeline=[HistoryLine(at=one.at, who=who(services, one.actor), what=told(services, one)) for one in events],
            letters=[Wrote(one, letters.get(one.id)) for one in uow.outbox.notices_of(ticket.id)],
            satisfaction=_satisfied(uow, events),
            waiting_answer=waiting_answer(outgoing(uow, ticket.id)),
        )


def explained(services: Services, reference: str) -> Why:
    """Raises PermanentError when there is no such ticket."""
    with services.store.begin() as uow:
        ticket = by_reference(uow, reference)
        events = uow.tickets.events(ticket.id)
        return why_of(uow, services, ticket, events, _now(services, events))


def _now(services: Services, events: Sequence[Event]) -> Instant:
    """Now, but not before what happened already: where the clock was set back, or the week was a played one."""
    return max(services.now(), events[-1].at) if events else services.now()


def _pressing(ticket: Ticket, clocks: Sequence[ClockRow], agreements: Agreements, now: Instant) -> Listed:
    """Its clock that runs out first; one that ran out comes before all."""
    running = [(_deadline(clock), clock) for clock in clocks if clock.state == ClockState.RUNNING]
    known = [(at, clock) for at, clock in running if at is not None]
    if not known:
        return Listed(ticket)
    deadline, clock = min(known, key=lambda one: one[0])
    agreement = agreements.get(clock.track)
    left = agreement.calendar.elapsed(now, deadline) if agreement and deadline > now else None
    return Listed(ticket, clock, deadline, left)


def _deadline(clock: ClockRow) -> Instant | None:
    """The due time, or once it is over when it was."""
    return clock.breached_at[-1] if clock.due is None and clock.breached_at else clock.due


def _left(clock: Clock, agreement: Agreement | None, now: Instant) -> int | None:
    return agreement.calendar.elapsed(now, clock.due) if agreement and clock.due is not None else None

"""One action of a person through the CLI; commands go through the same plan as those by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mailsla.config.settings import MailboxSettings
from mailsla.core.commands.grammar import Command, Parsed
from mailsla.core.commands.plan import Actor, Plan
from mailsla.core.model import (
    Breach,
    ClockRow,
    Event,
    Intake,
    IntakeState,
    Letter,
    LetterState,
    Message,
    Notice,
    Reason,
    Role,
    Ticket,
)
from mailsla.core.sla.why import why
from mailsla.errors import PermanentError
from mailsla.flows.deliver import deliver
from mailsla.flows.process import process
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.commanding import carry_out, plan_for, relay
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is kept of a ticket."""

    ticket: Ticket
    clocks: Sequence[ClockRow]
    breaches: Sequence[Breach]
    messages: Sequence[Message]
    events: Sequence[Event]
    notices: Sequence[Notice]


def listed(services: Services, statuses: Sequence[str], assignee: str | None) -> list[tuple[Ticket, list[ClockRow]]]:
    """Tickets, newest first, with their clocks."""
    with services.store.begin() as uow:
        tickets = uow.tickets.listed(statuses=statuses, assignee=assignee)
        clocks = uow.clocks.of_tickets([ticket.id for ticket in tickets])
    return [(ticket, clocks.get(ticket.id, [])) for ticket in tickets]


def show(services: Services, reference: str) -> Shown:
    """Raises PermanentError when there is no such ticket."""
    with services.store.begin() as uow:
        ticket = _ticket(uow, reference)
        return Shown(
            ticket,
            uow.clocks.of_ticket(ticket.id),
            uow.clocks.breaches(ticket.id),
            uow.tickets.messages(ticket.id),
            uow.tickets.events(ticket.id),
            uow.outbox.notices_of(ticket.id),
        )


def explained(services: Services, reference: str) -> list[tuple[str, tuple[Reason, ...]]]:
    """Each clock with the reasons for its due time, line by line."""
    now = services.now()
    with services.store.begin() as uow:
        ticket = _ticket(uow, reference)
        agreement = agreement_of(uow, services, ticket)
        if agreement is None:
            return []
        clocks = clocks_of(uow, services, ticket, now)
    return [(f"{clock.metric.value} {clock.cycle}", why(clock, agreement.calendar)) for clock in clocks]


def command(services: Services, reference: str, verb: Command, user: str) -> Plan:
    """Carry out one command, or none; the plan says which."""
    with services.store.begin() as uow:
        work = TicketWork(uow, services, _ticket(uow, reference), services.now())
        planned = plan_for(work, Parsed((verb,), "", ()), Actor(name=user, role=Role.AGENT, is_cli=True))
        if planned.ok:
            carry_out(work, planned, f"cli:{user}", relays=False)
            work.save()
            uow.commit()
    return planned


def reply(services: Services, reference: str, text: str, user: str, *, resolve: bool) -> Plan:
    """Send a text to the customer as the team's answer; with `resolve` it is the final one."""
    verbs = (Command("resolve"),) if resolve else ()
    with services.store.begin() as uow:
        work = TicketWork(uow, services, _ticket(uow, reference), services.now())
        planned = plan_for(work, Parsed(verbs, text, ()), Actor(name=user, role=Role.AGENT, is_cli=True))
        if planned.ok:
            message = Message(
                ticket_id=work.ticket.id,
                direction="out",
                kind="agent_reply",
                author=user,
                at=work.now,
                text=planned.relay_text,
            )
            carry_out(work, planned, f"cli:{user}", relays=True)
            relay(work, planned, user, uow.tickets.add_message(message))
            work.save()
            uow.commit()
    return planned


def open_by_hand(services: Services, mailbox: MailboxSettings, sender: str, subject: str, text: str) -> Ticket:
    """A complaint that came by telephone or letter: as if the customer had written it; they are acknowledged."""
    now = services.now()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, mailbox.address, subject
    mail["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    mail["Message-ID"] = f"<{services.ids.public()}@cli.invalid>"
    mail.set_content(text)
    raw = mail.as_bytes()
    intake_id = deliver(services, mailbox, raw)
    with services.store.begin() as uow:
        intake = uow.intake.get(intake_id)
    if intake is None:
        raise PermanentError(f"intake {intake_id} is gone")
    process(services, intake, services.reader.read(raw))
    with services.store.begin() as uow:
        done = uow.intake.get(intake_id)
        ticket = uow.tickets.get(done.ticket_id) if done and done.ticket_id else None
    if ticket is None:
        raise PermanentError(
            "the complaint was not opened as a ticket", f"see what it became: mailsla queue show {intake_id}"
        )
    return ticket


def queues(services: Services) -> tuple[list[Intake], list[Letter]]:
    """Mails that are held or quarantined, and letters that wait, failed or are held."""
    with services.store.begin() as uow:
        mails = uow.intake.listed((IntakeState.QUARANTINED, IntakeState.HELD))
        states = (LetterState.QUEUED, LetterState.SENDING, LetterState.FAILED, LetterState.HELD)
        return mails, uow.outbox.letters(states=states)


def queued_mail(services: Services, intake_id: int) -> tuple[Intake, bytes]:
    """One mail with its bytes."""
    with services.store.begin() as uow:
        intake = uow.intake.get(intake_id)
        if intake is None or intake.sha256 is None:
            raise PermanentError(f"there is no mail {intake_id}", "see `mailsla queue list`")
        return intake, uow.intake.raw(intake.sha256)


def queued_letter(services: Services, letter_id: int) -> Letter:
    """One letter with its bytes."""
    with services.store.begin() as uow:
        letter = uow.outbox.get_letter(letter_id)
    if letter is None:
        raise PermanentError(f"there is no letter {letter_id}", "see `mailsla queue list`")
    return letter


def release(services: Services, intake_id: int, user: str) -> None:
    """A person vouches for a held mail: it is processed as if its sender were proven."""
    with services.store.begin() as uow:
        if not uow.intake.reopen(intake_id, (IntakeState.HELD,), f"released:{user}"):
            raise PermanentError(f"mail {intake_id} is not held", "see `mailsla queue list`")
        uow.commit()


def retry_mail(services: Services, intake_id: int) -> None:
    """Read a quarantined mail once more."""
    with services.store.begin() as uow:
        if not uow.intake.reopen(intake_id, (IntakeState.QUARANTINED,), ""):
            raise PermanentError(f"mail {intake_id} is not in quarantine", "see `mailsla queue list`")
        uow.commit()


def retry_letter(services: Services, letter_id: int) -> None:
    """Send a failed or held letter once more."""
    with services.store.begin() as uow:
        if not uow.outbox.release_letter(letter_id, services.now()):
            raise PermanentError(f"letter {letter_id} has neither failed nor is it held", "see `mailsla queue list`")
        uow.commit()


def _ticket(uow: UnitOfWork, reference: str) -> Ticket:
    ticket = uow.tickets.by_reference(reference)
    if ticket is None:
        raise PermanentError(f'there is no ticket "{reference}"', "see `mailsla ticket list`")
    return ticket

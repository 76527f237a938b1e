"""One action of a person through the CLI; commands go through the same plan as those by mail."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from mailsla.config.settings import MailboxSettings
from mailsla.core.commands.grammar import Command, Parsed, parse
from mailsla.core.commands.plan import Plan
from mailsla.core.commands.situation import Actor
from mailsla.core.model import Instant, Message, Role, Ticket
from mailsla.core.notices import UNREACHABLE
from mailsla.errors import MailslaError, PermanentError
from mailsla.flows.deliver import deliver
from mailsla.flows.looking import by_reference
from mailsla.flows.process import give_back, process
from mailsla.flows.services import Services
from mailsla.flows.steps.commanding import carry_out, plan_for, refuse
from mailsla.flows.steps.relay_checks import leak_in
from mailsla.flows.steps.relaying import relay
from mailsla.flows.steps.work import TicketWork

DAEMON_WAITS = 60  # seconds until the daemon takes up a complaint by hand that this process did not get done


def command(services: Services, reference: str, verb: Command, user: str, note: str = "") -> Plan:
    """Carry out one command, or none; the plan says which. `note`: the text below it, for one that keeps it inside."""
    with services.store.begin() as uow:
        work = TicketWork(uow, services, by_reference(uow, reference), services.now())
        planned = plan_for(work, Parsed((verb,), note, ()), _actor(user))
        if planned.ok:
            planned = carry_out(work, planned, _actor(user).label, relays=False)
            work.save()
            uow.commit()
    return planned


def reply(
    services: Services, reference: str, text: str, user: str, *, resolve: bool, template: str = ""
) -> tuple[Plan, Instant | None]:
    """Send a text to the customer as the team's answer, below the saved reply `template`, and when.

    `resolve`: it is the last.

    Raises PermanentError when the ticket stands for a mail that nobody can be answered on, or when the text holds what
    would be a command in a mail: a note must never go to the customer.
    """
    typed = parse(text)
    if typed.commands or typed.errors:
        shown = typed.commands[0].shown if typed.commands else typed.errors[0].text
        raise PermanentError(
            f'nothing was sent: "{shown}" looks like a command',
            "use `mailsla ticket note`, `resolve` and so on, or begin the line with another character",
        )
    verbs = (*([Command("template", template)] if template else ()), *([Command("resolve")] if resolve else ()))
    with services.store.begin() as uow:
        ticket = by_reference(uow, reference)
        work = TicketWork(uow, services, ticket, services.now())
        if ticket.requester.endswith(UNREACHABLE):
            what = f"{ticket.reference} has no address to write to: its mail could not be read"
            raise PermanentError(what, "see `mailsla queue list` for the mail")
        planned = plan_for(work, Parsed(verbs, text, ()), _actor(user))
        if planned.ok and (leaked := leak_in(work, planned.relay_text)) is not None:
            planned = refuse(planned, leaked)
        at = None
        if planned.ok:
            message = Message(
                ticket_id=ticket.id,
                direction="out",
                kind="agent_reply",
                author=user,
                at=work.now,
                text=planned.relay_text,
            )
            carry_out(work, planned, _actor(user).label, relays=True)
            at = relay(work, planned, user, uow.tickets.add_message(message))
            work.save()
            uow.commit()
    return planned, at


def open_by_hand(
    services: Services, mailbox: MailboxSettings, address: str, name: str, subject: str, text: str
) -> Ticket | None:
    """A complaint that came by telephone or letter: as if the customer had written it; they are acknowledged.

    None: a running daemon took it up first, and opens it now. Raises PermanentError when it became no ticket.
    """
    raw = _mail(services, mailbox, address, name, subject, text)
    intake_id = deliver(services, mailbox, raw)
    with services.store.begin() as uow:
        intake = uow.intake.get(intake_id)
        now = services.now()
        if intake is None or not uow.intake.claim(intake, services.owner, now, now + DAEMON_WAITS):
            return None
        uow.commit()
    try:
        process(services, intake, services.reader.read(raw))
    except MailslaError as error:  # database, disk: not the complaint's fault; the daemon opens it
        give_back(services, intake, error.message, wait=0)
        raise
    with services.store.begin() as uow:
        done = uow.intake.get(intake_id)
        ticket = uow.tickets.get(done.ticket_id) if done and done.ticket_id else None
    if ticket is None:
        raise PermanentError("the complaint was not opened as a ticket", f"see why: mailsla queue show M{intake_id}")
    return ticket


def _actor(user: str) -> Actor:
    return Actor(name=user, role=Role.AGENT, is_cli=True)


def _mail(services: Services, mailbox: MailboxSettings, address: str, name: str, subject: str, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = Address(display_name=name, addr_spec=address)
    mail["To"], mail["Subject"] = mailbox.address, subject
    mail["Date"] = format_datetime(datetime.fromtimestamp(services.now(), UTC))
    mail["Message-ID"] = f"<{services.ids.public()}@cli.invalid>"
    mail.set_content(text)
    return mail.as_bytes()

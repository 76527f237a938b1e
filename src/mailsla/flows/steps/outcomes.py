"""What follows when a letter was accepted by the submission server, or can never be."""

from dataclasses import replace

from mailsla.core.access.loops import MAIL_STOPS
from mailsla.core.lifecycle import after_reply
from mailsla.core.model import Instant, Letter, Notice, Scalar, Status, Ticket
from mailsla.flows.services import Services
from mailsla.flows.steps.admitting import send_copies
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.satisfying import asks_now, was_asked
from mailsla.flows.steps.telling import tell_agents
from mailsla.flows.steps.terms import agreement_of
from mailsla.flows.steps.warnings import speak_held
from mailsla.flows.steps.work import TicketWork
from mailsla.ports.store import UnitOfWork

ASKING = ("closing", "relay")  # kinds of letters that may ask how we did


def after_sent(uow: UnitOfWork, services: Services, letter: Letter, now: Instant) -> None:
    """An agent's answer stops clocks the moment that our server takes it; other mail to customers leaves a trace."""
    ticket = uow.tickets.get(letter.ticket_id) if letter.ticket_id is not None else None
    if ticket is None or not letter.outside:
        return
    work = TicketWork(uow, services, ticket, now)
    about = uow.outbox.get_notice(letter.notice_id) if letter.kind in ASKING else None
    asked = about is not None and asks_now(work, about)  # as when it was written, moments ago
    if letter.kind != "relay":
        work.record("letter_sent", "mailsla", {"letter": letter.id, "kind": letter.kind})
        if asked:
            was_asked(work, letter.id)
        work.save()
        return
    notice = next(one for one in uow.outbox.notices_of(ticket.id) if one.id == letter.notice_id)
    agent = str(notice.data.get("agent", ""))
    actor = f"agent:{agent}"
    work.record("agent_reply", actor, {"letter": letter.id, "message": notice.data.get("message")})
    work.change(answered=True)
    work.touched_by_person(actor)
    send_copies(work, letter, notice)
    work.set_status(status_after(uow, services, work.ticket, notice), actor, letter=letter.id)
    if asked:
        was_asked(work, letter.id)
    work.save()


def status_after(uow: UnitOfWork, services: Services, ticket: Ticket, notice: Notice) -> Status:
    """The ticket's status once the answer of this notice is sent."""
    agreement = agreement_of(uow, services, ticket)
    resolve, wait = bool(notice.data.get("resolve")), bool(notice.data.get("wait"))
    return after_reply(ticket.status, agreement.policy if agreement else None, resolve=resolve, wait=wait)


def after_failed(uow: UnitOfWork, services: Services, letter: Letter, answer: str, now: Instant) -> None:
    """A letter that will never arrive: the ticket and its agents are told, or the operator."""
    ticket = uow.tickets.get(letter.ticket_id) if letter.ticket_id is not None else None
    if ticket is None or not letter.outside:
        values: dict[str, Scalar] = {
            "letter": letter.id,
            "kind": letter.kind,
            "recipient": letter.recipient,
            "answer": answer,
        }
        if letter.kind != "operator_alert":  # an alert about an alert that can't be sent goes nowhere
            alert(uow, services, "letter_failed", now, values, command="mailsla queue list")
        return
    work = TicketWork(uow, services, ticket, now)
    work.record("letter_failed", "mailsla", {"letter": letter.id, "kind": letter.kind, "answer": answer})
    stop_mail(uow, letter.recipient, now)
    tell_failure(work, letter, answer)
    if letter.kind == "relay":
        speak_held(work)
    work.save()


def tell_failure(work: TicketWork, letter: Letter, answer: str) -> None:
    """Tell the ticket's agents that a mail to the customer did not arrive."""
    data = {"recipient": letter.recipient, "was": letter.kind, "answer": answer, "at": work.now}
    tell_agents(work, "delivery_failed", f"failed:{letter.id}", data)


def tell_unmade(uow: UnitOfWork, services: Services, notice: Notice, cause: str, now: Instant) -> None:
    """Tell the ticket's agents, once, that their answer can't be sent as it is, and why."""
    ticket = uow.tickets.get(notice.ticket_id) if notice.ticket_id is not None else None
    if ticket is not None:
        work = TicketWork(uow, services, ticket, now)
        data = {"recipient": notice.recipient, "was": notice.kind, "answer": cause, "at": now}
        tell_agents(work, "delivery_failed", f"unmade:{notice.id}", data)
        work.save()


def stop_mail(uow: UnitOfWork, address: str, now: Instant) -> None:
    """Automatic mail to an address that refuses for good stops for 60 days."""
    customer = uow.tickets.customer_by_email(address)
    if customer is not None:
        uow.tickets.save_customer(replace(customer, mail_stopped_until=now + MAIL_STOPS))

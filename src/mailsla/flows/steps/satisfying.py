"""The question to a customer is asked, asked once more, and answered; a low score is told to a manager."""

from datetime import datetime, timedelta

from mailsla.core.ladder import recipients
from mailsla.core.model import Instant, Moment, Notice, Role, Ticket
from mailsla.core.notices import INSTEAD_OF, to_agent, to_customer, to_operator
from mailsla.core.satisfaction import Asking, answers, asks, is_low, last_asked, waits_for_answer
from mailsla.core.sla.targets import parse_target
from mailsla.flows.services import Services
from mailsla.flows.steps import conversation as talk
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.work import SYSTEM, TicketWork
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.occasions import RESTORED

KIND = "ask_again"  # of moments; the key is the ticket's id
DAY = 24 * 3600


def asks_now(work: TicketWork, notice: Notice) -> bool:
    """Whether the letter of this notice asks: a person's answer does, and a closing letter after one."""
    answered = notice.kind == "relay" or work.ticket.answered
    resolves = bool(notice.data.get("resolve")) if notice.kind == "relay" else notice.kind == "closing"
    if not (answered and resolves) or notice.data.get("waited_days"):
        return False
    customer = work.uow.tickets.customer_by_email(notice.recipient)
    stopped = customer is not None and customer.mail_stopped_until > work.now
    return not stopped and asks(rules_of(work.services), work.ticket, work.events, work.now)


def rules_of(services: Services) -> Asking:
    """[satisfaction]."""
    settings = services.settings.satisfaction
    return Asking(settings.ask, settings.share, parse_target(settings.again_after).amount * DAY)


def was_asked(work: TicketWork, letter: int) -> None:
    """The letter that asks has gone out; they are reminded some days later, at that time of their day."""
    work.record("satisfaction_asked", SYSTEM, {"letter": letter})
    if (at := _remind_at(work.services, work.ticket, work.now)) is not None:
        work.uow.clocks.set_moment(Moment(kind=KIND, key=str(work.ticket.id), at=at))


def _remind_at(services: Services, ticket: Ticket, asked: Instant) -> Instant | None:
    days = services.settings.satisfaction.remind_after
    if days == "never":
        return None
    local = datetime.fromtimestamp(asked, services.zone(ticket.zone))
    return int((local + timedelta(days=parse_target(days).amount)).timestamp())


def ask_again(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """The one reminder, unless they have said something since, or are not to be asked any more."""
    ticket = uow.tickets.get(int(moment.key))
    settings = services.settings.satisfaction
    if ticket is None or not settings.ask or settings.remind_after == "never":
        return
    work = TicketWork(uow, services, ticket, now, past=moment.at <= (uow.occasions.when(RESTORED) or 0))
    asked = waits_for_answer(ticket, work.events)
    if asked is not None:
        key = f"ask_again:{ticket.id}:{asked}"
        work.notify(to_customer("satisfaction_reminder", ticket, key, now, {"asked": asked}))
        work.save()


def answered(work: TicketWork, actor: str, message: int, score: int, comment: str, at: Instant) -> None:
    """Kept, and nothing is taken up again. A low score goes to a manager, once unless there are new words to it; words
    go to who has the case."""
    low = work.services.settings.satisfaction.low
    asked = last_asked(work.events) or 0
    before = any(one.at >= asked and is_low(one.score, low) for one in answers(work.events))
    work.record("rating", actor, {"message": message, "score": score}, at=at)
    told = ""
    if is_low(score, low) and (comment or not before):
        told = _tell_manager(work, message, score)
    if comment:
        talk.tell_readers(work, message, "rating", but=told)


def _tell_manager(work: TicketWork, message: int, score: int) -> str:
    """A letter to the manager, or who is there instead, else to the operator; the name of who gets it, "" = nobody of
    ours."""
    settings = work.services.settings
    directory = directory_now(work.uow, work.services, work.now)
    people = recipients(directory, work.ticket, ("manager",), settings.operator)
    data = {"message": message, "score": score}
    key = f"low_rating:{message}"
    agents = [one for one in people if one.agent is not None]
    for one in agents:
        assert one.agent is not None
        told = {**data, INSTEAD_OF: one.instead_of} if one.instead_of else data
        letter = to_agent(
            "low_rating", work.ticket, one.agent, key, work.now, work.services.calendars, told, role=Role.MANAGER
        )
        work.notify(letter)
    if not agents:
        work.notify(to_operator("low_rating", settings.operator, key, work.now, data, work.ticket.id))
    return agents[0].agent.name if agents and agents[0].agent is not None else ""

"""One due moment: taken, decided, and the next one set, in one transaction (sla.md section 5)."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from mailsla.core.ladder import Recipient, recipients
from mailsla.core.lifecycle import next_step, resolves_waiting_at
from mailsla.core.model import Instant, Moment, Role, Status, Ticket
from mailsla.core.notices import INSTEAD_OF, to_agent, to_customer, to_operator
from mailsla.core.sla.clocks import Clock, Metric
from mailsla.core.sla.escalation import Firing, due_now
from mailsla.errors import TemporaryError, machine_failed
from mailsla.flows.jobs import JOBS
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.answers import answer_waits
from mailsla.flows.steps.breaches import on_track
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.delays import put_off
from mailsla.flows.steps.incidents import opened
from mailsla.flows.steps.presence import directory_now
from mailsla.flows.steps.snoozing import snoozed, wake_in_time
from mailsla.flows.steps.terms import Agreement, agreements_of
from mailsla.flows.steps.warnings import hold_back, warn
from mailsla.flows.steps.work import SYSTEM, TicketWork
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.occasions import RESTORED

log = structlog.get_logger()

ANSWERED = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE)  # stopped by an agent's answer
DAY = 24 * 3600
TRY_AGAIN = 15 * 60


def next_due(services: Services) -> bool:
    """Deal with the earliest moment that is due; False when there is none. Raises TemporaryError of the store."""
    now = services.now()
    moment: Moment | None = None
    try:
        with services.store.begin() as uow:
            moment = uow.clocks.next_moment(now)
            if moment is None:
                return False
            if uow.clocks.take_moment(moment):
                _deal(uow, services, moment, now)
                uow.commit()
    except TemporaryError:
        raise
    except Exception as error:
        if failed := machine_failed(error):
            raise failed from error
        if moment is None:
            raise
        log.exception("due moment failed", kind=moment.kind, key=moment.key)
        _shunt(services, moment, type(error).__name__, now)
    return True


def _shunt(services: Services, moment: Moment, error: str, now: Instant) -> None:
    """Try it again later, and tell the operator; unless another daemon has dealt with it meanwhile."""
    with services.store.begin() as uow:
        if not uow.clocks.take_moment(moment):
            return
        uow.clocks.set_moment(replace(moment, at=now + TRY_AGAIN))
        values = {"kind": moment.kind, "key": moment.key, "error": error}
        alert(uow, services, "moment_failed", now, values, command="journalctl -u mailsla")
        uow.commit()


def _deal(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    if moment.kind == "ticket":
        ticket = uow.tickets.get(int(moment.key))
        if ticket is not None:
            past = moment.at <= (uow.occasions.when(RESTORED) or 0)
            _ticket_due(uow, services, ticket, now, past=past)
    else:
        JOBS[moment.kind](uow, services, moment, now)
    log.info("due", kind=moment.kind, key=moment.key)


def _ticket_due(uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant, *, past: bool = False) -> None:
    """Warnings, breaches, levels and what a ticket does by itself; saving reckons the next moment.

    `past`: it was due before the database was restored, and customers may have heard of it then.
    """
    work = TicketWork(uow, services, ticket, now, past=past)
    agreements = agreements_of(uow, services, ticket)
    fired = uow.clocks.fired(ticket.id)
    wake_in_time(work)
    for clock in clocks_of(uow, services, ticket, now, work.events):
        agreement = agreements.get(clock.track)
        if agreement is None:
            continue
        for firing in due_now(clock, agreement.policy, agreement.calendar, fired, now):
            new = uow.clocks.fire(ticket.id, firing.key, firing.at, firing.superseded)
            if new and not firing.superseded:
                _speak(work, agreement, clock, firing)
    put_off(work)
    _lifecycle(work, agreements.get(""), fired)
    work.save()


def _answer_waits(work: TicketWork, clock: Clock) -> bool:
    """While an agent's answer waits to be sent, the clock that it will stop sends no warning (mail.md section 4)."""
    return clock.metric in ANSWERED and answer_waits(work.uow, work.ticket.id)


def _speak(work: TicketWork, agreement: Agreement, clock: Clock, firing: Firing) -> None:
    """Write to whom a firing is for. A breach itself is recorded; its letters are the ladder's."""
    if firing.kind == "breach":
        return
    data: dict[str, object] = {
        "metric": clock.metric.value,
        "cycle": clock.cycle,
        "level": firing.level + 1,
        "due": clock.deadline,
        **on_track(clock),
    }
    key = f"sla:{work.ticket.id}:{firing.key}"
    if (incident := opened(work.uow, work.ticket.id)) is not None:  # one letter for all of it, whatever their policies
        step = f"{clock.track}:{clock.metric}:{clock.cycle}:{firing.rule}:{firing.level}:{firing.repeat}"
        key, data = f"sla:{incident.called}:{step}", {**data, "incident": incident.id}
    if firing.kind == "warning" and snoozed(work):
        work.record("reminder_slept", SYSTEM, {"metric": clock.metric.value, **on_track(clock)})
        return
    if firing.kind == "warning":
        about = {"metric": clock.metric.value, "rule": firing.rule, **on_track(clock)}
        say = hold_back if _answer_waits(work, clock) else warn
        say(work, key, about, data)
        return
    level = agreement.policy.ladder[firing.level]
    directory = directory_now(work.uow, work.services, work.now)
    people = recipients(directory, work.ticket, level.to, work.services.settings.operator)
    told = ", ".join(person.called for person in people) or "operator"
    climbed = {"metric": clock.metric.value, "level": firing.level + 1, "to": told, **on_track(clock)}
    work.record("escalated", SYSTEM, climbed)
    _escalate(work, people, key, data, override_quiet=level.override_quiet_hours)


def _escalate(
    work: TicketWork, people: Sequence[Recipient], key: str, data: dict[str, object], *, override_quiet: bool
) -> None:
    operator = work.services.settings.operator
    if not people:  # a ladder that finds nobody falls back to the operator, and says so
        work.notify(to_operator("escalation", operator, key, work.now, {**data, "nobody": True}, work.ticket.id))
    for person in people:
        if person.agent is None:
            work.notify(to_operator("escalation", person.address, key, work.now, data, work.ticket.id))
            continue
        works_on_it = work.ticket.assignee in (person.agent.name, person.instead_of or None)
        role = Role.AGENT if works_on_it else Role.MANAGER
        work.notify(
            to_agent(
                "escalation",
                work.ticket,
                person.agent,
                key,
                work.now,
                work.services.calendars,
                {**data, INSTEAD_OF: person.instead_of} if person.instead_of else data,
                role=role,
                override_quiet=override_quiet,
            )
        )


def _lifecycle(work: TicketWork, agreement: Agreement | None, fired: set[str]) -> None:
    policy, calendar = (agreement.policy, agreement.calendar) if agreement else (None, None)
    step = next_step(work.ticket, policy, calendar, fired)
    if step is None or step.at > work.now:
        return
    ticket = work.ticket
    if step.what == "close":
        work.set_status(Status.CLOSED, SYSTEM, at=step.at)
    elif step.what == "remind_waiting" and work.uow.clocks.fire(ticket.id, step.key, step.at, False):
        closes = resolves_waiting_at(ticket, policy, calendar) if policy and calendar else None
        data = {"closes_at": closes or 0}
        work.notify(
            to_customer("waiting_reminder", ticket, f"waiting:{ticket.id}:{ticket.waiting_since}", work.now, data)
        )
    elif step.what == "resolve_waiting":
        waited = (work.now - (ticket.waiting_since or work.now)) // DAY
        work.set_status(Status.RESOLVED, SYSTEM)
        key = f"closing:{ticket.id}:{work.now}"
        work.notify(to_customer("closing", work.ticket, key, work.now, {"waited_days": waited}))

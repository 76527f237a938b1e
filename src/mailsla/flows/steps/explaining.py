"""Why a ticket is what it is, and each due time when it is: the values behind `#why` and `mailsla ticket why`."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.letters_people import ClockLines, Explanation
from mailsla.core.model import Event, Instant, Reason, Ticket
from mailsla.core.notices import reason_from
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.why import in_runs, why
from mailsla.flows.services import Services
from mailsla.flows.steps.case import who
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.notified import Case
from mailsla.flows.steps.terms import Agreements, agreements_of
from mailsla.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person gave a ticket another category or priority; `before`: what it was, "" = no category."""

    at: Instant
    who: str
    before: str


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons behind a ticket: what it was taken for, and for each clock what counted until when.

    `category`, `priority`: why it was opened with them; `..._chosen`: who changed them afterwards, oldest first.
    """

    ticket: Ticket
    at: Instant
    agreements: Agreements
    category: Sequence[Reason]
    priority: Sequence[Reason]
    category_chosen: Sequence[Chosen]
    priority_chosen: Sequence[Chosen]
    clocks: Sequence[tuple[Clock, Sequence[Reason]]]


def why_of(uow: UnitOfWork, services: Services, ticket: Ticket, events: Sequence[Event], now: Instant) -> Why:
    """All of it, as of `now`."""
    agreements = agreements_of(uow, services, ticket)
    return Why(
        ticket=ticket,
        at=now,
        agreements=agreements,
        category=_stored(ticket, "category_reasons"),
        priority=_stored(ticket, "priority_reasons"),
        category_chosen=_chosen(services, events, "category"),
        priority_chosen=_chosen(services, events, "priority"),
        clocks=[
            (clock, in_runs(why(clock, agreement.calendar), agreement.calendar))
            for clock in clocks_of(uow, services, ticket, now, events)
            if (agreement := agreements.get(clock.track)) is not None
        ],
    )


def explanation(case: Case) -> Explanation:
    """The letter that answers `#why`."""
    told = why_of(case.uow, case.services, case.ticket, case.events, case.now)
    return Explanation(
        reference=case.ticket.reference,
        subject=case.ticket.subject,
        category=case.facts().category,
        category_reasons=told.category,
        category_by=told.category_chosen[-1].who if told.category_chosen else "",
        priority=case.ticket.priority,
        priority_reasons=told.priority,
        priority_by=told.priority_chosen[-1].who if told.priority_chosen else "",
        policies=[(one.policy.name, one.calendar.spec.name) for one in told.agreements.values()],
        clocks=[
            ClockLines(
                metric=clock.metric.value,
                cycle=clock.cycle,
                state="late" if clock.overdue else clock.state.value,
                of=clock.of,
                lines=lines,
            )
            for clock, lines in told.clocks
        ],
    )


def _stored(ticket: Ticket, key: str) -> list[Reason]:
    reasons = ticket.triage.get(key)
    return [reason_from(one) for one in reasons] if isinstance(reasons, list | tuple) else []


def _chosen(services: Services, events: Sequence[Event], what: str) -> list[Chosen]:
    return [
        Chosen(one.at, who(services, one.actor), str(one.data.get("from", ""))) for one in events if one.type == what
    ]

"""Why a ticket is what it is, and each due time when it is: the values behind `#why` and `mailsla ticket why`."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.letters_people import AgreedTerms, ClockLines, Explanation, HistoryLine, StatedPromise
from mailsla.core.model import Breach, Correction, Event, Instant, Promise, Reason, Scalar, Ticket
from mailsla.core.notices import reason_from
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.why import in_runs, why
from mailsla.flows.services import Services
from mailsla.flows.steps.breaches import track_of
from mailsla.flows.steps.case import history, who
from mailsla.flows.steps.clocks import clocks_of
from mailsla.flows.steps.notified import Case
from mailsla.flows.steps.promises import promises_now
from mailsla.flows.steps.raising import reasons_in
from mailsla.flows.steps.terms import Agreements, agreements_of
from mailsla.ports.store import UnitOfWork

# Who hears of it when, and whose it is: it changes no clock of the customer's, but explains what happened of them.
BY_COMMAND = frozenset({"snoozed", "woke", "reminder_slept", "acknowledged", "handed_over"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ticket got another category or priority; `before`: what it was, "" = no category.

    `reasons`: why mailsla itself raised the priority.
    """

    at: Instant
    who: str
    before: str
    reasons: Sequence[Reason] = ()


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
    promises: Sequence[Promise]
    tzdata: str
    happened: Sequence[HistoryLine]

    def terms(self) -> list[AgreedTerms]:
        """What counts now, with the versions in force."""
        return [
            AgreedTerms(
                policy=one.policy.name,
                version=one.version,
                calendar=one.calendar.spec.name,
                calendar_version=one.calendar.at(self.at).version,
            )
            for one in self.agreements.values()
        ]


def why_of(uow: UnitOfWork, services: Services, ticket: Ticket, events: Sequence[Event], now: Instant) -> Why:
    """All of it, as of `now`."""
    agreements = agreements_of(uow, services, ticket)
    clocks = clocks_of(uow, services, ticket, now, events)
    annulled = _annulled(uow, services, ticket, clocks)
    return Why(
        ticket=ticket,
        at=now,
        agreements=agreements,
        category=_stored(ticket, "category_reasons"),
        priority=_stored(ticket, "priority_reasons"),
        category_chosen=_chosen(services, events, "category"),
        priority_chosen=_chosen(services, events, "priority"),
        clocks=[
            (clock, _with(in_runs(why(clock, agreement.calendar), agreement.calendar), annulled[number]))
            for number, clock in enumerate(clocks)
            if (agreement := agreements.get(clock.track)) is not None
        ],
        promises=promises_now(uow, services, ticket, events, now),
        tzdata=services.tzdata,
        happened=history(services, [event for event in events if event.type in BY_COMMAND]),
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
        priority_raised=told.priority_chosen[-1].reasons if told.priority_chosen else (),
        policies=told.terms(),
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
        tzdata=told.tzdata,
        happened=told.happened,
        promises=[
            StatedPromise(
                metric=one.metric,
                until=one.until,
                date_only=one.date_only,
                stated_at=one.stated_at,
                state=one.state.value,
                settled_at=one.settled_at,
                by=who(case.services, f"agent:{one.made_by}") if one.made_by else "",
            )
            for one in told.promises
        ],
    )


def _annulled(uow: UnitOfWork, services: Services, ticket: Ticket, clocks: Sequence[Clock]) -> list[list[Reason]]:
    """For each clock the breaches that were recorded and count no more: annulled(at, kind, cause, corrected_at)."""
    breaches = {one.id: one for one in uow.clocks.breaches(ticket.id)}
    found: list[list[Reason]] = [[] for _ in clocks]
    for correction in uow.clocks.corrections(ticket.id) if breaches else ():
        breach = breaches[correction.breach_id]
        missed = (track_of(uow, services, breach), breach.metric, breach.cycle)
        for number, clock in enumerate(clocks):
            if (clock.track, clock.metric.value, clock.cycle) == missed:
                found[number].append(_correction(breach, correction))
    return found


def _correction(breach: Breach, correction: Correction) -> Reason:
    values: dict[str, Scalar] = {
        "at": breach.breached_at,
        "kind": correction.kind,
        "cause": correction.cause,
        "corrected_at": correction.at,
    }
    return Reason("annulled", values)


def _with(lines: Sequence[Reason], annulled: Sequence[Reason]) -> tuple[Reason, ...]:
    """The outcome stays last."""
    return (*lines[:-1], *annulled, lines[-1])


def _stored(ticket: Ticket, key: str) -> list[Reason]:
    reasons = ticket.triage.get(key)
    return [reason_from(one) for one in reasons] if isinstance(reasons, list | tuple) else []


def _chosen(services: Services, events: Sequence[Event], what: str) -> list[Chosen]:
    return [
        Chosen(one.at, who(services, one.actor), str(one.data.get("from", "")), reasons_in(one.data))
        for one in events
        if one.type == what
    ]

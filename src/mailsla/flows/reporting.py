"""The figures of a report, read from history a page at a time: no other process waits for the whole of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mailsla.core.model import Instant, PromiseState, Ticket
from mailsla.core.report import arrivals, held, periods
from mailsla.core.report.course import Elapsed
from mailsla.core.report.credits_owed import credits_of
from mailsla.core.report.facts import Counted, DueClock, Rated
from mailsla.core.report.lengths import Taken, lengths_of
from mailsla.core.report.model import (
    CreditOwed,
    Exceptional,
    Kept,
    Objective,
    Part,
    Period,
    Report,
    Satisfaction,
    TrendPoint,
    TriageQuality,
)
from mailsla.core.report.tally import READS, Tally
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.credits import Credits
from mailsla.core.sla.service_level import Outcome
from mailsla.core.sla.terms import DUTIES
from mailsla.errors import PermanentError
from mailsla.flows.objectives import standings
from mailsla.flows.services import Services
from mailsla.flows.steps.terms import agreement_by_version, agreement_of
from mailsla.ports.store import UnitOfWork

PAGE = 512
TREND = 12  # periods
EXCEPTIONS = 10  # of each kind
LOW = 2  # a score of at most this is an exception

Range = tuple[Instant, Instant]


def report(services: Services, period: Period, customer: str = "") -> Report:
    """Everything about a period; with `customer`, about that organisation alone and fit for it.

    Raises PermanentError where clocks were cached by an earlier version and never recomputed, and for an organisation
    that is not configured.
    """
    return _Reporter(services, period, customer).report()


def default_zone(services: Services) -> str:
    """That of the first mailbox, as for the operator's digest."""
    return services.settings.mailboxes[0].zone


@dataclass(slots=True)
class _Clocks:
    """What is kept of the clocks of a period while they are read. late_by: of each complaint the worst."""

    taken: Taken = field(default_factory=Taken)
    late: Counter[str] = field(default_factory=Counter)  # by assignee
    late_by: dict[str, Exceptional] = field(default_factory=dict)


class _Reporter:
    def __init__(self, services: Services, period: Period, customer: str) -> None:
        if customer and customer not in services.settings.directory.organisations:
            known = ", ".join(sorted(services.settings.directory.organisations)) or "none"
            raise PermanentError(f'there is no organisation "{customer}"', f"configured are: {known}")
        self._services, self._period, self._customer = services, period, customer
        self._zone = services.zone(period.zone)
        self._now = services.now()
        self._range = periods.bounds(period, self._zone)
        self._known: dict[Period, list[Counted]] = {}  # a period is asked for several times

    def report(self) -> Report:
        now, before = self._counted(self._period), self._counted(periods.before(self._period))
        clocks = self._due(self._range)
        tally = self._tally()
        since, until = self._range
        with self._services.store.begin() as uow:
            came = uow.history.came(since - arrivals.AGAIN_WITHIN, until, self._customer)
            received, resolved = uow.history.received_and_resolved(since, until, self._customer)
            asked = uow.history.questions(since, until, self._customer)
            earlier = periods.bounds(periods.before(self._period), self._zone)
            lengths_before = uow.history.lengths(*earlier, self._customer)
            promised = uow.history.promises(since, until, self._customer)
            ratings = uow.history.ratings(since, until, self._customer)
        outside, inside = held.to_customers(now), not self._customer
        return Report(
            period=self._period,
            made_at=self._now,
            customer=self._customer,
            received=received,
            resolved=resolved,
            open_at_end=tally.open_at_end,
            compliance=held.compliance_of(outside),
            before=held.compliance_of(held.to_customers(before)),
            by_metric=held.by_metric(now, before) if inside else held.by_metric(outside, held.to_customers(before)),
            by_category=held.by_category(now, before),
            by_team=held.by_team(now, before) if inside else (),
            by_customer=held.by_customer(now, before) if inside else (),
            trend=self._trend(),
            lengths=clocks.taken.lengths(),
            lengths_before=lengths_of(lengths_before),
            spent=tally.spent(),
            first_contact=tally.first_contact,
            reopened=tally.reopened,
            repeats=arrivals.repeats(came, since),
            satisfaction=self._satisfaction(asked, ratings),
            objectives=self._objectives() if inside else (),
            credits=self._credits(),
            agents=tally.agents(clocks.late) if inside else (),
            hours=arrivals.by_hour([one for one in came if one.received_at >= since], self._zone) if inside else {},
            odd_targets=tuple(clocks.taken.odd()) if inside else (),
            promises=_kept(promised),
            triage=self._triage(tally) if inside else None,
            exceptions=[*_worst(clocks), *_again(tally), *self._low(ratings)],
        )

    def _counted(self, period: Period) -> list[Counted]:
        if period not in self._known:
            self._known[period] = self._count_in(period)
        return self._known[period]

    def _count_in(self, period: Period) -> list[Counted]:
        since, until = periods.bounds(period, self._zone)
        with self._services.store.begin() as uow:
            if uow.history.unfilled():
                what = "clocks that have stopped lack their last due: they were cached by an earlier version of mailsla"
                raise PermanentError(what, "run `mailsla sla recompute` once")
            return uow.history.counted(since, until, self._customer)

    def _due(self, within: Range) -> _Clocks:
        """The clocks due in a range of time, read in pages."""
        clocks, after = _Clocks(), (within[0], 0)
        while True:
            with self._services.store.begin() as uow:
                page = uow.history.due_clocks(*within, self._customer, after, PAGE)
                for one in page:
                    self._count(clocks, one, self._calendar(uow, one))
            if len(page) < PAGE:
                return clocks
            after = (page[-1].last_due, page[-1].ticket_id)

    def _count(self, clocks: _Clocks, one: DueClock, calendar: Calendar | None) -> None:
        if one.measured:
            in_hours = calendar.is_open(one.stopped_at) if calendar and one.stopped_at is not None else None
            clocks.taken.add(one, in_hours)
        if one.outcome is Outcome.LATE and one.metric not in DUTIES:
            clocks.late[one.assignee] += 1
            over = calendar.elapsed(one.last_due, one.stopped_at or self._now) if calendar else 0
            known = clocks.late_by.get(one.reference)
            if known is None or over > known.late_by:
                clocks.late_by[one.reference] = Exceptional(one.reference, one.subject, "late", over)

    def _tally(self) -> Tally:
        """All complaints that were there in the period, read in pages."""
        since, until = self._range
        tally = Tally(since, min(until, self._now + 1))
        with self._services.store.begin() as uow:
            ids = uow.history.active(since, until, self._customer)
        for start in range(0, len(ids), PAGE):
            page = ids[start : start + PAGE]
            with self._services.store.begin() as uow:
                tickets, events = uow.tickets.get_all(page), uow.history.happened(page, READS)
                for number, ticket in tickets.items():
                    tally.add(ticket, events[number], self._elapsed(uow, ticket))
        return tally

    def _elapsed(self, uow: UnitOfWork, ticket: Ticket) -> Elapsed | None:
        agreement = agreement_of(uow, self._services, ticket)
        return agreement.calendar.elapsed if agreement else None

    def _trend(self) -> list[TrendPoint]:
        return [self._point(period) for period in periods.last(self._period, TREND)]

    def _point(self, period: Period) -> TrendPoint:
        counted = held.to_customers(self._counted(period))
        with self._services.store.begin() as uow:
            bounds = periods.bounds(period, self._zone)
            received, resolved = uow.history.received_and_resolved(*bounds, self._customer)
        return TrendPoint(period, received, resolved, held.compliance_of(counted))

    def _objectives(self) -> list[Objective]:
        """Of a month; those of the configuration are of months."""
        if self._period.kind != "month":
            return []
        with self._services.store.begin() as uow:
            return [one.objective for one in standings(uow, self._services, self._period, self._now)]

    def _credits(self) -> list[CreditOwed]:
        terms = self._terms()
        months = periods.months_ended(self._period)
        return [owed for month in months for owed in credits_of(month, self._counted(month), terms)]

    def _terms(self) -> Mapping[str, Credits]:
        """By policy that gives credits, as configured."""
        policies = self._services.settings.policies
        return {policy.name: policy.credits for policy in policies if policy.credits is not None}

    def _calendar(self, uow: UnitOfWork, clock: DueClock) -> Calendar | None:
        agreement = agreement_by_version(uow, self._services, clock.versions.get(clock.track))
        return agreement.calendar if agreement else None

    def _triage(self, tally: Tally) -> TriageQuality:
        with self._services.store.begin() as uow:
            asked, right = uow.history.asked(*self._range)
        return TriageQuality(
            Part(tally.automatic, tally.received), Part(tally.corrected, tally.automatic), Part(right, asked)
        )

    def _satisfaction(self, asked: int, ratings: Sequence[Rated]) -> Satisfaction:
        """The newest answer on a complaint counts."""
        newest = {one.ticket_id: one for one in ratings}
        counts = dict.fromkeys(range(1, 6), 0)
        for one in newest.values():
            counts[one.score] += 1
        return Satisfaction(asked, counts, tuple(self._comments(list(newest.values()))))

    def _comments(self, ratings: Sequence[Rated]) -> Iterator[tuple[str, int, str]]:
        """The lowest scores first, of these the oldest."""
        for start in range(0, len(ratings), PAGE):
            page = sorted(ratings, key=lambda one: (one.score, one.at))[start : start + PAGE]
            with self._services.store.begin() as uow:
                messages = uow.tickets.messages_by_id([one.message for one in page if one.message is not None])
                tickets = uow.tickets.get_all([one.ticket_id for one in page])
            for one in page:
                said = messages.get(one.message or 0)
                if said is not None and said.text.strip():
                    yield tickets[one.ticket_id].reference, one.score, said.text.strip()

    def _low(self, ratings: Sequence[Rated]) -> list[Exceptional]:
        newest = {one.ticket_id: one for one in ratings}
        low = sorted((one for one in newest.values() if one.score <= LOW), key=lambda one: (one.score, one.at))
        with self._services.store.begin() as uow:
            tickets = uow.tickets.get_all([one.ticket_id for one in low[:EXCEPTIONS]])
        shown = [tickets[one.ticket_id] for one in low[:EXCEPTIONS]]
        return [Exceptional(ticket.reference, ticket.subject, "rated") for ticket in shown]


def _worst(clocks: _Clocks) -> list[Exceptional]:
    return sorted(clocks.late_by.values(), key=lambda one: -one.late_by)[:EXCEPTIONS]


def _again(tally: Tally) -> list[Exceptional]:
    return [Exceptional(reference, subject, "reopened") for reference, subject in tally.again[:EXCEPTIONS]]


def _kept(promised: Mapping[PromiseState, int]) -> Kept:
    """One that lapsed was neither kept nor broken."""
    of = {state: promised.get(state, 0) for state in PromiseState}
    return Kept(of[PromiseState.KEPT], of[PromiseState.REVISED], of[PromiseState.BROKEN], of[PromiseState.OPEN])

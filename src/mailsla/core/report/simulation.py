"""What a simulation found: compliance, breaches, workload and credits before and after, and targets to be kept."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from fractions import Fraction

from mailsla.core.model import Instant
from mailsla.core.report.credits_owed import credits_of
from mailsla.core.report.facts import Counted
from mailsla.core.report.model import CreditOwed
from mailsla.core.report.periods import period_with
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.credits import Credits
from mailsla.core.sla.service_level import Compliance, Measurement, Outcome, percentile
from mailsla.core.sla.terms import DUTIES, RESPONSES, Metric
from mailsla.core.sla.timer import ClockState

KEPT_FOR = 90  # per cent of cases that a target is to be kept for
SHOWN = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION, Metric.PERIODIC_UPDATE)

ALL = "*"  # every category; names have letters, digits and hyphens

Hour = tuple[int, int]
"""A weekday from Monday = 0, and an hour."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is counted of a complaint; its clocks are given beside it. "" = none was given."""

    category: str
    organisation: str
    void: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A category, or all of them, before or after. work: open seconds until the solutions. answers: that were due."""

    compliance: Compliance
    breaches: int
    work: int
    answers: int


@dataclass(frozen=True, slots=True)
class Row:
    """One category; "" = none was given."""

    category: str
    complaints: int
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class Keepable:
    """The target that `KEPT_FOR` % of `count` cases kept: open seconds by nearest rank; None: never measured."""

    metric: str
    category: str
    count: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """Complaints received in [since, until). otherwise: how many count otherwise in anything. answers_*: how many
    answers were due in each hour of the week.
    """

    since: Instant
    until: Instant
    complaints: int
    otherwise: int
    newly_late: int
    late_no_more: int
    total: Row
    rows: Sequence[Row]
    by_metric: Sequence[Row]
    credits_before: Sequence[CreditOwed]
    credits_after: Sequence[CreditOwed]
    answers_before: Mapping[Hour, int]
    answers_after: Mapping[Hour, int]
    keepable: Sequence[Keepable]


@dataclass(slots=True)
class _Group:
    outcomes: "Counter[Outcome]" = field(default_factory=Counter)
    breaches: int = 0
    work: int = 0
    answers: int = 0

    def add(self, clock: Clock, outcome: Outcome) -> None:
        self.outcomes[outcome] += 1
        self.breaches += len(clock.breaches)
        self.work += clock.elapsed if clock.metric is Metric.RESOLUTION and not clock.track else 0
        self.answers += clock.metric in RESPONSES and clock.last_due is not None

    def side(self) -> Side:
        counts = {outcome: self.outcomes[outcome] for outcome in Outcome}
        return Side(Compliance(counts), self.breaches, self.work, self.answers)


@dataclass(slots=True)
class _Half:
    """Before, or after: counts, and one number of 8 bytes for each clock that was measured."""

    by_category: dict[str, _Group] = field(default_factory=dict)
    by_metric: dict[str, _Group] = field(default_factory=dict)
    total: _Group = field(default_factory=_Group)
    contracts: "Counter[tuple[tuple[int, int], Counted]]" = field(default_factory=Counter)
    hours: "Counter[Hour]" = field(default_factory=Counter)
    taken: dict[tuple[str, str], "array[int]"] = field(default_factory=dict)

    def add(self, case: Case, clocks: Iterable[tuple[Clock, str]], zone: tzinfo) -> bool:
        """Count a complaint's clocks, each with its policy; whether one of them is late."""
        late = False
        for clock, policy in clocks:
            if clock.metric in DUTIES:
                continue
            outcome = measured(clock, void=case.void).outcome
            late |= outcome is Outcome.LATE
            groups = (self.total, self.by_category.setdefault(case.category, _Group()))
            for group in (*groups, self.by_metric.setdefault(clock.metric.value, _Group())):
                group.add(clock, outcome)
            self._due(case, clock, policy, outcome, zone)
            done = outcome in (Outcome.MET, Outcome.LATE) and clock.state in (ClockState.MET, ClockState.LATE)
            if done and not clock.track:  # a statute beside the main agreement measures the same thing again
                for category in (case.category, ALL):
                    self.taken.setdefault((clock.metric.value, category), array("q")).append(clock.elapsed)
        return late

    def _due(self, case: Case, clock: Clock, policy: str, outcome: Outcome, zone: tzinfo) -> None:
        if clock.last_due is None:
            return
        local = datetime.fromtimestamp(clock.last_due - 1, zone)  # 24:00 is the end of its own date
        if clock.metric in RESPONSES:
            self.hours[local.weekday(), local.hour] += 1
        state, late = clock.state.value, outcome is Outcome.LATE
        counted = Counted(clock.metric.value, policy, state, late, case.void, "", "", case.organisation, 1)
        self.contracts[(local.year, local.month), counted] += 1

    def credits(self, terms: Mapping[str, Credits], zone: str) -> list[CreditOwed]:
        """By month, customer and policy; of the clocks due then."""
        found: list[CreditOwed] = []
        for year, month in sorted({key[0] for key in self.contracts}):
            counted = [
                replace(one, count=count) for (when, one), count in self.contracts.items() if when == (year, month)
            ]
            found += credits_of(period_with("month", date(year, month, 1), zone), counted, terms)
        return found


class Tally:
    """`add` each complaint; a page at a time, nothing of it is kept but counts and lengths."""

    def __init__(self, zone: tzinfo, zone_name: str) -> None:
        self._zone, self._zone_name = zone, zone_name
        self._before, self._after = _Half(), _Half()
        self._cases: Counter[str] = Counter()
        self._otherwise = self._newly = self._no_more = 0

    def add(self, case: Case, before: Sequence[tuple[Clock, str]], after: Sequence[tuple[Clock, str]] | None) -> None:
        """`after` None: the same as before."""
        self._cases[case.category] += 1
        self._otherwise += after is not None
        was = self._before.add(case, before, self._zone)
        becomes = self._after.add(case, before if after is None else after, self._zone)
        self._newly += becomes and not was
        self._no_more += was and not becomes

    def simulation(
        self, since: Instant, until: Instant, before: Mapping[str, Credits], after: Mapping[str, Credits]
    ) -> Simulation:
        """`before`, `after`: what policies give back, by their names."""
        complaints = self._cases.total()
        return Simulation(
            since=since,
            until=until,
            complaints=complaints,
            otherwise=self._otherwise,
            newly_late=self._newly,
            late_no_more=self._no_more,
            total=Row("", complaints, self._before.total.side(), self._after.total.side()),
            rows=[self._row(category) for category in sorted(self._cases)],
            by_metric=[self._metric(metric.value) for metric in SHOWN if self._has(metric.value)],
            credits_before=self._before.credits(before, self._zone_name),
            credits_after=self._after.credits(after, self._zone_name),
            answers_before=self._before.hours,
            answers_after=self._after.hours,
            keepable=[self._keepable(*key) for key in self._measured()],
        )

    def _row(self, category: str) -> Row:
        sides = (half.by_category.get(category, _Group()).side() for half in (self._before, self._after))
        return Row(category, self._cases[category], *sides)

    def _metric(self, metric: str) -> Row:
        """A row of a metric, under its name."""
        sides = (half.by_metric.get(metric, _Group()).side() for half in (self._before, self._after))
        return Row(metric, self._cases.total(), *sides)

    def _has(self, metric: str) -> bool:
        return metric in self._before.by_metric or metric in self._after.by_metric

    def _measured(self) -> list[tuple[str, str]]:
        keys = {*self._before.taken, *self._after.taken}
        return sorted(keys, key=lambda key: ([one.value for one in SHOWN].index(key[0]), key[1] != ALL, key[1]))

    def _keepable(self, metric: str, category: str) -> Keepable:
        before, after = (half.taken.get((metric, category), array("q")) for half in (self._before, self._after))
        return Keepable(
            metric, category, max(len(before), len(after)), percentile(before, KEPT_FOR), percentile(after, KEPT_FOR)
        )


def measured(clock: Clock, *, void: bool) -> Measurement:
    """What statistics see of a replayed clock: a breach that a later replay took back it has no more."""
    return Measurement(clock.metric, clock.state, clock.last_due, bool(clock.breaches), clock.elapsed, void)


def credit_total(owed: Iterable[CreditOwed]) -> Fraction:
    """Of all contracts and months together, in monthly fees."""
    return sum((one.credit for one in owed if one.credit is not None), Fraction(0))

"""What a report says, as figures; letters, charts, CSV, JSON and the terminal all show these and compute nothing.

Lengths of time are open seconds of the calendar that counted (`clock_seconds`: wall clock), shares exact fractions.
None is "n/a": there was nothing to count, which is neither 0 nor 100 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from mailsla.core.model import Instant
from mailsla.core.sla.service_level import Compliance, ServiceLevel


@dataclass(frozen=True, slots=True)
class Period:
    """The days `start` to `end`, both in it, of a time zone. kind: week (Monday first) | month | quarter | year |
    days.
    """

    kind: str
    start: date
    end: date
    zone: str


@dataclass(frozen=True, slots=True)
class Part:
    """How many of how many."""

    count: int
    of: int

    @property
    def share(self) -> Fraction | None:
        """None ("n/a") of nothing."""
        return Fraction(self.count, self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Held:
    """Compliance of one metric, category, team or customer; `name` "" = none was given. `before`: the period before."""

    name: str
    now: Compliance
    before: Compliance


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A period of the trend, the oldest first and the reported one last."""

    period: Period
    received: int
    resolved: int
    compliance: Compliance


@dataclass(frozen=True, slots=True)
class Lengths:
    """Percentiles by nearest rank of how long something took; None when it was never done. `metric` as in Metric."""

    metric: str
    count: int
    p50: int | None
    p80: int | None
    p95: int | None


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """Where the time of the complaints that were resolved in the period went, in open seconds.

    by_status: status -> seconds, without resolved and closed. bottleneck: the status that took most, None = n/a.
    """

    us: int
    customer: int
    supplier: int
    by_status: Mapping[str, int]
    bottleneck: str | None


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective of the configuration and how it was held. pace: the share that it will end at if all goes on so,
    None = the period is over, or n/a.
    """

    name: str
    metric: str
    within: str  # as configured: "4h", "1 business day"
    level: ServiceLevel
    pace: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Answers to the one question. counts: of 1 to 5; asked: how many were."""

    asked: int
    counts: Mapping[int, int]
    comments: Sequence[tuple[str, int, str]] = ()  # reference, score, words; the lowest scores first

    @property
    def mean(self) -> Fraction | None:
        """From 1 to 5, None when nobody answered."""
        answered = sum(self.counts.values())
        return Fraction(sum(score * count for score, count in self.counts.items()), answered) if answered else None


@dataclass(frozen=True, slots=True)
class CreditOwed:
    """What a contract gives back for a month. credit: the part of its fee, None = n/a. how: each step of the
    computation in codes and values of Reason, as data.
    """

    customer: str
    policy: str
    month: str  # "2026-10"
    compliance: Compliance
    breaches: int
    credit: Fraction | None
    how: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """What an agent had and did in the period; `open_now`: at its end."""

    agent: str
    assigned: int
    answers: int
    resolved: int
    late: int
    open_now: int


@dataclass(frozen=True, slots=True)
class OddTarget:
    """A target that looks too tight (met late, or outside of hours) or too loose (met in a fraction of it)."""

    policy: str
    metric: str
    looks: str  # tight | loose
    target: int  # open seconds
    p80: int  # open seconds that it took
    late: Part
    overtime: Part  # answers outside of opening hours


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises to customers whose time fell into the period."""

    kept: int
    revised: int
    broken: int
    open: int


@dataclass(frozen=True, slots=True)
class TriageQuality:
    """automatic: opened with a category that nobody had to give; corrected: of these, changed by one of us. asked: of
    those asked about, how many were right.
    """

    automatic: Part
    corrected: Part
    asked: Part


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A complaint that a reader should look at, and why: late | reopened | rated | credit."""

    reference: str
    subject: str
    why: str
    late_by: int = 0  # open seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything. customer: "" = all; else only theirs, and then no agents, categories of others, notes or loads.

    hours: complaints received by (weekday from Monday = 0, hour of the period's zone).
    """

    period: Period
    made_at: Instant
    customer: str = ""
    received: int
    resolved: int
    open_at_end: int
    compliance: Compliance
    before: Compliance
    by_metric: Sequence[Held] = ()
    by_category: Sequence[Held] = ()
    by_team: Sequence[Held] = ()
    by_customer: Sequence[Held] = ()
    trend: Sequence[TrendPoint] = ()
    lengths: Sequence[Lengths] = ()
    lengths_before: Sequence[Lengths] = ()
    spent: TimeSpent | None = None
    objectives: Sequence[Objective] = ()
    first_contact: Part = Part(0, 0)
    reopened: Part = Part(0, 0)
    repeats: Part = Part(0, 0)  # complaints of a customer who had another one of the category in the 90 days before
    satisfaction: Satisfaction = field(default_factory=lambda: Satisfaction(0, {}))
    credits: Sequence[CreditOwed] = ()
    agents: Sequence[AgentLoad] = ()
    hours: Mapping[tuple[int, int], int] = field(default_factory=dict)
    odd_targets: Sequence[OddTarget] = ()
    promises: Kept = Kept(0, 0, 0, 0)
    triage: TriageQuality | None = None
    exceptions: Sequence[Exceptional] = ()

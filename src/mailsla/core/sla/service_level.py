"""How well deadlines were held: compliance, service level with its error budget, percentiles (sla.md section 8).

Ratios are exact fractions; who prints one rounds it, who compares one does not.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from fractions import Fraction

from mailsla.core.model import Instant
from mailsla.core.sla.terms import Metric
from mailsla.core.sla.timer import ClockState

Month = tuple[int, int]
"""(year, month from 1)."""


class Outcome(StrEnum):
    """How a clock counts. Only met and late make compliance; the others are listed apart."""

    MET = "met"
    LATE = "late"
    OPEN = "open"
    CANCELLED = "cancelled"
    MERGED = "merged"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Measurement:
    """What statistics see of one clock.

    due: its last deadline, None if it never had one. breached: whether it has a breach that is not annulled.
    elapsed: open seconds counted. void: its ticket was declared void.
    """

    metric: Metric
    state: ClockState
    due: Instant | None
    breached: bool
    elapsed: int = 0
    void: bool = False

    @property
    def outcome(self) -> Outcome:
        """A breach makes it late whatever its final state, unless it left the statistics."""
        if self.void:
            return Outcome.VOID
        if self.state is ClockState.MERGED:
            return Outcome.MERGED
        if self.breached:
            return Outcome.LATE
        if self.state is ClockState.CANCELLED:
            return Outcome.CANCELLED
        stopped = self.state in (ClockState.MET, ClockState.LATE)  # late, and every breach annulled: it was in time
        return Outcome.MET if stopped else Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Compliance:
    """Clocks by outcome."""

    counts: Mapping[Outcome, int]

    @property
    def ratio(self) -> Fraction | None:
        """met / (met + late), exactly; None ("n/a") when there is neither."""
        met, late = self.counts.get(Outcome.MET, 0), self.counts.get(Outcome.LATE, 0)
        return Fraction(met, met + late) if met + late else None


def compliance(measurements: Iterable[Measurement]) -> Compliance:
    """Of all of them together; every outcome has its count."""
    counts = dict.fromkeys(Outcome, 0)
    for one in measurements:
        counts[one.outcome] += 1
    return Compliance(counts)


def by_metric_and_month(
    measurements: Iterable[Measurement], zone: tzinfo
) -> dict[tuple[Metric, Month | None], Compliance]:
    """Compliance of each metric in each month of the zone in which clocks were due; None: those never due."""
    groups: dict[tuple[Metric, Month | None], list[Measurement]] = {}
    for one in measurements:
        groups.setdefault((one.metric, month_of(one.due, zone)), []).append(one)
    return {key: compliance(group) for key, group in groups.items()}


def month_of(at: Instant | None, zone: tzinfo) -> Month | None:
    """The month of an instant in a zone. A due at 24:00 is the end of its own date, not the start of the next month."""
    if at is None:
        return None
    local = datetime.fromtimestamp(at - 1, zone)
    return local.year, local.month


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """X/Y: `share` (X) of all are to be done within a length of time (Y); `good` of `total` were."""

    share: Fraction
    good: int
    total: int

    @property
    def ratio(self) -> Fraction | None:
        """None ("n/a") when there was nothing to do."""
        return Fraction(self.good, self.total) if self.total else None

    @property
    def held(self) -> bool | None:
        """Whether X was reached; None when there was nothing to do."""
        return None if self.ratio is None else self.ratio >= self.share

    @property
    def budget(self) -> Fraction:
        """How many may fail: the error budget."""
        return (1 - self.share) * self.total

    @property
    def budget_left(self) -> Fraction:
        """What failures leave of it; negative when it is overspent."""
        return self.budget - (self.total - self.good)


def service_level(lengths: Collection[int], within: int, share: Fraction) -> ServiceLevel:
    """Of lengths in seconds: those of exactly `within` are in time. `share` is from 0 to 1; ValueError otherwise."""
    if not 0 <= share <= 1:
        raise ValueError(f"a share of {share} is not between 0 and 1")
    return ServiceLevel(share, sum(length <= within for length in lengths), len(lengths))


def percentile(lengths: Collection[int], percent: int | Fraction) -> int | None:
    """The nearest rank: the smallest of the lengths that `percent` % of all do not exceed; None when there are none.

    `percent` is more than 0 and at most 100; ValueError otherwise.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"a percentile of {percent} is not more than 0 and at most 100")
    if not lengths:
        return None
    rank = -(-percent * len(lengths) // 100)
    return sorted(lengths)[int(rank) - 1]

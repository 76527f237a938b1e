"""How long things took: percentiles by metric, and targets that look too tight or too loose."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from mailsla.core.report.facts import DueClock
from mailsla.core.report.model import Lengths, OddTarget, Part
from mailsla.core.sla.service_level import Outcome, percentile
from mailsla.core.sla.terms import DUTIES, Metric

SHOWN = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)
FEWEST = 20  # of fewer nothing is said about their target
TIGHT = Fraction(1, 4)  # of a tight target so many are late, or met outside of hours
LOOSE_LATE = Fraction(1, 100)  # of a loose target at most so many are late
LOOSE_PART = 4  # ... and four in five take at most a fourth of it


def _numbers() -> "array[int]":
    """Of 64 bits: a year's lengths take a few MB."""
    return array("q")


@dataclass(slots=True)
class _Group:
    """The clocks of one policy, metric and target."""

    taken: "array[int]" = field(default_factory=_numbers)
    late: int = 0
    known: int = 0  # of which is known whether the hours were open
    overtime: int = 0


@dataclass(slots=True)
class Taken:
    """How long the clocks of a period took; `add` each that was measured."""

    _by_metric: dict[str, "array[int]"] = field(default_factory=lambda: {one.value: _numbers() for one in SHOWN})
    _by_target: dict[tuple[str, str, int], _Group] = field(default_factory=dict)

    def add(self, one: DueClock, in_hours: bool | None) -> None:
        """`in_hours`: whether it was stopped while its hours were open, None = they are not known.

        Of a statute beside the main agreement no lengths are kept: it measures the same thing again.
        """
        if one.track == "" and one.metric in self._by_metric:
            self._by_metric[one.metric].append(one.elapsed)
        if one.target and one.metric not in DUTIES:
            group = self._by_target.setdefault((one.policy, one.metric, one.target), _Group())
            group.taken.append(one.elapsed)
            group.late += one.outcome is Outcome.LATE
            group.known += in_hours is not None
            group.overtime += in_hours is False

    def lengths(self) -> list[Lengths]:
        """By metric; percentiles by nearest rank."""
        return _lengths(self._by_metric)

    def odd(self) -> Iterator[OddTarget]:
        """By policy, metric and target; only targets in open time."""
        for (policy, metric, target), group in sorted(self._by_target.items()):
            p80 = percentile(group.taken, 80)
            late, overtime = Part(group.late, len(group.taken)), Part(group.overtime, group.known)
            looks = "" if p80 is None or len(group.taken) < FEWEST else _looks(target, p80, late, overtime)
            if p80 is not None and looks:
                yield OddTarget(policy, metric, looks, target, p80, late, overtime)


def lengths_of(taken: Iterable[tuple[str, int]]) -> list[Lengths]:
    """The same of (metric, open seconds)."""
    by_metric = {one.value: _numbers() for one in SHOWN}
    for metric, elapsed in taken:
        if metric in by_metric:
            by_metric[metric].append(elapsed)
    return _lengths(by_metric)


def _lengths(by_metric: "Mapping[str, array[int]]") -> list[Lengths]:
    return [
        Lengths(metric, len(some), percentile(some, 50), percentile(some, 80), percentile(some, 95))
        for metric, some in by_metric.items()
    ]


def _looks(target: int, p80: int, late: Part, overtime: Part) -> str:
    if _share(late) >= TIGHT or _share(overtime) >= TIGHT:
        return "tight"
    return "loose" if _share(late) <= LOOSE_LATE and p80 * LOOSE_PART <= target else ""


def _share(part: Part) -> Fraction:
    return part.share or Fraction(0)

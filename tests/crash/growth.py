"""Whether a daemon's memory grows once it is warm: a line through its samples, by least squares."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression, median

WARM = 300.0  # seconds of load, after which all that is kept on purpose has been kept once
LEAST = 300.0  # seconds after these: of less no line says anything
PART = 30.0  # seconds whose median is one point: a child that reads a mail for a moment is none of the level
HOUR = 3600.0
MOST_AN_HOUR = 0.10  # by which the memory may grow
NOISE = 0.03  # by which it may in any case: a few pages in some minutes are no finding, and are not multiplied

Sample = tuple[float, float]  # seconds since the beginning, and MB


@dataclass(frozen=True)
class Growth:
    """By the line: MB at the end of the warm-up, and after so many `seconds` more at the end of all."""

    warm: float
    end: float
    seconds: float

    @property
    def rise(self) -> float:
        """The part by which it grew."""
        return self.end / self.warm - 1

    @property
    def an_hour(self) -> float:
        """What the rise comes to in an hour."""
        return self.rise * HOUR / self.seconds

    @property
    def fault(self) -> str:
        """In words, "" where it is none: more than the share of an hour that was looked at may make."""
        if self.seconds < LEAST or self.rise <= max(NOISE, MOST_AN_HOUR * self.seconds / HOUR):
            return ""
        levels = f"{self.warm:.1f} MB, then {self.end:.1f} MB"
        return f"memory grew by {self.rise:.1%} in {self.seconds / 60:.0f} min after warm-up: {levels}"


def growth(samples: Sequence[Sample]) -> Growth:
    """Of samples in order of time; where all is over before the warm-up is, of their second half."""
    last = samples[-1][0]
    warm = min(WARM, last / 2)
    parts = defaultdict[int, list[Sample]](list)
    for at, used in samples:
        if at >= warm:
            parts[int((at - warm) / PART)].append((at, used))
    points = [(median(at for at, _ in part), median(used for _, used in part)) for part in parts.values()]
    if len(points) < 2:
        return Growth(points[0][1], points[0][1], last - warm)
    line = linear_regression(*zip(*points, strict=True))
    return Growth(line.intercept + line.slope * warm, line.intercept + line.slope * last, last - warm)

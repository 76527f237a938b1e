"""The open time of a calendar as disjoint spans of instants with running sums: look-ups by bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from mailsla.core.sla.hours import Hours
from mailsla.core.sla.spans import Span, clip, union
from mailsla.core.sla.wall import EARLIEST, LATEST, stretches

CHUNK = 400 * 86_400


@dataclass(frozen=True, slots=True)
class Index:
    """All open spans inside [low, high). `sums[i]` is the open time before `starts[i]`; all in seconds.

    Immutable: growing makes a new one, so threads that share a calendar can at worst do the same work twice.
    """

    low: int
    high: int
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    sums: tuple[int, ...] = (0,)

    def open_before(self, at: int) -> int:
        """Open seconds in [low, at), for an `at` inside [low, high]."""
        i = bisect_right(self.starts, at) - 1
        return 0 if i < 0 else self.sums[i] + min(at, self.ends[i]) - self.starts[i]

    def reached(self, seconds: int) -> int | None:
        """The earliest instant with so many (> 0) open seconds since `low`; None when they are not in here."""
        i = bisect_left(self.sums, seconds)
        return None if i == len(self.sums) else self.starts[i - 1] + seconds - self.sums[i - 1]

    def spans(self, start: int, end: int) -> list[Span]:
        """The open spans inside [start, end), clipped to it."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return clip(zip(self.starts[first:last], self.ends[first:last], strict=True), start, end)


def grown(index: Index, opened: Callable[[int, int], list[Span]], low: int, high: int) -> Index:
    """An index that covers [low, high] too; the same one when it does already. Grows by a year and more.

    `opened`: the open spans of instants in a range.
    """
    if index.low <= low and high <= index.high:
        return index
    new_low = index.low if index.low <= low else max(low - CHUNK, EARLIEST)
    new_high = index.high if high <= index.high else min(high + CHUNK, LATEST)
    spans = union(
        [
            *opened(new_low, index.low),
            *zip(index.starts, index.ends, strict=True),
            *opened(index.high, new_high),
        ]
    )
    sums = [0]
    for start, end in spans:
        sums.append(sums[-1] + end - start)
    return Index(new_low, new_high, tuple(a for a, _ in spans), tuple(b for _, b in spans), tuple(sums))


def open_spans(hours: Hours, zone: tzinfo, low: int, high: int) -> list[Span]:
    """The open spans of instants in [low, high)."""
    return [
        (a - offset, b - offset)
        for start, end, offset in stretches(zone, low, high)
        for a, b in hours.open_labels(start + offset, end + offset)
    ]

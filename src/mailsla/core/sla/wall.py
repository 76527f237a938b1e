"""From wall labels to instants: the stretches of constant UTC offset of a zone decide, nothing is guessed.

Inside one stretch a label is shown exactly once, at label - offset. So labels inside a gap find no stretch and
labels inside a fold find two, without any special case.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from mailsla.core.sla.spans import Span, clip, union

DAY = 86_400
# The span in which local times can be computed for any zone; outside of it everything counts as closed.
EARLIEST = -62_135_596_800 + 3 * DAY  # 0001-01-04
LATEST = 253_402_300_799 - 3 * DAY  # 9999-12-28

Stretch = tuple[int, int, int]
"""(start, end, offset): in [start, end) the zone shows the label `instant + offset` (seconds)."""


def offset_at(zone: tzinfo, at: int) -> int:
    """The zone's offset from UTC at an instant, in seconds."""
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    if offset is None:
        raise ValueError(f"the zone {zone} has no offset from UTC")
    return round(offset.total_seconds())


def stretches(zone: tzinfo, low: int, high: int) -> Iterator[Stretch]:
    """The stretches of constant offset that make up [low, high), ascending, offsets alternating.

    Looks once a day and bisects where the offset differs: no zone changes twice within a day and back.
    """
    low, high = max(low, EARLIEST), min(high, LATEST)
    if low >= high:
        return
    start, at, offset = low, low, offset_at(zone, low)
    while at < high:
        ahead = min(at + DAY, high)
        if offset_at(zone, ahead) == offset:
            at = ahead
            continue
        before, after = at, ahead
        while after - before > 1:
            middle = (before + after) // 2
            if offset_at(zone, middle) == offset:
                before = middle
            else:
                after = middle
        yield start, after, offset
        start, at, offset = after, after, offset_at(zone, after)
    if start < high:
        yield start, high, offset


def instants_of(zone: tzinfo, labels: Iterable[Span]) -> list[Span]:
    """The instants at which the zone shows one of the wall labels, as disjoint ascending spans."""
    wanted = union(labels)
    if not wanted:
        return []
    # No offset is beyond 24 h, so two days to each side see every time a label is shown.
    around = stretches(zone, wanted[0][0] - 2 * DAY, wanted[-1][1] + 2 * DAY)
    return union(
        (a - offset, b - offset) for start, end, offset in around for a, b in clip(wanted, start + offset, end + offset)
    )


def end_of_labels(zone: tzinfo, label: int) -> int:
    """The end of the last second whose wall label is before `label`; labels that come back count."""
    around = stretches(zone, label - 2 * DAY, label + 2 * DAY)
    return max(min(end, label - offset) for start, end, offset in around if label - offset > start)

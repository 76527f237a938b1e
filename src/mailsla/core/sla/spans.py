"""Half-open ranges of integers, [start, end): union, difference, clipping."""

from collections.abc import Collection, Iterable

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """The same set of integers as disjoint, ascending spans; adjacent ones joined, empty ones dropped."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def clip(spans: Iterable[Span], low: int, high: int) -> list[Span]:
    """The parts of the spans inside [low, high), in the order given."""
    return [(max(a, low), min(b, high)) for a, b in spans if max(a, low) < min(b, high)]


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of disjoint ascending spans when the holes are cut out; disjoint and ascending."""
    cuts = union(holes)
    left: list[Span] = []
    for start, end in spans:
        at = start
        for hole_start, hole_end in clip(cuts, start, end):
            left.append((at, hole_start))
            at = hole_end
        left.append((at, end))
    return [span for span in left if span[0] < span[1]]


def gaps(spans: Collection[Span], low: int, high: int) -> list[Span]:
    """The parts of [low, high) that no span covers, ascending."""
    whole = [(low, high)] if low < high else []
    return subtract(whole, spans) if spans else whole

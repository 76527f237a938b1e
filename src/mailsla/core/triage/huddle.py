"""Complaints that are near one another as a whole: evidence by itself where little is known of what is usual.

Words that many of the hour's complaints share say little (a form, a courtesy, the trade); two complaints are near when
most of what else they say is the same. In a quiet hour a complaint has few that near.
"""

import math
from collections import Counter
from collections.abc import Sequence

from mailsla.core.triage.likeness import Index, Terms

_NEAR = 0.3  # of what two complaints say is the same, counted by its rarity
_SOME, _PART = 6, 0.045  # so many, and such a part of the hour, are that near one of them: more than a quiet hour has


def huddle(window: Sequence[Terms], usual: Index) -> set[int]:
    """The numbers of those that are near one complaint, where they are more than a quiet hour has; else none."""
    rarity = _rarity(window, usual)
    said = [sum(rarity[term] for term in terms) for terms in window]
    index = Index(window)
    found: set[int] = set()
    for number, terms in enumerate(window):
        shared: dict[int, float] = {}
        for term in terms:
            for other in index.having([term]):
                shared[other] = shared.get(other, 0.0) + rarity[term]
        nearness = {other: same / (said[number] + said[other] - same) for other, same in shared.items() if same > 0}
        close = {other for other, value in nearness.items() if value >= _NEAR} | {number}
        if len(close) >= _SOME + _PART * len(window) and len(close) > len(found):
            found = close
    return found


def _rarity(window: Sequence[Terms], usual: Index) -> dict[str, float]:
    here = Counter(term for terms in window for term in terms)
    total = len(window) + usual.size + 1
    return {term: math.log(total / (count + usual.count(term))) for term, count in here.items()}

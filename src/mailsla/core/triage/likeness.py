"""What a group of complaints has in common: words that stand in many of them and are rare elsewhere, each weighed.

A complaint belongs to the group whose weights in it reach ENOUGH. That needs no word that all have: people say one
thing in many ways. The group is grown from a few words by turns: its words from its complaints, its complaints from
its words.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

from mailsla.core.triage.surprise import poisson_surprise

Terms = Set[str]  # what of a complaint is compared (incidents.terms_of)
Likeness = Mapping[str, float]

ENOUGH = 3.0  # a complaint with these words is twenty times likelier inside than outside
MOST_WORDS = 12
LEAST_GROUP = 4
_IN_GROUP = (3, 0.08)  # complaints of the group that a word must stand in: so many, and this part of it
_LEAST_WEIGHT = 0.7
_SEEDS = 10
_SEED_SURPRISE = 2.0
_TOGETHER = (3, 6)  # the most surprising words are also tried so many at once
_TURNS = 4
_LINKED = 0.5  # of the complaints that two words would share by chance: with fewer they are of different things
_UNSEEN = 1.0  # a complaint that each word was seen in, at least, ...
_BEFORE = 100  # ... of so many before anything is known


class Index:
    """Complaints by their terms."""

    def __init__(self, complaints: Sequence[Terms]) -> None:
        self.size = len(complaints)
        self._having: dict[str, list[int]] = {}
        for number, terms in enumerate(complaints):
            for term in terms:
                self._having.setdefault(term, []).append(number)

    def terms(self) -> Iterable[str]:
        """All that stand in any."""
        return self._having

    def count(self, term: str) -> int:
        """How many have it."""
        return len(self._having.get(term, ()))

    def having(self, terms: Iterable[str]) -> set[int]:
        """The numbers of those that have one of these."""
        return {number for term in terms for number in self._having.get(term, ())}

    def like(self, likeness: Likeness) -> set[int]:
        """The numbers of those that belong to the group."""
        weights: dict[int, float] = {}
        for term, weight in likeness.items():
            for number in self._having.get(term, ()):
                weights[number] = weights.get(number, 0.0) + weight
        return {number for number, weight in weights.items() if weight >= ENOUGH}


def is_like(likeness: Likeness, terms: Terms) -> bool:
    """Whether one complaint belongs to the group."""
    return sum(likeness[term] for term in terms if term in likeness) >= ENOUGH


def parted(likeness: Likeness, complaints: Sequence[Terms]) -> list[Likeness]:
    """The likeness as those of the things that it is of: words of one thing stand together, if only by a third word."""
    index = Index([terms & likeness.keys() for terms in complaints])
    left, parts = set(likeness), list[Likeness]()
    while left:
        reached, part = [min(left)], set[str]()
        while reached:
            term = reached.pop()
            part.add(term)
            left.discard(term)
            reached += [other for other in left if _linked(index, term, other) and other not in reached]
        parts.append({term: likeness[term] for term in part})
    return parts


def _linked(index: Index, one: str, other: str) -> bool:
    both = len(index.having([one]) & index.having([other]))
    return both >= max(2.0, _LINKED * index.count(one) * index.count(other) / index.size)


def likenesses(complaints: Sequence[Terms], usual: Index) -> list[Likeness]:
    """What groups among the complaints have in common that is unusual, each group once; in no order."""
    window = Index(complaints)
    found: dict[frozenset[int], Likeness] = {}
    for seed in _seeds(window, usual):
        group, likeness = grown(complaints, window, usual, window.having(seed))
        if len(group) >= LEAST_GROUP:
            found.setdefault(frozenset(group), likeness)
    return list(found.values())


def _seeds(window: Index, usual: Index) -> list[Sequence[str]]:
    """The words that are more surprising than all others, one by one and together."""
    surprising: list[tuple[float, str]] = []
    for term in window.terms():
        count = window.count(term)
        if count >= LEAST_GROUP:
            expected = window.size * (usual.count(term) + _UNSEEN) / (usual.size + _BEFORE)
            if (value := poisson_surprise(count, expected)) > _SEED_SURPRISE:
                surprising.append((-value, term))
    terms = [term for _, term in sorted(surprising)]
    return [*([term] for term in terms[:_SEEDS]), *(terms[:many] for many in _TOGETHER if terms)]


def grown(complaints: Sequence[Terms], window: Index, usual: Index, group: set[int]) -> tuple[set[int], Likeness]:
    """The group that one grows to, and what its complaints have in common."""
    likeness: Likeness = {}
    for _ in range(_TURNS):
        if len(group) < LEAST_GROUP:
            break
        likeness = common_to(complaints, window, usual, group)
        before, group = group, window.like(likeness)
        if group == before:
            break
    return group, likeness


def common_to(complaints: Sequence[Terms], window: Index, usual: Index, group: set[int]) -> Likeness:
    """The words of a group with their weights: how much likelier one stands in a complaint of it than in another."""
    inside = Counter(term for number in group for term in complaints[number])
    least = max(_IN_GROUP[0], _IN_GROUP[1] * len(group))
    others = usual.size + window.size - len(group)
    weights: dict[str, float] = {}
    for term, count in inside.items():
        if count >= least:
            elsewhere = usual.count(term) + window.count(term) - count
            weight = math.log(count / (len(group) + 1) / ((elsewhere + 0.5) / (others + 5)))
            if weight > _LEAST_WEIGHT:
                weights[term] = weight
    best = sorted(weights, key=lambda term: (-inside[term] * weights[term], term))[:MOST_WORDS]
    return {term: weights[term] for term in best}

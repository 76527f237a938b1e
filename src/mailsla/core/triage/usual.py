"""What came in before, ready to be asked how many complaints of a kind are usual, and how surely that is known."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field

from mailsla.core.triage.likeness import Index, Likeness, Terms
from mailsla.core.triage.surprise import scatter

_ONE_MORE = 1.0  # complaint like that counts as seen before, ...
_OF_SO_MANY = 20  # ... of so many more
_BLOCK = 100  # complaints that followed each other: how many of a kind differs from block to block
_FEWEST_BLOCKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What came in before: the words of complaints, newest first and at most some thousands.

    `at_this_hour`: those of the same hour of weeks before, by week; a week without any is an empty list.
    `topics`, `topics_at_this_hour`: of the same complaints, in the same order; none: nothing is known of topics.
    """

    complaints: Sequence[Set[str]]
    at_this_hour: Sequence[Sequence[Set[str]]] = ()
    topics: Sequence[str] = ()
    topics_at_this_hour: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """So many are usual; `shape` says how surely: the smaller, the more an hour differs from the next."""

    count: float
    shape: float


@dataclass(slots=True)
class Before:
    """Complaints of before by what of them is compared."""

    complaints: Sequence[Terms]
    at_this_hour: Sequence[Sequence[Terms]] = ()
    index: Index = field(init=False)
    weeks: Sequence[Index] = field(init=False)

    def __post_init__(self) -> None:
        self.index = Index(self.complaints)
        self.weeks = [Index(week) for week in self.at_this_hour]

    def expected(self, likeness: Likeness, among: int, part: float = 1.0) -> Expected:
        """How many like this are usual among so many complaints.

        Either by their part in all complaints, or by how many came in this hour of other weeks (`part` of the
        window is asked for): whichever is more.
        """
        like = self.index.like(likeness)
        seen = len(like) + _ONE_MORE
        by_part = among * seen / (self.index.size + _OF_SO_MANY)
        then = [len(week.like(likeness)) for week in self.weeks]
        by_hour = part * sum(then) / len(then) if then else 0.0
        known = seen if by_part >= by_hour else sum(then) + _ONE_MORE
        varies = max(scatter(self._blocks(like)), scatter(then) if len(then) >= _FEWEST_BLOCKS else 0.0)
        return Expected(max(by_part, by_hour), 1 / (varies + 1 / known))

    def _blocks(self, like: Collection[int]) -> list[int]:
        counts = [0] * (self.index.size // _BLOCK)
        for number in like:
            if number // _BLOCK < len(counts):
                counts[number // _BLOCK] += 1
        return counts if len(counts) >= _FEWEST_BLOCKS else []

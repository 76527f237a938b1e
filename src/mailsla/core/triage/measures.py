"""How good decisions were, beside what people said: accuracy, recall, calibration, and what a threshold does."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BINS = 15


@dataclass(frozen=True, slots=True)
class Judged:
    """One decision: what it is, what was guessed (None: nothing), and how certainly."""

    truth: str
    guess: str | None
    certainty: float

    @property
    def right(self) -> bool:
        """Whether it was."""
        return self.truth == self.guess


@dataclass(frozen=True, slots=True)
class OfCategory:
    """How one category fares."""

    precision: float
    recall: float
    f1: float
    count: int


def accuracy(judged: Sequence[Judged]) -> float:
    """The share that is right; 0 of none."""
    return sum(one.right for one in judged) / len(judged) if judged else 0.0


def per_category(judged: Sequence[Judged]) -> dict[str, OfCategory]:
    """Of each category that occurs or is guessed, by name."""
    truths, guesses = Counter(one.truth for one in judged), Counter(one.guess for one in judged)
    right = Counter(one.truth for one in judged if one.right)
    found = {}
    for name in sorted(truths.keys() | {guess for guess in guesses if guess is not None}):
        precision = right[name] / guesses[name] if guesses[name] else 0.0
        recall = right[name] / truths[name] if truths[name] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        found[name] = OfCategory(precision, recall, f1, truths[name])
    return found


def macro_f1(each: Mapping[str, OfCategory]) -> float:
    """The mean of the categories that occur."""
    present = [one.f1 for one in each.values() if one.count]
    return sum(present) / len(present) if present else 0.0


def calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float:
    """Expected calibration error: how far certainty is from the share that is right, over bins of equal width."""
    members: dict[int, list[Judged]] = defaultdict(list)
    for one in judged:
        members[min(int(one.certainty * bins), bins - 1)].append(one)
    return sum(
        abs(sum(one.certainty for one in them) - sum(one.right for one in them)) for them in members.values()
    ) / (len(judged) or 1)


def accuracy_at(judged: Sequence[Judged], share: float) -> float:
    """The accuracy of the most certain share of them."""
    ordered = sorted(judged, key=lambda one: -one.certainty)
    return accuracy(ordered[: max(1, int(share * len(ordered)))]) if ordered else 0.0


def threshold_for(judged: Sequence[Judged], precision: float) -> float:
    """The lowest certainty from which on at least this share is right; 1.0 where none is high enough.

    One more that is wrong is reckoned with, so that few labels promise nothing. Where none was wrong it is at most that
    share: what is as certain as it, being calibrated, would be right often enough.
    """
    ordered = sorted((one for one in judged if one.guess is not None), key=lambda one: -one.certainty)
    found: float | None = None
    right = 0
    for number, one in enumerate(ordered, 1):
        right += one.right
        last = number == len(ordered) or ordered[number].certainty < one.certainty
        if last and right / (number + 1) >= precision:
            found = one.certainty
    if found is None:
        return 1.0
    return min(found, precision) if right == len(ordered) else found


def at_threshold(judged: Sequence[Judged], threshold: float) -> tuple[float, float]:
    """(precision, coverage) of what is at least as certain; precision 0 where nothing is."""
    kept = [one for one in judged if one.guess is not None and one.certainty >= threshold]
    return accuracy(kept), len(kept) / len(judged) if judged else 0.0

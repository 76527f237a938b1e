"""What was learned from agents' corrections, as triage sees it: scores of categories, and the words behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailsla.core.triage.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model's scores and the lexicon make a certainty; found in cross-validation, stored with the model.

    `lexicon`: the weight of the lexicon's certainty beside the model's score. `scale`: what their sum is multiplied by
    before the softmax. `slope`, `offset`: of the logistic curve that makes the best one's share a certainty.
    `threshold`: the certainty from which on a category is assigned; None: as configured, there were too few labels.
    `strictness`: the classifier's own setting (C).
    """

    lexicon: float = 1.0
    scale: float = 3.0
    slope: float = 1.0
    offset: float = 0.0
    threshold: float | None = None
    strictness: float = 1.0


@dataclass(frozen=True, slots=True)
class Because:
    """The customer's words that spoke for a category rather than another, and those that spoke against it."""

    words_for: tuple[str, ...] = ()
    words_against: tuple[str, ...] = ()


class Reading(Protocol):
    """A text as a model reads it."""

    @property
    def scores(self) -> Mapping[str, float]:
        """Each category's score: about -1 = not this one, above 0 = this one."""
        ...

    def because(self, category: str, other: str) -> Because:
        """The words that counted between two of its categories, heaviest first."""
        ...


class Learned(Protocol):
    """A fitted model. It only reads, so threads share it."""

    @property
    def version(self) -> int:
        """Its number."""
        ...

    @property
    def recipe(self) -> Recipe:
        """How it is blended."""
        ...

    @property
    def categories(self) -> Sequence[str]:
        """Those that it has labels of."""
        ...

    def read(self, words: Words) -> Reading:
        """What it says of a text."""
        ...

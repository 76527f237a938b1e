"""Blends what was learned with the lexicon: each category's score is the model's plus the lexicon's, by a recipe.

Categories that only the lexicon knows stay possible: the model says of them what it says of any that does not fit.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailsla.core.directory import Category
from mailsla.core.triage.learned import Because, Learned, Recipe
from mailsla.core.triage.lexicon import Ranked
from mailsla.core.triage.words import Words


@dataclass(frozen=True, slots=True)
class Blend:
    """A model, and the categories that a text may be of beside it (`competing`)."""

    learned: Learned
    categories: tuple[Category, ...]


UNSEEN = -1.2  # the score of a category without labels
LEAST, MOST = 1e-6, 1 - 1e-6
COUNTED = 200.0  # labels by which the lexicon's weight may be 2; it falls with their number


def most_of_lexicon(labels: int) -> float:
    """The weight that the lexicon may have at most beside a model of so many labels."""
    return 2 * COUNTED / max(labels, 1)


def shares(scores: Mapping[str, float], lexicon: Mapping[str, float], recipe: Recipe) -> list[tuple[str, float]]:
    """(category, certainty), likeliest first, of all that either knows."""
    values = {
        name: recipe.scale * (scores.get(name, UNSEEN) + recipe.lexicon * lexicon.get(name, 0.0))
        for name in sorted(scores.keys() | lexicon.keys())
    }
    if not values:
        return []
    top = max(values.values())
    weights = {name: math.exp(value - top) for name, value in values.items()}
    total = sum(weights.values())
    ordered = sorted(((name, weight / total) for name, weight in weights.items()), key=lambda one: (-one[1], one[0]))
    best = ordered[0][1]
    certainty = calibrated(best, recipe)
    rest = (1 - certainty) / max(1 - best, 1e-12)
    return [(ordered[0][0], certainty), *((name, min(share * rest, certainty)) for name, share in ordered[1:])]


def calibrated(share: float, recipe: Recipe) -> float:
    """How often the best is right that has this share."""
    share = min(max(share, LEAST), MOST)
    return 1 / (1 + math.exp(-(recipe.slope * math.log(share / (1 - share)) + recipe.offset)))


def blended(learned: Learned, words: Words, ranked: Sequence[Ranked]) -> tuple[tuple[Ranked, ...], Because]:
    """The categories likeliest first, each with the lexicon's words for it; and the model's words for the best."""
    reading = learned.read(words)
    scores = reading.scores
    quoted = {one.category: one.words for one in ranked}
    order = shares(scores, {one.category: one.certainty for one in ranked}, learned.recipe)
    known = [name for name, _ in order if name in scores]
    because = reading.because(known[0], known[1]) if len(known) > 1 else Because()
    if known and known[0] != order[0][0]:
        because = Because((), because.words_for)  # only the lexicon knows the best: what the model saw spoke against it
    return tuple(Ranked(name, round(certainty, 3), quoted.get(name, ())) for name, certainty in order), because


def competing(configured: Iterable[Category], named: Collection[str]) -> tuple[Category, ...]:
    """The categories that a text may be of, where labels name some that the configuration lacks.

    Where these are most of them, labels and configuration are two ways to sort complaints, and only that of the labels
    counts: of two categories for one matter neither would ever be certain.
    """
    own = {one.name: one for one in configured}
    said = {name: own.get(name, Category(name=name)) for name in named}
    return tuple(({**own, **said} if same_way(own, named) else said).values())


def same_way(configured: Collection[str], named: Collection[str]) -> bool:
    """Whether labels sort complaints as the configuration does: it has at least half of the categories they name."""
    names = set(named)
    return 2 * len(names & set(configured)) >= len(names)

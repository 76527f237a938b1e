"""How a new blend is learned from labels and compared with what decides now; the fitting itself is an adapter's."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mailsla.core.model import Instant
from mailsla.core.triage.adoption import FEW, Verdict, by_cross_validation, by_paired_test, held_back
from mailsla.core.triage.blend import shares
from mailsla.core.triage.learned import Learned, Recipe
from mailsla.core.triage.measures import Judged
from mailsla.core.triage.words import Words

Progress = Callable[[str, int, int], None]  # what is done, how far, of how many


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text: what it is about, what the lexicon says of it, when it was labelled, and whether what decides
    now was fitted on it."""

    words: Words
    category: str
    lexicon: Mapping[str, float]
    at: Instant
    seen: bool = False


class Fitter(Protocol):
    """Fits models of some of the examples that it was made with, by their numbers."""

    def cross_validated(
        self, rows: Sequence[int], precision: float, recipe: Recipe | None = None
    ) -> tuple[Recipe, list[Judged]]:
        """The best recipe, and what each example is taken for by a model of the others."""

    def held_out(self, rows: Sequence[int], others: Sequence[int], recipe: Recipe) -> list[Judged]:
        """What `others` are taken for by a model of `rows`."""

    def of_parts(self, rows: Sequence[int], seen: Sequence[int], recipe: Recipe) -> list[Judged]:
        """What `rows` are taken for by models of `seen`, none by one that has seen it."""

    def fitted(self, rows: Sequence[int], recipe: Recipe) -> bytes:
        """The bytes of a model."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A new blend with its verdict; `content` only of an adopted one. `judged`: what the labels are taken for by
    models that have not seen them."""

    verdict: Verdict
    recipe: Recipe
    judged: Sequence[Judged]
    content: bytes | None


def learn(examples: Sequence[Example], fitter: Fitter, now: Learned | None, precision: float) -> Learnt | None:
    """A new blend of all examples, compared with what decides now (None: the lexicon alone).

    None: there are too few labels that what decides now has not seen.
    """
    every = range(len(examples))
    if len(examples) < FEW:
        recipe, judged = fitter.cross_validated(every, precision)
        seen = [number for number in every if examples[number].seen]
        before = fitter.of_parts(every, seen, now.recipe) if now else [by_lexicon(one) for one in examples]
        verdict = by_cross_validation(before, judged)
    else:
        texts = [(one.at, " ".join(one.words.folded)) for one in examples]
        newest = held_back(texts, [one.seen for one in examples])
        if newest is None:
            return None
        older = [number for number in every if number not in set(newest)]
        recipe, judged = fitter.cross_validated(older, precision)
        new = fitter.held_out(older, newest, recipe)
        before = [by_model(now, examples[number]) if now else by_lexicon(examples[number]) for number in newest]
        verdict = by_paired_test(before, new)
    return Learnt(verdict, recipe, judged, fitter.fitted(every, recipe) if verdict.adopted else None)


def by_lexicon(one: Example) -> Judged:
    """What the lexicon alone takes it for; of two alike the first by name."""
    best = min(one.lexicon, key=lambda name: (-one.lexicon[name], name), default=None)
    return Judged(one.category, best, one.lexicon[best] if best else 0.0)


def by_model(now: Learned, one: Example) -> Judged:
    """What the blend that decides now takes it for."""
    best, certainty = shares(now.read(one.words).scores, one.lexicon, now.recipe)[0]
    return Judged(one.category, best, certainty)


def contradicting(texts: Sequence[tuple[str, str]]) -> int:
    """How many texts of (text, category) have two categories."""
    of: dict[str, set[str]] = defaultdict(set)
    for text, category in texts:
        of[text].add(category)
    return sum(len(categories) > 1 for categories in of.values())

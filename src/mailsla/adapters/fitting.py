"""Fits models from labelled texts: the only door to scikit-learn, opened in the process that learns and in no other.

What is fitted is a linear classifier (a support vector machine, one category against the rest) on TF-IDF of words,
pairs and pieces (core/triage/features.py). Its recipe comes from cross-validation, in which each fold has a vocabulary
of its own: a text's own rare words must not be known before it is.
"""

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from mailsla.adapters.scoring import packed
from mailsla.adapters.tuning import best_mix, tuned
from mailsla.core.triage.blend import UNSEEN, shares
from mailsla.core.triage.features import PIECE, features
from mailsla.core.triage.learned import Recipe
from mailsla.core.triage.learning import Example, Progress
from mailsla.core.triage.measures import Judged

MANY = 300  # labels, from which on a pair or piece counts that two texts have
MOST_WORDS = 150_000  # in a vocabulary: the most frequent
STRICT = (0.1, 0.3, 1.0, 3.0)
TRIED_ON = 1_500  # labels that the strictness is chosen on
STRICT_FROM = 100  # labels
TOLERANCE = 1e-3  # of the fit: ten times finer takes half as long again, and decides alike
SEED = 8  # of the draw of the folds; the same labels give the same model

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


class Fitter:
    """Labelled texts, counted once; fitted as often as needed on some of them."""

    def __init__(self, examples: Sequence[Example], progress: Progress) -> None:
        self._examples, self._progress = examples, progress
        self._categories = sorted({one.category for one in examples})
        self._truth = np.array([self._categories.index(one.category) for one in examples])
        self._names: dict[str, int] = {}
        self._counts = self._counted()
        self._pieces = np.array([name.startswith(PIECE) for name in self._names], dtype=bool)

    def cross_validated(
        self, rows: Sequence[int], precision: float, recipe: Recipe | None = None
    ) -> tuple[Recipe, list[Judged]]:
        """The best recipe for these examples, and what each of them is taken for by the others.

        `recipe`: judge by this one instead of finding the best.
        """
        within = np.array(rows)
        strictness = recipe.strictness if recipe else self._strictness(within)
        found = self._out_of_fold(within, _folds(len(within)), strictness, "cross-validation")
        if recipe is None:
            names, lexicon = self._lexicon(within)
            scores = np.full((len(within), len(names)), UNSEEN)
            scores[:, : len(self._categories)] = found
            recipe = tuned(scores, lexicon, self._truth[within], len(within), strictness, precision)
        return recipe, self._judged(within, found, recipe)

    def held_out(self, rows: Sequence[int], others: Sequence[int], recipe: Recipe) -> list[Judged]:
        """What `others` are taken for by a model of `rows`."""
        found = self._decide(np.array(rows), np.array(others), recipe.strictness)
        return self._judged(np.array(others), found, recipe)

    def of_parts(self, rows: Sequence[int], seen: Sequence[int], recipe: Recipe) -> list[Judged]:
        """What `rows` are taken for by a model of `seen`, none of them by one that has seen it."""
        within, known = np.array(rows), np.zeros(len(self._examples), dtype=bool)
        known[np.array(seen, dtype=np.int64)] = True
        found = np.full((len(within), len(self._categories)), UNSEEN)
        for test in _parts(len(within), _folds(len(within))):
            use = known.copy()
            use[within[test]] = False
            train = np.flatnonzero(use)
            if len(set(self._truth[train])) > 1:
                found[test] = self._decide(train, within[test], recipe.strictness)
        return self._judged(within, found, recipe)

    def fitted(self, rows: Sequence[int], recipe: Recipe) -> bytes:
        """The bytes of a model of these examples."""
        self._progress("fitting", 0, 1)
        within = np.array(rows)
        keep, idf = self._vocabulary(within)
        machine = _machine(recipe.strictness, self._weighed(within, keep, idf), self._truth[within])
        weights, bias = machine.coef_, machine.intercept_
        if len(machine.classes_) == 2:
            weights, bias = np.vstack((-weights, weights)), np.concatenate((-bias, bias))
        names = list(self._names)
        categories = [self._categories[number] for number in machine.classes_]
        self._progress("fitting", 1, 1)
        return packed(categories, [names[number] for number in keep], idf, weights.T, bias)

    def _counted(self) -> csr_matrix:
        starts: list[int] = [0]
        columns: list[int] = []
        counts: list[int] = []
        for done, one in enumerate(self._examples):
            if done % 500 == 0:
                self._progress("reading the texts", done, len(self._examples))
            counted = Counter(features(one.words.folded))
            columns += [self._names.setdefault(name, len(self._names)) for name in counted]
            counts += counted.values()
            starts.append(len(columns))
        shape = (len(self._examples), len(self._names))
        return csr_matrix((1 + np.log(np.array(counts, dtype=np.float64)), columns, starts), shape)

    def _vocabulary(self, rows: Numbers) -> tuple[Numbers, Floats]:
        """The features that these rows know, and how rare each is."""
        texts = np.bincount(self._counts[rows].indices, minlength=len(self._names))
        least = np.where(self._single(), 1, 2 if len(rows) >= MANY else 1)
        keep = np.flatnonzero(texts >= least)
        if len(keep) > MOST_WORDS:
            keep = np.sort(keep[np.argsort(-texts[keep], kind="stable")[:MOST_WORDS]])
        return keep, np.log((1 + len(rows)) / (1 + texts[keep])) + 1

    def _single(self) -> NDArray[np.bool_]:
        return np.array([not name.startswith(PIECE) and " " not in name for name in self._names], dtype=bool)

    def _weighed(self, rows: Numbers, keep: Numbers, idf: Floats) -> csr_matrix:
        """TF-IDF; words and pieces are each of length 1, as adapters/scoring.py reckons them."""
        matrix = self._counts[rows][:, keep].tocsr()
        matrix.data = matrix.data * idf[matrix.indices]
        row = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
        piece = self._pieces[keep][matrix.indices]
        for block in (piece, ~piece):
            squares = np.bincount(row[block], weights=matrix.data[block] ** 2, minlength=len(rows))
            matrix.data[block] /= np.sqrt(np.where(squares > 0, squares, 1))[row[block]]
        return matrix

    def _decide(self, train: Numbers, test: Numbers, strictness: float) -> Floats:
        found = np.full((len(test), len(self._categories)), UNSEEN)
        present = np.unique(self._truth[train])
        if len(present) < 2:
            return found
        keep, idf = self._vocabulary(train)
        machine = _machine(strictness, self._weighed(train, keep, idf), self._truth[train])
        scores = machine.decision_function(self._weighed(test, keep, idf))
        found[:, machine.classes_] = np.column_stack((-scores, scores)) if scores.ndim == 1 else scores
        return found

    def _out_of_fold(self, rows: Numbers, folds: int, strictness: float, what: str) -> Floats:
        found = np.full((len(rows), len(self._categories)), UNSEEN)
        for number, test in enumerate(_parts(len(rows), folds)):
            self._progress(what, number, folds)
            train = np.setdiff1d(np.arange(len(rows)), test)
            found[test] = self._decide(rows[train], rows[test], strictness)
        self._progress(what, folds, folds)
        return found

    def _strictness(self, rows: Numbers) -> float:
        if len(rows) < STRICT_FROM:
            return Recipe().strictness
        some = rows[np.sort(np.array(_shuffled(len(rows))[:TRIED_ON]))]
        names, lexicon = self._lexicon(some)
        losses = {}
        for strictness in STRICT:
            scores = np.full((len(some), len(names)), UNSEEN)
            found = self._out_of_fold(some, 3, strictness, "choosing the strictness")
            scores[:, : len(self._categories)] = found
            losses[strictness] = best_mix(scores, lexicon, self._truth[some], len(rows)).loss
        return min(STRICT, key=lambda one: losses[one])

    def _lexicon(self, rows: Numbers) -> tuple[list[str], Floats]:
        """All categories, those with labels first, and what the lexicon says of each text."""
        others = {name for one in self._examples for name in one.lexicon}
        names = [*self._categories, *sorted(others - set(self._categories))]
        numbers = {name: number for number, name in enumerate(names)}
        found = np.zeros((len(rows), len(names)))
        for number, row in enumerate(rows):
            for name, certainty in self._examples[row].lexicon.items():
                found[number, numbers[name]] = certainty
        return names, found

    def _judged(self, rows: Numbers, scores: Floats, recipe: Recipe) -> list[Judged]:
        judged = []
        for row, line in zip(rows, scores, strict=True):
            one = self._examples[row]
            best, certainty = shares(dict(zip(self._categories, line, strict=True)), one.lexicon, recipe)[0]
            judged.append(Judged(one.category, best, float(certainty)))
        return judged


def _machine(strictness: float, matrix: csr_matrix, truth: Numbers) -> LinearSVC:
    """Fitted. What scikit-learn warns of (few labels for many categories) is answered by cross-validation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LinearSVC(C=strictness, tol=TOLERANCE, random_state=SEED).fit(matrix, truth)


def _folds(labels: int) -> int:
    return 10 if labels <= 2_000 else 5


def _parts(number: int, folds: int) -> list[Numbers]:
    order = np.array(_shuffled(number))
    return [np.sort(order[start::folds]) for start in range(min(folds, number))]


def _shuffled(number: int) -> list[int]:
    return [int(one) for one in np.random.default_rng(SEED).permutation(number)]

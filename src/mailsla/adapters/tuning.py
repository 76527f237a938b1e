"""Finds the recipe of a blend from what texts are taken for by models that have not seen them (numpy).

The certainties that it reckons are those of core/triage/blend.py: a test compares the two.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mailsla.core.triage.blend import LEAST, MOST, most_of_lexicon
from mailsla.core.triage.learned import Recipe
from mailsla.core.triage.measures import Judged, threshold_for

WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # of the lexicon beside the model
ENOUGH = 50  # labels, from which on the threshold comes from them
CAUTION = 2.0  # so many labels' worth of evidence holds the curve straight
_STEPS, _RANGE = 24, (-1.0, 4.0)  # of the search for the scale, on its logarithm

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Mix:
    """A weight of the lexicon and a scale, and the mean log loss that they have."""

    loss: float
    lexicon: float
    scale: float


def tuned(scores: Floats, lexicon: Floats, truth: Numbers, labels: int, strictness: float, precision: float) -> Recipe:
    """The recipe with the least log loss, its certainties made honest, and its threshold for a precision."""
    mix = best_mix(scores, lexicon, truth, labels)
    chances = _softmax(mix.scale * (scores + mix.lexicon * lexicon))
    best, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    slope, offset = _curve(best, right)
    threshold = None
    if len(truth) >= ENOUGH:
        certainty = 1 / (1 + np.exp(-(slope * _logit(best) + offset)))
        judged = [Judged("", "" if ok else "wrong", float(at)) for at, ok in zip(certainty, right, strict=True)]
        threshold = threshold_for(judged, precision)
    return Recipe(
        lexicon=mix.lexicon, scale=mix.scale, slope=slope, offset=offset, threshold=threshold, strictness=strictness
    )


def best_mix(scores: Floats, lexicon: Floats, truth: Numbers, labels: int) -> Mix:
    """Over all weights that so many labels allow the lexicon."""
    most = most_of_lexicon(labels)
    allowed = sorted({min(weight, most) for weight in WEIGHTS}) if lexicon.any() else [0.0]
    return min((_best_scale(scores + weight * lexicon, truth, weight) for weight in allowed), key=lambda one: one.loss)


def _best_scale(values: Floats, truth: Numbers, weight: float) -> Mix:
    """By golden section: the loss has one lowest point."""
    ratio = (math.sqrt(5) - 1) / 2
    low, high = _RANGE
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = (_loss(math.exp(one) * values, truth) for one in (left, right))
    for _ in range(_STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = _loss(math.exp(left) * values, truth)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = _loss(math.exp(right) * values, truth)
    return Mix(min(at_left, at_right), weight, math.exp(left if at_left < at_right else right))


def _loss(values: Floats, truth: Numbers) -> float:
    top = values.max(axis=1)
    logs = np.log(np.exp(values - top[:, None]).sum(axis=1)) + top
    return float(np.minimum(logs - values[np.arange(len(truth)), truth], -math.log(LEAST)).mean())


def _curve(best: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """The logistic curve from the best one's share to how often it is right (Newton), held near (1, 0)."""
    at, slope, offset = _logit(best), 1.0, 0.0
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(slope * at + offset)))
        pull = chance - right
        gradient = np.array([(pull * at).sum() + CAUTION * (slope - 1), pull.sum() + CAUTION * offset])
        spread = chance * (1 - chance)
        mixed = (spread * at).sum()
        bend = np.array([[(spread * at**2).sum() + CAUTION, mixed], [mixed, spread.sum() + CAUTION]])
        step = np.linalg.solve(bend, gradient)
        slope, offset = slope - float(step[0]), offset - float(step[1])
        if abs(step).max() < 1e-6:
            break
    return max(slope, 0.1), offset


def _logit(share: Floats) -> Floats:
    bounded = np.clip(share, LEAST, MOST)
    logit: Floats = np.log(bounded / (1 - bounded))
    return logit


def _softmax(values: Floats) -> Floats:
    raised = np.exp(values - values.max(axis=1)[:, None])
    chances: Floats = raised / raised.sum(axis=1)[:, None]
    return chances

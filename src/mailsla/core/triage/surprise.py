"""How surprising a count is: a Poisson count whose rate is itself known from few cases only."""

import math
from collections.abc import Sequence
from statistics import mean, variance

_ENOUGH = 1e-12  # of the sum; what is left changes nothing
# What varies from hour to hour, as the square of the relative deviation of a rate: where nothing is known, what is
# supposed until more counts tell, how far off that may be, and what no count talks away.
_UNKNOWN, _SUPPOSED, _SUPPOSED_WITHIN, _LEAST = 0.12, 0.05, 0.1, 0.02


def surprise(count: int, expected: float, seen: float) -> float:
    """Minus the natural logarithm of the chance of `count` or more, where `expected` was learned from `seen` cases.

    The rate has a gamma distribution (shape `seen`), so the count is negative binomial: what was never seen before in
    a short history may well be usual.
    """
    if count <= expected:
        return 0.0
    share = expected / (expected + seen)
    log_term = (
        math.lgamma(count + seen)
        - math.lgamma(seen)
        - math.lgamma(count + 1)
        + seen * math.log1p(-share)
        + count * math.log(share)
    )
    total = term = 1.0
    at = count
    while term > _ENOUGH * total:
        term *= share * (at + seen) / (at + 1)
        total += term
        at += 1
    return -(log_term + math.log(total))


def poisson_surprise(count: int, expected: float) -> float:
    """The same for a rate that counts as known."""
    if count <= expected:
        return 0.0
    total = term = 1.0
    at = count
    while term > _ENOUGH * total:
        at += 1
        term *= expected / at
        total += term
    return -(count * math.log(expected) - expected - math.lgamma(count + 1) + math.log(total))


def scatter(counts: Sequence[int]) -> float:
    """How much the rate behind these counts varies, as the square of its relative deviation.

    Chance alone makes counts differ; only what goes beyond it tells, and the fewer the counts the less it changes what
    is supposed at first.
    """
    if len(counts) < 2:
        return _UNKNOWN
    usual = max(mean(counts), 1 / len(counts))
    beyond = (variance(counts) - usual) / usual**2
    doubt = 2 / (len(counts) - 1) * (1 / usual + _SUPPOSED) ** 2
    sure = _SUPPOSED_WITHIN**2
    return max(_LEAST, (_SUPPOSED * doubt + beyond * sure) / (doubt + sure))

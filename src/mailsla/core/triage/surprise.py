"""How surprising a count is: a Poisson count whose rate is itself known from few cases only."""

import math

_ENOUGH = 1e-12  # of the sum; what is left changes nothing


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

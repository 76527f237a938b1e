"""Credits for a contract's month: from compliance, or from the number of breaches, by a table of steps to percents.

Bands are half-open: a step holds from its own value on until below the next one's. Ratios are compared exactly, as
fractions: 98.996 % is less than 99 %, however it would be printed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from mailsla.core.sla.service_level import Compliance, Outcome
from mailsla.core.sla.terms import Metric

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)
_COUNT = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditStep:
    """at_least: where the band begins, "95%" of compliance, or a number of breaches "3". credit: "5%" of the fee."""

    at_least: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """What a contract gives back for a month. `metrics` empty: all. cap: the most of a month, "100%" by default."""

    by: Literal["compliance", "breaches"]
    steps: tuple[CreditStep, ...]
    metrics: tuple[Metric, ...] = ()
    cap: str = "100%"


def credit(terms: Credits, month: Compliance) -> Fraction | None:
    """The part of the month's fee that is due back, from 0 to the cap; None ("n/a") when compliance is n/a.

    `month` is of the metrics that the terms name. Below the lowest step nothing is given. ValueError for terms of
    which `credit_faults` has something to say.
    """
    value = month.ratio if terms.by == "compliance" else Fraction(month.counts.get(Outcome.LATE, 0))
    if value is None:
        return None
    best = reached(terms, value)
    return min(fraction(best.credit), fraction(terms.cap)) if best is not None else Fraction(0)


def reached(terms: Credits, value: Fraction) -> CreditStep | None:
    """The step whose band a compliance, or a number of breaches, falls into; None: it is below the lowest."""
    steps = [step for step in terms.steps if _value(terms, step) <= value]
    return max(steps, key=lambda step: _value(terms, step), default=None)


def fraction(text: str) -> Fraction:
    """ "99.5%" as 199/200, exactly; ValueError for another form, and beyond 100 %."""
    found = _PERCENT.fullmatch(text.strip())
    if found is None or Fraction(found[1]) > 100:
        raise ValueError(f'"{text}" is no percentage')
    return Fraction(found[1]) / 100


def credit_faults(terms: Credits) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the terms: (key, what, mend); steps are called by their number, from 1."""
    if not terms.steps:
        yield "steps", "there are no steps, so no credit is ever given", "add one, or remove `credits`"
    values: list[Fraction] = []
    for number, step in enumerate(terms.steps, start=1):
        try:
            values.append(_value(terms, step))
        except ValueError as wrong:
            yield f"steps.{number}.at_least", str(wrong), _mend(terms)
        yield from _percent_fault(f"steps.{number}.credit", step.credit)
    yield from _percent_fault("cap", terms.cap)
    if len(set(values)) < len(values):
        yield "steps", "two steps begin at the same value", "give each band one step"
    if terms.by == "compliance" and values and len(values) == len(terms.steps) and min(values) > 0:
        lowest = min(terms.steps, key=lambda step: _value(terms, step)).at_least
        what = f"a month below {lowest}, the worst there is, has no step and so no credit"
        yield "steps", what, 'add one that begins at "0%"'


def _percent_fault(key: str, text: str) -> Iterator[tuple[str, str, str]]:
    try:
        fraction(text)
    except ValueError as wrong:
        yield key, str(wrong), 'write it like "5%" or "99.5%", up to "100%"'


def _mend(terms: Credits) -> str:
    return 'write compliance like "95%"' if terms.by == "compliance" else 'write a number of breaches like "3"'


def _value(terms: Credits, step: CreditStep) -> Fraction:
    if terms.by == "compliance":
        return fraction(step.at_least)
    if _COUNT.fullmatch(step.at_least) is None:
        raise ValueError(f'"{step.at_least}" is no number of breaches')
    return Fraction(step.at_least)

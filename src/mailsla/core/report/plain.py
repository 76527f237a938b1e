"""A report as dicts, lists and scalars, for JSON; and as rows of section, name, figure and value, for CSV."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from mailsla.core.report.model import Part, Report, Satisfaction
from mailsla.core.sla.service_level import Compliance, Outcome, ServiceLevel

DIGITS = 6  # of a ratio; the counts beside it are exact
NAMES = ("name", "metric", "agent", "policy", "reference", "customer", "month", "why", "target")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Row = tuple[str, str, str, object]


def as_data(report: Report) -> dict[str, Any]:
    """Every figure; None is n/a. Instants are epoch seconds, ratios decimal numbers from 0 to 1."""
    return {one.name: _plain(getattr(report, one.name)) for one in fields(report)}


def as_rows(report: Report) -> Iterator[Row]:
    """(section, name, figure, value): every number and word of `as_data` in a row of its own."""
    for section, value in as_data(report).items():
        yield from _rows(section, "", "", value)


def _plain(value: object) -> Any:
    match value:
        case Compliance():
            counts = {outcome.value: value.counts.get(outcome, 0) for outcome in Outcome}
            return {"ratio": _ratio(value.ratio), **counts}
        case Part():
            return {"count": value.count, "of": value.of, "share": _ratio(value.share)}
        case ServiceLevel():
            kept = {"share": _ratio(value.share), "good": value.good, "total": value.total, "held": value.held}
            return {**kept, "ratio": _ratio(value.ratio), "budget_left": _ratio(value.budget_left)}
        case Satisfaction():
            comments = [{"reference": of, "score": score, "words": words} for of, score, words in value.comments]
            counts = {str(score): count for score, count in value.counts.items()}
            return {"asked": value.asked, "mean": _ratio(value.mean), "counts": counts, "comments": comments}
        case Fraction():
            return _ratio(value)
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return {_key(key): _plain(one) for key, one in value.items()}
        case str():
            return value
        case Sequence():
            return [_plain(one) for one in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _key(key: object) -> str:
    """A weekday and hour as "mon 09"."""
    if isinstance(key, tuple):
        return f"{WEEKDAYS[key[0]]} {key[1]:02}"
    return str(key)


def _ratio(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)


def _rows(section: str, name: str, figure: str, value: object) -> Iterator[Row]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _rows(section, name, f"{figure}.{key}" if figure else key, one)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            inner = f"{figure}.{number}" if figure else ""
            yield from _rows(section, name if figure else _name(one, number), inner, _rest(one))
    else:
        yield section, name, figure, value


def _name(one: object, number: int) -> str:
    """What a row of a list is called: by its names, else its number."""
    if not isinstance(one, dict):
        return str(number)
    period = one.get("period")
    if isinstance(period, dict):
        return str(period["start"])
    return " ".join(str(one[key]) for key in NAMES if one.get(key)) or str(number)


def _rest(one: object) -> object:
    return {key: value for key, value in one.items() if key != "period"} if isinstance(one, dict) else one

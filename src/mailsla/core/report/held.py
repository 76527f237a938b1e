"""Compliance from counted clocks: in all, and by metric, category, team and customer with the period before."""

from collections.abc import Callable, Iterable, Sequence

from mailsla.core.report.facts import Counted
from mailsla.core.report.model import Held
from mailsla.core.sla.service_level import Compliance, Outcome
from mailsla.core.sla.terms import Metric

METRICS = tuple(metric.value for metric in Metric)


def compliance_of(counted: Iterable[Counted]) -> Compliance:
    """Of all of them together; every outcome has its count."""
    counts = dict.fromkeys(Outcome, 0)
    for one in counted:
        counts[one.outcome] += one.count
    return Compliance(counts)


def to_customers(counted: Iterable[Counted]) -> list[Counted]:
    """What is owed to customers, not inside by teams and suppliers."""
    return [one for one in counted if one.owed_outside]


def by_metric(now: Sequence[Counted], before: Sequence[Counted]) -> list[Held]:
    """In the order of Metric; what teams and suppliers owe us, too."""
    held = _by(lambda one: one.metric, now, before)
    return sorted(held, key=lambda one: METRICS.index(one.name))


def by_category(now: Sequence[Counted], before: Sequence[Counted]) -> list[Held]:
    """In the order of the alphabet, as by team and by customer; what is owed to customers."""
    return _by(lambda one: one.category, to_customers(now), to_customers(before))


def by_team(now: Sequence[Counted], before: Sequence[Counted]) -> list[Held]:
    """By the team that has the complaint now."""
    return _by(lambda one: one.team, to_customers(now), to_customers(before))


def by_customer(now: Sequence[Counted], before: Sequence[Counted]) -> list[Held]:
    """By organisation."""
    return _by(lambda one: one.organisation, to_customers(now), to_customers(before))


def _by(name: Callable[[Counted], str], now: Sequence[Counted], before: Sequence[Counted]) -> list[Held]:
    """Of each name that either period has."""
    groups: dict[str, tuple[list[Counted], list[Counted]]] = {}
    for place, counted in enumerate((now, before)):
        for one in counted:
            groups.setdefault(name(one), ([], []))[place].append(one)
    return [Held(key, compliance_of(groups[key][0]), compliance_of(groups[key][1])) for key in sorted(groups)]

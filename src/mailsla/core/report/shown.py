"""What of a report is shown to whom: the first of many with the rest as one, and what a customer may see of it."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.report.model import Held, Report
from mailsla.core.sla.service_level import Compliance, Outcome

MOST_ROWS = 8  # of a table or chart; what is beyond is its last row
THEIR_METRICS = frozenset({"first_response", "next_response", "resolution", "periodic_update"})  # not OLA and UC
FOR_CUSTOMERS = frozenset({"late", "reopened"})  # why a complaint of theirs stands in their report


def counted(one: Compliance) -> tuple[int, int]:
    """(in time, of how many): those that make compliance."""
    met = one.counts.get(Outcome.MET, 0)
    return met, met + one.counts.get(Outcome.LATE, 0)


def first_of(held: Sequence[Held], most: int = MOST_ROWS) -> tuple[list[Held], Held | None, int]:
    """Those with most to do, what all others come to together (None: there are none), and how many these are."""
    order = sorted(held, key=lambda one: (-counted(one.now)[1], one.name))
    if len(order) <= most:
        return order, None, 0
    others = order[most:]
    rest = Held("", together([one.now for one in others]), together([one.before for one in others]))
    return order[:most], rest, len(others)


def together(several: Sequence[Compliance]) -> Compliance:
    """All of them as one."""
    return Compliance({outcome: sum(one.counts.get(outcome, 0) for one in several) for outcome in Outcome})


def is_empty(report: Report) -> bool:
    """Whether nothing came in, was solved or was due in the period."""
    return not report.received and not report.resolved and not counted(report.compliance)[1]


def for_customer(report: Report) -> Report:
    """What the customer may read of a report on them: a new one of what is theirs, so that nothing else comes along.

    ValueError for a report on all customers. Names of teams, agents, categories and suppliers are ours, and so are
    objectives and where our time went.
    """
    if not report.customer:
        raise ValueError("a report on all customers is for no customer")
    return Report(
        period=report.period,
        made_at=report.made_at,
        customer=report.customer,
        received=report.received,
        resolved=report.resolved,
        open_at_end=report.open_at_end,
        compliance=report.compliance,
        before=report.before,
        by_metric=[one for one in report.by_metric if one.name in THEIR_METRICS],
        trend=report.trend,
        lengths=[one for one in report.lengths if one.metric in THEIR_METRICS],
        lengths_before=[one for one in report.lengths_before if one.metric in THEIR_METRICS],
        satisfaction=replace(report.satisfaction, comments=()),
        credits=[one for one in report.credits if one.customer == report.customer],
        promises=report.promises,
        exceptions=[one for one in report.exceptions if one.why in FOR_CUSTOMERS],
    )

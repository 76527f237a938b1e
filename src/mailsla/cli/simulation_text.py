"""What `mailsla sla simulate` found, as tables for a terminal and as plain data for JSON."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from mailsla.cli import words
from mailsla.cli.output import clean, iso, table
from mailsla.core.report.model import CreditOwed
from mailsla.core.report.simulation import ALL, KEPT_FOR, Hour, Keepable, Row, Side, Simulation, credit_total
from mailsla.core.sla.service_level import Compliance, Outcome

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMELESS = "(none)"
FEW = 30  # of fewer cases a percentile says little
DIGITS = 6  # of a ratio in JSON


def lines_of(found: Simulation) -> Iterator[str]:
    """Before -> after, by category and metric; then credits, workload and targets."""
    if not found.complaints:
        yield "No complaint was received in this time."
        return
    noun = "complaint" if found.complaints == 1 else "complaints"
    yield f"{found.complaints} {noun} replayed; {found.otherwise} would count otherwise:"
    yield f"  {found.newly_late} late that were not, {found.late_no_more} late no more"
    yield ""
    rows = [*map(_cells, found.rows), _cells(found.total, "all")]
    yield _table(("category", "complaints", "compliance", "breaches", "hours of work", "answers due"), rows)
    yield ""
    yield _table(("metric", "compliance", "breaches"), [_metric_cells(row) for row in found.by_metric])
    yield ""
    yield from _credits(found)
    yield from _busiest(found)
    yield ""
    yield f"Targets that {KEPT_FOR} % of the cases kept, in opening hours:"
    yield _table(("metric", "category", "cases", "target"), [_kept_cells(one) for one in found.keepable])
    if any(one.count < FEW for one in found.keepable):
        yield f"* fewer than {FEW} cases: too few to promise anything by"


def as_data(found: Simulation) -> dict[str, object]:
    """Every figure; None is n/a, ratios are decimal numbers from 0 to 1, lengths open seconds."""
    return {
        "since": iso(found.since),
        "until": iso(found.until),
        "complaints": found.complaints,
        "otherwise": found.otherwise,
        "newly_late": found.newly_late,
        "late_no_more": found.late_no_more,
        "all": _row_data(found.total, "category", None),
        "categories": [_row_data(row, "category", row.category or None) for row in found.rows],
        "metrics": [_row_data(row, "metric", row.category) for row in found.by_metric],
        "credits": {"before": _owed_data(found.credits_before), "after": _owed_data(found.credits_after)},
        "answers_due": {"before": _hours_data(found.answers_before), "after": _hours_data(found.answers_after)},
        "kept_by_percent": KEPT_FOR,
        "targets_kept": [
            {
                "metric": one.metric,
                "category": None if one.category == ALL else one.category,
                "cases": one.count,
                "before_seconds": one.before,
                "after_seconds": one.after,
            }
            for one in found.keepable
        ],
    }


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table(columns, [[clean(cell) for cell in row] for row in rows], width=words.columns())


def _cells(row: Row, name: str = "") -> list[str]:
    before, after = row.before, row.after
    return [
        name or row.category or NAMELESS,
        str(row.complaints),
        _change(percent(before.compliance), percent(after.compliance)),
        _change(str(before.breaches), str(after.breaches)),
        _change(_hours(before.work), _hours(after.work)),
        _change(str(before.answers), str(after.answers)),
    ]


def _metric_cells(row: Row) -> list[str]:
    compliance = _change(percent(row.before.compliance), percent(row.after.compliance))
    return [words.metric_of(row.category), compliance, _change(str(row.before.breaches), str(row.after.breaches))]


def _kept_cells(one: Keepable) -> list[str]:
    few = " *" if one.count < FEW else ""
    category = "all" if one.category == ALL else one.category or NAMELESS
    return [
        words.metric_of(one.metric),
        category,
        f"{one.count}{few}",
        _change(_length(one.before), _length(one.after)),
    ]


def _credits(found: Simulation) -> Iterator[str]:
    if not found.credits_before and not found.credits_after:
        return
    keys = sorted({(one.month, one.customer, one.policy) for one in (*found.credits_before, *found.credits_after)})
    before, after = _by_key(found.credits_before), _by_key(found.credits_after)
    rows = [
        [key[0], key[1] or NAMELESS, key[2], _change(_owed(before.get(key)), _owed(after.get(key)))] for key in keys
    ]
    yield _table(("month", "customer", "policy", "credit"), rows)
    total = _change(share_of(credit_total(found.credits_before)), share_of(credit_total(found.credits_after)))
    yield f"Credits in all, of a monthly fee: {total}"
    yield ""


def _busiest(found: Simulation) -> Iterator[str]:
    """The hours of the week in which most answers were due."""
    for name, hours in (("before", found.answers_before), ("after", found.answers_after)):
        most = sorted(hours.items(), key=lambda one: (-one[1], one[0]))[:3]
        if most:
            told = ", ".join(f"{_hour(hour)} ({count})" for hour, count in most)
            yield f"Most answers due, {name}: {told}"


def _by_key(owed: Sequence[CreditOwed]) -> Mapping[tuple[str, str, str], CreditOwed]:
    return {(one.month, one.customer, one.policy): one for one in owed}


def _owed(one: CreditOwed | None) -> str:
    return "none" if one is None else share_of(one.credit)


def _hour(hour: Hour) -> str:
    return f"{WEEKDAYS[hour[0]]} {hour[1]:02}:00"


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


def percent(compliance: Compliance) -> str:
    """ "97.5 %", never rounded up to 100; n/a where there was nothing to keep."""
    return share_of(compliance.ratio)


def share_of(share: Fraction | None) -> str:
    """ "97.5 %", rounded down; n/a where there was nothing."""
    if share is None:
        return "n/a"
    tenths = share * 1000 // 1  # rounded down: 99.96 % is not all
    return f"{int(tenths) / 10:.1f} %"


def _hours(seconds: int) -> str:
    return f"{seconds // words.HOUR}"


def _length(seconds: int | None) -> str:
    """Rounded up to the minute: it must hold what was measured."""
    return "n/a" if seconds is None else words.hours_of(-(-seconds // words.MINUTE) * words.MINUTE)


def _row_data(row: Row, key: str, name: str | None) -> dict[str, object]:
    named = {key: name}
    return {**named, "complaints": row.complaints, "before": _side_data(row.before), "after": _side_data(row.after)}


def _side_data(side: Side) -> dict[str, object]:
    counts = {outcome.value: side.compliance.counts[outcome] for outcome in Outcome}
    compliance = {"ratio": ratio(side.compliance.ratio), **counts}
    return {
        "compliance": compliance,
        "breaches": side.breaches,
        "work_seconds": side.work,
        "answers_due": side.answers,
    }


def _owed_data(owed: Sequence[CreditOwed]) -> list[dict[str, object]]:
    return [
        {
            "month": one.month,
            "customer": one.customer or None,
            "policy": one.policy,
            "compliance": ratio(one.compliance.ratio),
            "breaches": one.breaches,
            "credit": ratio(one.credit),
        }
        for one in owed
    ]


def _hours_data(hours: Mapping[Hour, int]) -> dict[str, int]:
    return {_hour(hour): count for hour, count in sorted(hours.items())}


def ratio(value: Fraction | None) -> float | None:
    """A decimal number, for JSON."""
    return None if value is None else round(float(value), DIGITS)

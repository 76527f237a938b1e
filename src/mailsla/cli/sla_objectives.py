"""`mailsla sla objectives`: how the objectives of a month stand."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli import words
from mailsla.cli.opened import opened
from mailsla.cli.output import json_option, print_rows
from mailsla.cli.simulation_text import ratio, share_of

if TYPE_CHECKING:
    from mailsla.core.report.objectives import Standing

COLUMNS = ("objective", "metric", "wanted", "so far", "kept", "budget left", "stands")
STANDS = {"at_risk": "will be missed at this pace", "lost": "lost"}


@click.command("objectives")
@click.option("--month", metavar="YYYY-MM", help="Another month.  [default: this one]")
@json_option
@click.pass_obj
def objectives(config: Path | None, month: str | None, as_json: bool) -> None:
    """Show how the objectives stand: of what is due in the month, so many are to be done within so much.

    "will be missed at this pace" takes 10 cases or more, and more misses than chance makes of an objective that is just
    held; "lost", more misses than the whole month may have, if it has no fewer cases than the last.

    \b
    Example: mailsla sla objectives
             mailsla sla objectives --month 2026-10 --json
    """
    from mailsla.core.report import periods
    from mailsla.flows.objectives import standings, this_month

    with opened(config) as services:
        now = services.now()
        period = this_month(services, now)
        if month is not None:
            try:
                period = periods.month_named(month, period.zone)
            except ValueError as error:
                raise click.UsageError(f"{error}: a month is like 2026-10.") from error
        with services.store.begin() as uow:
            found = standings(uow, services, period, now)
    row = _data if as_json else _row
    print_rows(COLUMNS, [row(one) for one in found], as_json, "No objective is configured: [[objectives]].")


def _row(one: "Standing") -> dict[str, object]:
    level = one.objective.level
    held = {None: "n/a", True: "held", False: "missed"}[level.held]
    return {
        "objective": one.objective.name,
        "metric": words.metric_of(one.objective.metric),
        "wanted": f"{share_of(level.share)} within {one.objective.within}",
        "so far": share_of(level.ratio),
        "kept": f"{level.good} of {level.total}" + (f", {one.open} open" if one.open else ""),
        "budget left": f"{one.allowed - (level.total - level.good)} of {one.allowed}",
        "stands": STANDS.get(one.stage, held),
    }


def _data(one: "Standing") -> dict[str, object]:
    level = one.objective.level
    return {
        "name": one.objective.name,
        "metric": one.objective.metric,
        "within": one.objective.within,
        "wanted": ratio(level.share),
        "ratio": ratio(level.ratio),
        "good": level.good,
        "total": level.total,
        "open": one.open,
        "held": level.held,
        "budget": ratio(level.budget),
        "budget_left": ratio(level.budget_left),
        "expected": one.expected,
        "pace": ratio(one.objective.pace),
        "stage": one.stage or None,
    }

"""`mailsla report`: how complaints were dealt with in a period, as figures."""

import csv
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import json_option, print_json

if TYPE_CHECKING:
    from mailsla.core.report.model import Period, Report
    from mailsla.flows.services import Services

HEAD = ("section", "name", "figure", "value")


@click.command(name="report")
@click.option("--month", metavar="YYYY-MM", help="A month.  [default: the last one that is over]")
@click.option("--week", metavar="YYYY-Wnn", help="A week, numbered as in ISO 8601.")
@click.option("--from", "since", metavar="DATE", help="The first day; with --to.")
@click.option("--to", "until", metavar="DATE", help="The last day.")
@click.option("--customer", metavar="NAME", default="", help="An organisation: only theirs, and nothing internal.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: section, name, figure, value.")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page with charts, too.")
@json_option
@click.pass_obj
def command(
    config: Path | None,
    /,
    month: str | None,
    week: str | None,
    since: str | None,
    until: str | None,
    customer: str,
    as_csv: bool,
    html: Path | None,
    as_json: bool,
) -> None:
    """Report on a period: deadlines held, where time went, credits, workload, satisfaction.

    Printed as text, unless --csv or --json; --html writes the page that managers get by mail.
    Days are those of the first mailbox's time zone. What could not be measured is null in JSON and empty in CSV.

    \b
    Example: mailsla report --month 2026-10 --json
             mailsla report --week 2026-W45 --customer northwind --csv
    """
    from mailsla.cli.report_parts import shown
    from mailsla.flows.reporting import report

    if as_csv and as_json:
        raise click.UsageError("Choose one of --json and --csv.")
    with opened(config) as services:
        made = report(services, chosen(services, month, week, since, until), customer)
        text = shown(services, made, html) if html or not (as_csv or as_json) else ""
    if as_csv:
        _print_csv(made)
    elif as_json:
        print_json(_data(made))
    else:
        click.echo(text, nl=False)


def chosen(services: "Services", month: str | None, week: str | None, since: str | None, until: str | None) -> "Period":
    """The period that the options name; UsageError where they name none, or several."""
    from mailsla.core.report import periods
    from mailsla.flows.reporting import default_zone

    zone = default_zone(services)
    if sum(one is not None for one in (month, week, since or until)) > 1:
        raise click.UsageError("Choose one of --month, --week, and --from with --to.")
    if (since is None) is not (until is None):
        raise click.UsageError("--from and --to go together.")
    try:
        if month is not None:
            return periods.month_named(month, zone)
        if week is not None:
            return periods.week_named(week, zone)
        if since is not None and until is not None:
            return periods.days(date.fromisoformat(since), date.fromisoformat(until), zone)
    except ValueError as error:
        raise click.UsageError(
            f"{error}: a month is like 2026-10, a week like 2026-W45, a day like 2026-10-31."
        ) from error
    today = datetime.fromtimestamp(services.now(), services.zone(zone)).date()
    return periods.before(periods.period_with("month", today, zone))


def _data(made: "Report") -> dict[str, object]:
    from mailsla.core.report.plain import as_data

    return as_data(made)


def _print_csv(made: "Report") -> None:
    from mailsla.core.report.plain import as_rows

    writer = csv.writer(sys.stdout)
    writer.writerow(HEAD)
    writer.writerows(as_rows(made))

"""`mailsla sla simulate`: history once more under other policies or opening hours; touches nothing."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.completion import a_file
from mailsla.cli.output import json_option, print_json

if TYPE_CHECKING:
    from mailsla.flows.services import Services

FORM = 'a day is written like "2026-11-20"'


@click.command("simulate")
@click.option(
    "--policy",
    "policies",
    metavar="FILE",
    type=click.Path(path_type=Path),
    shell_complete=a_file,
    help="Its [[policies]] in place of those configured, and its [calendars].",
)
@click.option(
    "--calendar",
    "calendars",
    metavar="NAME=FILE",
    multiple=True,
    help="The [calendars.NAME] of a file in place of the configured one; repeatable.",
)
@click.option("--since", metavar="DATE", required=True, help="Complaints received from this day on.")
@click.option("--until", metavar="DATE", help="The last day.  [default: today]")
@click.option("--customer", metavar="NAME", default="", help="Only of this organisation, or of this address.")
@json_option
@click.pass_obj
def simulate(
    config: Path | None,
    /,
    policies: Path | None,
    calendars: Sequence[str],
    since: str,
    until: str | None,
    customer: str,
    as_json: bool,
) -> None:
    """Try other policies or opening hours on what has happened; touches nothing.

    Each complaint received in the time is replayed twice: as it was, and as if the other policies and hours had been in
    force. Told are compliance, breaches and workload by category, credits, and the target that 90 % of the cases kept.
    Where the other policies say the same as those configured, a complaint counts as it did. A calendar without
    effective_from is taken to have been so always. What people did stays: nobody knows whether they would have hurried.

    \b
    Example: mailsla sla simulate --policy new.toml --since 2026-07-01
             mailsla sla simulate --calendar office=longer.toml --since 2026-10-01 --until 2026-10-31 --json
    """
    from mailsla.cli.simulation_text import as_data, lines_of
    from mailsla.config.load import find, with_policies_of
    from mailsla.flows.simulating import simulate as replayed

    if policies is None and not calendars:
        raise click.UsageError("Name --policy, or --calendar, or both.")
    path = find(config)
    then = with_policies_of(path, policies, dict(map(_named, calendars)))
    with _reading(path) as services:
        start, end = _start(services, since), None if until is None else _end(services, until)
        if end is not None and end <= start:
            raise click.UsageError("--until is before --since.")
        found = replayed(services, then, start, end, customer, _progress)
        _end_of_progress()
        if as_json:
            print_json(as_data(found))
        else:
            click.echo("\n".join(lines_of(found)))


@contextmanager
def _reading(path: Path) -> "Iterator[Services]":
    """On the configured database, whose work is never committed."""
    from mailsla import bootstrap
    from mailsla.config.load import load
    from mailsla.flows.explain import NeverCommits

    settings = load(path)
    made = bootstrap.services(settings, store=NeverCommits(bootstrap.open_store(settings)))
    try:
        yield made
    finally:
        made.store.close()


def _named(given: str) -> tuple[str, Path]:
    name, equals, file = given.partition("=")
    if not (name and equals and file):
        raise click.UsageError(f'--calendar is written like "office=new.toml", not "{given}".')
    return name, Path(file)


def _start(services: "Services", day: str) -> int:
    return _bounds(services, day)[0]


def _end(services: "Services", day: str) -> int:
    return _bounds(services, day)[1]


def _bounds(services: "Services", day: str) -> tuple[int, int]:
    """0:00 and 24:00 of a day, in the zone of the first mailbox."""
    from mailsla.core.report import periods
    from mailsla.flows.reporting import default_zone

    try:
        local = date.fromisoformat(day)
    except ValueError as error:
        raise click.UsageError(f'"{day}" is no day: {FORM}.') from error
    zone = default_zone(services)
    return periods.bounds(periods.days(local, local, zone), services.zone(zone))


def _progress(done: int) -> None:
    """On standard error where somebody watches."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} tickets ...", nl=False, err=True)


def _end_of_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)

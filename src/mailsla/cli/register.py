"""`mailsla register`: the complaint register, in the columns that regulators ask for, and what it still lacks."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import iso, print_json, print_rows
from mailsla.core.model import Instant
from mailsla.core.report.register import FORMS, NOT_KNOWN, LeftOut, row_of
from mailsla.errors import PermanentError

MENDS = {  # part -> the command that completes it
    "category": "mailsla ticket category {} NAME",
    "cause": "mailsla ticket cause {} NAME",
    "upheld": "mailsla ticket upheld {} yes|partly|no",
    "remedy": "mailsla ticket remedy {} KIND",
    "final_response": "mailsla ticket reopen {}, then resolve: the closing letter goes out",
}
_day = click.DateTime(["%Y-%m-%d"])


@click.group(name="register")
def command() -> None:
    """Export the complaint register, and say what it lacks."""


@command.command()
@click.option("--since", metavar="DATE", type=_day, help="Received from this day on.")
@click.option("--until", metavar="DATE", type=_day, help="Received until this day, which is in it.")
@click.option("--for", "form", type=click.Choice(list(FORMS)), default="all", show_default=True, help="Which columns.")
@click.option("--format", "as_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "utf-8-sig", "utf-16"]),
    default="utf-8",
    show_default=True,
    help="Of the CSV; Excel wants utf-8-sig.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Into this file.")
@click.option("--missing", is_flag=True, help="Instead: the ended complaints that lack a part, and how to add it.")
@click.pass_obj
def export(
    config: Path | None,
    since: datetime | None,
    until: datetime | None,
    form: str,
    as_: str,
    encoding: str,
    output: Path | None,
    missing: bool,
) -> None:
    """Print each complaint received in a period as a row.

    Days and times are of the first mailbox's zone, with their offset; in JSON they are UTC. What is not known, or did
    not happen, is n/a (JSON: null). A complaint that went into another is part of that one's row; spam and what is out
    of scope is no complaint: how many were left out is said on standard error.

    \b
    Example: mailsla register export --since 2026-07-01 --until 2026-12-31 --for fca --output fca.csv
             mailsla register export --encoding utf-8-sig --output register.csv
             mailsla register export --missing
    """
    from mailsla.flows.registers import register

    with opened(config) as services:
        zone = services.zone(services.settings.mailboxes[0].zone)
        found = register(services, _start(since, zone), _start(until, zone, days=1))
    if missing:
        rows = [
            {"ticket": one.ticket.reference, "lacks": part, "mend": MENDS[part].format(one.ticket.reference)}
            for one in found.entries
            for part in one.missing
        ]
        print_rows(("ticket", "lacks", "mend"), rows, as_ == "json", "Nothing is missing.")
        return
    shown: Callable[[Instant | None], str | None] = iso if as_ == "json" else lambda at: _local(at, zone)
    rows_of_all = [row_of(one, FORMS[form], shown) for one in found.entries]
    if as_ == "json":
        _json(rows_of_all, output)
    else:
        _csv(list(FORMS[form].columns), rows_of_all, encoding, output)
    _say_left_out(found.left_out, len(rows_of_all))


def _csv(columns: list[str], rows: list[dict[str, str | int | None]], encoding: str, output: Path | None) -> None:
    from mailsla.adapters.csv_file import csv_bytes

    content = csv_bytes(columns, rows, unknown=NOT_KNOWN, encoding=encoding)
    if output is None:
        click.echo(content, nl=False)
    else:
        _write(output, content)


def _json(rows: list[dict[str, str | int | None]], output: Path | None) -> None:
    import json

    if output is None:
        print_json(rows)
    else:
        _write(output, (json.dumps(rows, ensure_ascii=False, indent=2) + "\n").encode())


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise PermanentError(f"{output} can't be written: {error.strerror}", "name another by --output") from error


def _say_left_out(gone: LeftOut, count: int) -> None:
    parts = ((gone.merged, "merged into others"), (gone.void, "void"), (gone.out_of_scope, "out of scope"))
    said = ", ".join(f"{number} {what}" for number, what in parts if number)
    click.echo(f"{count} complaints" + (f"; left out: {said}" if said else ""), err=True)


def _start(day: datetime | None, zone: tzinfo, days: int = 0) -> Instant | None:
    """The first instant of a local day, or of one some days later."""
    if day is None:
        return None
    try:
        wanted: date = day.date() + timedelta(days=days)
        return int(datetime.combine(wanted, time(), zone).timestamp())
    except (OverflowError, ValueError) as error:
        raise click.BadParameter(f"{day.date()} is too far away") from error


def _local(at: Instant | None, zone: tzinfo) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")

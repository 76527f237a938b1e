"""`mailsla calendar`: shows opening hours as weeks, and imports holidays."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from mailsla.cli.calendar_text import calendar_lines, json_of
from mailsla.cli.calendars import chosen, within_reach
from mailsla.cli.output import json_option, print_json


@click.group(name="calendar")
def command() -> None:
    """Look at opening hours, and import holidays."""


@command.command()
@click.argument("name", required=False)
@click.option("--from", "since", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Begin in this date's week.")
@click.option("--weeks", type=click.IntRange(1, 530), default=4, show_default=True, help="How many weeks.")
@json_option
@click.pass_obj
def show(config: Path | None, /, name: str | None, since: datetime | None, weeks: int, as_json: bool) -> None:
    """Draw the weeks of a calendar: its hours, holidays, exceptions and closures, and the days that clocks change.

    NAME is not needed where there is only one calendar.

    \b
    Example: mailsla calendar show
             mailsla calendar show office --from 2026-12-21 --weeks 2
    """
    from mailsla.bootstrap import system_clock
    from mailsla.config.load import find, load
    from mailsla.core.sla.week import days

    calendar = chosen(load(find(config)).calendars, name)
    if since is not None:
        within_reach(since)
    day = calendar.local_date(system_clock()) if since is None else since.date()
    monday = day - timedelta(days=day.weekday())
    found = list(days(calendar, monday, 7 * weeks))
    if as_json:
        print_json(json_of(calendar.spec, found))
    else:
        click.echo("\n".join(calendar_lines(calendar.spec, found)))


@command.command("import-holidays")
@click.option("--calendar", "name", metavar="NAME", help="For which calendar.  [default: the only one]")
@click.option("--country", metavar="CODE", help="Two letters, such as DE.")
@click.option("--subdivision", metavar="CODE", default="", help="A state or region, such as BY.")
@click.option("--category", "categories", metavar="NAME", multiple=True, help="More than the public ones; repeatable.")
@click.option("--language", metavar="CODE", default="", help="Of the names, such as en_US.  [default: the country's]")
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Instead: an iCalendar file.")
@click.option("--years", metavar="YEARS", help='"2026-2028" or "2026".  [default with --ics: all in the file]')
@click.option("--write", is_flag=True, help="Write them into the calendar's file of holidays.")
@click.pass_obj
def import_holidays(
    config: Path | None,
    /,
    name: str | None,
    country: str | None,
    subdivision: str,
    categories: tuple[str, ...],
    language: str,
    ics: Path | None,
    years: str | None,
    write: bool,
) -> None:
    """Import holidays into rows that you review; from then on only you change them.

    Prints the rows. --write puts them into the file that `holidays_file` of the calendar names; years that are in it
    already stay as they are. What closes a part of a day, or can't be told, becomes a line "# to review", and `mailsla
    check` tells of it until you have decided.

    \b
    Example: mailsla calendar import-holidays --country DE --subdivision BY --years 2026-2028
             mailsla calendar import-holidays --ics bank-holidays.ics --write
    """
    if (country is None) == (ics is None):
        raise click.UsageError("Give either --country or --ics.")
    if country is not None and years is None:
        raise click.UsageError("--country goes with --years.")
    from mailsla.cli import holiday_import  # the libraries behind it are slow to import, and --help needs none of them

    wanted = holiday_import.years_of(years) if years else None
    if ics is not None:
        found = holiday_import.from_file(ics, wanted)
    else:
        found = holiday_import.from_country(country or "", subdivision, wanted or range(0), categories, language)
    holiday_import.tell(holiday_import.target(config, name), found, write=write)

"""The work of `mailsla calendar import-holidays`: from a library or a file to rows that are printed or written."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from mailsla.cli.calendars import chosen
from mailsla.cli.output import clean
from mailsla.config.holidays import Holiday, block, head, span_of, years_in
from mailsla.config.load import find, load
from mailsla.config.preset import literal
from mailsla.errors import PermanentError

EARLIEST, LATEST, MOST = 1900, 2100, 50


@dataclass(frozen=True, slots=True)
class Found:
    """Holidays of some years with their source; `others`: further categories that could be asked for."""

    holidays: Sequence[Holiday]
    source: str
    years: Collection[int]
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The file of a calendar's holidays; `named`: whether the configuration names it already."""

    calendar: str
    file: Path
    setting: str
    named: bool


def years_of(text: str) -> range:
    """ "2026-2028" or "2026"."""
    first, dash, last = text.partition("-")
    try:
        years = range(int(first), int(last if dash else first) + 1)
    except ValueError as error:
        raise PermanentError(f'"{text}" are no years', 'write "2026-2028" or "2026"') from error
    if not years or years[0] < EARLIEST or years[-1] > LATEST or len(years) > MOST:
        raise PermanentError(
            f'"{text}" are no years to import', f"up to {MOST} of {EARLIEST} to {LATEST}, the first one first"
        )
    return years


def from_country(
    country: str, subdivision: str, years: Collection[int], categories: Sequence[str], language: str
) -> Found:
    """By the library."""
    from mailsla.adapters.holidays import public_holidays

    holidays, source, others = public_holidays(country, subdivision, years, categories, language)
    return Found(holidays, source, years, others)


def from_file(ics: Path, years: Collection[int] | None) -> Found:
    """By an iCalendar file, all years in it unless some are named."""
    from mailsla.adapters.ical import holidays_of_file

    holidays, source = holidays_of_file(ics)
    return Found(holidays, source, years or sorted({one.day.year for one in holidays}))


def target(config: Path | None, name: str | None) -> Target:
    """Where the rows of a calendar go."""
    path = find(config)
    settings = load(path)
    calendar = chosen(settings.calendars, name).spec.name
    named = settings.holiday_files.get(calendar)
    setting = f"holidays/{calendar}.toml"
    file = path.absolute().parent / setting if named is None else named.path
    return Target(calendar, file, setting, named is not None)


def tell(goal: Target, found: Found, *, write: bool) -> None:
    """Print what would be written, or write it and say what is next."""
    there = _content(goal.file)
    new = sorted(set(found.years) - years_in(there))
    rows = block(found.holidays, found.source, new) if new else ""
    if not rows:
        raise PermanentError(*_nothing(goal, found, there))
    if not write:
        click.echo(f"{'' if there else head(goal.calendar)}{clean(rows)}", nl=False)
        click.echo(f"\nNothing is written yet: --write puts this into {goal.file}", err=True)
    else:
        goal.file.parent.mkdir(parents=True, exist_ok=True)
        before = f"{there}\n" if there else head(goal.calendar)
        goal.file.write_text(before + rows, encoding="utf-8")
        click.echo(f"Written: {goal.file}, {span_of(new)}")
    for line in _remarks(goal, found, rows, new, write=write):
        click.echo(line, err=not write)


def _remarks(goal: Target, found: Found, rows: str, new: Collection[int], *, write: bool) -> Iterable[str]:
    kept = sorted(set(found.years) - set(new))
    if kept:
        yield f"Kept as they are in the file: {span_of(kept)}"
    if found.others:
        yield f"Not taken: {', '.join(found.others)} (--category takes them)"
    doubts = rows.count("# to review:")
    if doubts:
        yield f"To review: {doubts} of the lines, which close nothing until you decide"
    if write and not goal.named:
        yield f"\nNext: put this into [calendars.{goal.calendar}], then look at it by `mailsla calendar show`:"
        yield f"  holidays_file = {literal(goal.setting)}"


def _nothing(goal: Target, found: Found, there: str) -> tuple[str, str]:
    if set(found.years) & years_in(there):
        mend = "to import a year anew, remove its rows from the file first"
        return f"{goal.file} has {span_of(found.years)} already, and what was reviewed stays", mend
    return f"{found.source} has no holidays of these years", "name other years, or another source"


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentError(f"{file}: can't be read", "let yourself read it, as UTF-8") from error

"""Files of holidays: dated rows that `mailsla calendar import-holidays` writes and only a person changes.

    # where the rows of these years come from
    2026-12-25 = "Christmas Day"
    # to review: 2026-12-24 "Christmas Eve": half a day

A row is TOML and closes the date. A line "# to review" closes nothing; `mailsla check` tells of it until it is gone.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from mailsla.config.lines import key_lines
from mailsla.config.preset import literal
from mailsla.errors import Problem

_TO_REVIEW = re.compile(r"#\s*to review: *(.*)")
_DATED = re.compile(r"(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday as a library or calendar file has it; doubt: why a person has to decide what it closes ("" = sure)."""

    day: date
    name: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class HolidayFile:
    """rows: date to name. to_review: a problem for each line that nobody has decided on. faults: what can't be read."""

    path: Path = Path()
    rows: Mapping[date, str] = field(default_factory=dict)
    to_review: tuple[Problem, ...] = ()
    faults: tuple[Problem, ...] = ()


def read_holidays(path: Path) -> HolidayFile:
    """What a file says, with all that is wrong in it by line."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        what = f"can't be read: {error.strerror if isinstance(error, OSError) else 'it is not UTF-8'}"
        mend = "`mailsla calendar import-holidays --write` makes one; or name another"
        return HolidayFile(path, faults=(Problem(str(path), what, mend),))
    except ValueError as error:
        mend = 'write each row like this: 2026-12-25 = "Christmas Day"'
        return HolidayFile(path, faults=(Problem(str(path), f"this is not TOML: {error}", mend),))
    lines, rows, faults = key_lines(text), {}, []
    for key, name in data.items():
        try:
            rows[date.fromisoformat(key)] = name
        except ValueError:
            name = None
        if not isinstance(name, str):
            where = f"{path}:{lines.get((key,), 1)}"
            mend = 'write each row like this: 2026-12-25 = "Christmas Day"'
            faults.append(Problem(where, f'"{key}" is no date with the name of a holiday', mend))
    return HolidayFile(path, rows, tuple(_to_review(text, path)), tuple(faults))


def _to_review(text: str, path: Path) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _TO_REVIEW.match(line)
        if found is not None:
            mend = (
                "closed: make it a row, DATE = NAME; open in part: give its hours in the calendar's `exceptions`; "
                "then remove the line"
            )
            yield Problem(f"{path}:{number}", f"nobody has decided on {found[1]}", mend)


def years_in(text: str) -> frozenset[int]:
    """The years that a file has rows or lines to review of: these have been imported."""
    lines = (line for line in text.splitlines() if not line.startswith("#") or _TO_REVIEW.match(line))
    return frozenset(int(found[1][:4]) for line in lines if (found := _DATED.search(line)))


def block(holidays: Iterable[Holiday], source: str, years: Collection[int]) -> str:
    """The lines of these years, by date, under a comment that says where they come from; "" when there are none."""
    wanted = sorted((one for one in holidays if one.day.year in years), key=lambda one: (one.day, one.name))
    names: dict[date, str] = {}
    lines = []
    for one in wanted:
        if one.doubt:
            lines.append((one.day, f"# to review: {one.day} {literal(one.name)}: {one.doubt}"))
        elif one.day in names:
            names[one.day] += f"; {one.name}"
        else:
            names[one.day] = one.name
    lines += [(day, f"{day} = {literal(name)}") for day, name in names.items()]
    if not lines:
        return ""
    return f"# {span_of(years)} from {source}\n" + "".join(f"{line}\n" for _, line in sorted(lines))


def head(calendar: str) -> str:
    """What stands on top of a new file."""
    return (
        f'# Holidays of calendar "{calendar}", one row for each closed date; customers read the names. Review them.\n'
        "# Only you change this file: an update of mailsla or of a library moves no deadline.\n\n"
    )


def span_of(years: Collection[int]) -> str:
    """ "2026-2028", or what else the years are."""
    first, last = min(years), max(years)
    if len(years) == last - first + 1:
        return str(first) if first == last else f"{first}-{last}"
    return ", ".join(map(str, sorted(years)))

"""Single costs beside the library that each is built on: start, reading one mail, arithmetic of opening hours."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from mailparser import MailParser

from bench.mails import Mail
from bench.measure import each
from bench.world import START, Clock, World
from mailsla.adapters.reader import Reader

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Row:
    """What ours costs and what it stands beside: seconds of CPU, or MB. `bound` 0: no bound yet, only looked at."""

    name: str
    ours: float
    other: str
    theirs: float
    bound: float = 0.0
    unit: Literal["ms", "MB"] = "ms"

    @property
    def ratio(self) -> float:
        """How many times the other's cost ours is."""
        return self.ours / self.theirs


def beside(world: World, mails: Sequence[Mail]) -> list[Row]:
    """The rows, each measured once per call of this function (the best of several rounds)."""
    return [_start(), _reading(mails), *_opening_hours(world)]


def _start() -> Row:
    command = Path(sys.executable).with_name("mailsla")

    def run(*arguments: str | Path) -> None:
        subprocess.run(arguments, check=True, capture_output=True)

    ours = each(lambda: run(command, "--help"), 2, 8)
    click = each(lambda: run(sys.executable, "-c", "import click"), 2, 8)
    return Row("mailsla --help", ours, "python -c 'import click'", click, bound=1.5)


def _reading(mails: Sequence[Mail]) -> Row:
    """An ordinary mail: plain text in UTF-8, nearest to 6 KB."""
    plain = [one.raw for one in mails if b"\r\nContent-Type: text/plain" in one.raw and b"multipart" not in one.raw]
    raw = min(plain, key=lambda one: abs(len(one) - 6000))
    reader = Reader()
    ours, theirs = each(lambda: reader.read(raw), 100), each(lambda: MailParser.from_bytes(raw), 100)
    return Row(f"reading a mail of {len(raw)} bytes", ours, "mail-parser alone", theirs)


def _opening_hours(world: World) -> list[Row]:
    """Beside the simplest thing that could count opening hours: a walk from day to day with datetime."""
    calendar = world.services(world.database("hours"), Clock()).calendars["office"]
    end = START + 60 * 86_400
    due = each(lambda: calendar.due(START, 48 * HOUR), 2000)
    elapsed = each(lambda: calendar.elapsed(START, end), 2000)
    return [
        Row("due, 48 opening hours", due, "a walk over 6 days", each(lambda: _walk(START, START + 8 * 86_400), 500)),
        Row("elapsed, 60 days", elapsed, "a walk over 60 days", each(lambda: _walk(START, end), 100)),
    ]


def _walk(start: int, end: int) -> float:
    first, last = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    day, open_seconds = first.date(), 0.0
    while day <= last.date():
        open_seconds += _open(day, first, last)
        day += timedelta(days=1)
    return open_seconds


def _open(day: date, first: datetime, last: datetime) -> float:
    if day.weekday() > 4:
        return 0.0
    opens, closes = (datetime.combine(day, time(hour), UTC) for hour in (8, 16))
    return max(0.0, (min(closes, last) - max(opens, first)).total_seconds())

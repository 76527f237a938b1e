"""Targets: how long something may take, as it is written and as the instant it is due."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from mailsla.core.model import Instant
from mailsla.core.sla.calendar import SEARCH_DAYS, Calendar
from mailsla.core.sla.spans import Span
from mailsla.errors import MailslaError

Unit = Literal["seconds", "business_days", "calendar_days", "months"]
EndOf = Literal["close", "civil_day"]
Roll = Literal["none", "next_business_day"]

MEND = "write 8h, 30m, 1h 30m, 2 business days, 15 calendar days, 8 weeks or 2 months"

_SECONDS = {"h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"\s*(\d{1,6})\s*(h|hours?|m|min|minutes?|s|sec|seconds?)(?=[\s\d]|$)", re.IGNORECASE | re.ASCII)
_COUNT = re.compile(
    r"\s*(\d{1,4})\s*(?:(business|working|calendar)\s+)?(d|days?|weeks?|months?)\s*", re.IGNORECASE | re.ASCII
)


class TargetError(MailslaError, ValueError):
    """A target or duration that can't be read, or that could be read in two ways."""


@dataclass(frozen=True, slots=True)
class Target:
    """How long something may take.

    amount: seconds of business time, or a number of days or months. `end_of` says when a business day ends (its
    close, or 24:00), `roll` whether a calendar day that is no business day moves to the next one.
    """

    unit: Unit
    amount: int
    end_of: EndOf = "close"
    roll: Roll = "none"

    @property
    def seconds(self) -> int | None:
        """Seconds of business time; None for a target that counts days or months."""
        return self.amount if self.unit == "seconds" else None

    @property
    def written(self) -> str:
        """The target in the form that `parse_target` reads: "1h 30m", "2 business days"."""
        if self.unit != "seconds":
            noun = self.unit.replace("_", " ")
            return f"{self.amount} {noun.removesuffix('s') if self.amount == 1 else noun}"
        parts = ((self.amount // 3600, "h"), (self.amount % 3600 // 60, "m"), (self.amount % 60, "s"))
        return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def parse_target(text: str, end_of: EndOf = "close", roll: Roll = "none") -> Target:
    """The target that a text like "1h 30m", "2 business days" or "8 weeks" means; TargetError otherwise."""
    counted = _COUNT.fullmatch(text)
    if counted is None:
        return Target("seconds", parse_duration(text), end_of, roll)
    amount, kind, noun = int(counted[1]), (counted[2] or "").lower(), counted[3].lower()
    if amount == 0:
        raise TargetError(f'"{text}" is no time at all', MEND)
    if noun.startswith("d"):
        if not kind:
            days = "day" if amount == 1 else "days"
            mend = f'write "{amount} business {days}", "{amount} calendar {days}" or "{24 * amount}h" of business time'
            raise TargetError(f'"{text}" can mean three things', mend)
        return Target("calendar_days" if kind == "calendar" else "business_days", amount, end_of, roll)
    if kind in ("business", "working"):
        raise TargetError(f'"{text}" is not clear', "count in business days, or in calendar weeks or months")
    if noun.startswith("w"):
        return Target("calendar_days", 7 * amount, end_of, roll)
    return Target("months", amount, end_of, roll)


def parse_duration(text: str) -> int:
    """Seconds of "8h", "30m", "1h 30m"; more than zero. TargetError for any other form."""
    at, seconds, seen = 0, 0, []
    stripped = text.strip()
    while at < len(stripped):
        part = _DURATION.match(stripped, at)
        if part is None:
            raise TargetError(f'"{text}" is no length of time', MEND)
        unit = part[2][0].lower()
        seen.append(unit)
        seconds += int(part[1]) * _SECONDS[unit]
        at = part.end()
    if seen != sorted(set(seen), key="hms".index):
        raise TargetError(f'"{text}" names a unit twice or out of order', MEND)
    if seconds == 0:
        raise TargetError(f'"{text}" is no time at all', MEND)
    return seconds


def due_of(
    target: Target, calendar: Calendar, start: Instant, pauses: Collection[Span] = (), *, later: int = 0
) -> Instant | None:
    """When a target that starts at `start` is due; None: never, within the ten years that are searched.

    Pauses move business time only; targets of days and months are deadlines. `later`: so many days more, where a policy
    says that pauses move them (`days_in`); business days for a target that counts these.
    """
    if target.unit == "seconds":
        return calendar.due(start, target.amount, pauses)
    received = calendar.local_date(start)
    if target.unit == "business_days":
        return _business_days_due(replace(target, amount=target.amount + later), calendar, received)
    if target.unit == "calendar_days":
        last = received + timedelta(days=target.amount + later)
    else:
        last = add_months(received, target.amount) + timedelta(days=later)
    if target.roll == "next_business_day":
        rolled = next(_business_dates(calendar, last), None)
        if rolled is None:
            return None
        last = rolled
    return calendar.end_of_date(last)


def days_in(target: Target, calendar: Calendar, spans: Iterable[Span]) -> int:
    """The local dates that begin within these spans; of a target of business days, those that are some."""
    days = 0
    for start, end in spans:
        first, last = calendar.local_date(start), calendar.local_date(end)
        dates = (first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1))
        days += sum(target.unit != "business_days" or calendar.business_close(day) is not None for day in dates)
    return days


def add_months(day: date, months: int) -> date:
    """The same day number so many months later, else the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), next_first - timedelta(days=1))


def _business_dates(calendar: Calendar, first: date) -> Iterator[date]:
    """The business days from a date on, ten years at most."""
    for ahead in range(SEARCH_DAYS):
        day = first + timedelta(days=ahead)
        if calendar.business_close(day) is not None:
            yield day


def _business_days_due(target: Target, calendar: Calendar, received: date) -> Instant | None:
    for count, day in enumerate(_business_dates(calendar, received + timedelta(days=1)), start=1):
        if count == target.amount:
            return calendar.business_close(day) if target.end_of == "close" else calendar.end_of_date(day)
    return None

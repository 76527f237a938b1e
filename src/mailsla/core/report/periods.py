"""Periods of reports: which days they are, which instants, and the ones before."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta, tzinfo

from mailsla.core.model import Instant
from mailsla.core.report.model import Period
from mailsla.core.sla.hours import DAY, day_of
from mailsla.core.sla.wall import end_of_labels

ONE_DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


def period_with(kind: str, day: date, zone: str) -> Period:
    """The week, month, quarter or year that a date is in."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6), zone)
    months = MONTHS[kind]
    start = date(day.year, day.month - (day.month - 1) % months, 1)
    return Period(kind, start, _months_later(start, months) - ONE_DAY, zone)


def days(start: date, end: date, zone: str) -> Period:
    """Any days; ValueError when they end before they begin."""
    if end < start:
        raise ValueError(f"{end} is before {start}")
    return Period("days", start, end, zone)


def month_named(text: str, zone: str) -> Period:
    """Of "2026-10"; ValueError for any other form."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no month')
    return period_with("month", date(int(found[1]), int(found[2]), 1), zone)


def week_named(text: str, zone: str) -> Period:
    """Of "2026-W45", as ISO 8601 counts weeks; ValueError for any other form."""
    found = _WEEK.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no week')
    return period_with("week", date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)


def before(period: Period) -> Period:
    """The one before it, of the same kind and (of days) of the same length."""
    end = period.start - ONE_DAY
    if period.kind == "days":
        return replace(period, start=period.start - (period.end - end), end=end)
    return period_with(period.kind, end, period.zone)


def last(period: Period, count: int) -> list[Period]:
    """So many periods that end with this one, the oldest first."""
    found = [period]
    while len(found) < count:
        found.append(before(found[-1]))
    return found[::-1]


def bounds(period: Period, zone: tzinfo) -> tuple[Instant, Instant]:
    """0:00 of its first day and 24:00 of its last, in its zone.

    What happened at an instant is of [start, end). What is due at an instant is of (start, end]: 24:00 is the end of
    its own date (service_level.month_of).
    """
    return end_of_labels(zone, day_of(period.start) * DAY), end_of_labels(zone, (day_of(period.end) + 1) * DAY)


def months_ended(period: Period) -> Iterator[Period]:
    """The months whose last day is in it: a month's credits are known when it is over."""
    month = period_with("month", period.start, period.zone)
    while month.end <= period.end:
        yield month
        month = period_with("month", month.end + ONE_DAY, period.zone)


def _months_later(start: date, months: int) -> date:
    count = start.year * 12 + start.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)

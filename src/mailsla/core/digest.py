"""The digests of each morning, decided: when, what is late, due today or soon, and the rows as a file."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

from mailsla.core.letters_digest import DigestRow
from mailsla.core.model import Instant, Reason

LATE, TODAY, SOON, LATER = "late", "today", "soon", "later"
CASES, TEAMS = "cases", "teams"  # the two digests, as they are switched off and on
DIGESTS = (CASES, TEAMS)
_NOON = time(12)
_CLOSED_AT_MOST = 10  # days that are looked at for the next working one
COLUMNS = ("reference", "when", "deadline", "due", "priority", "status", "assignee", "team", "instead of", "subject")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so


class Hours(Protocol):
    """The calendar of who reads."""

    def next_open(self, t: Instant) -> Instant | None: ...


def next_at(clock_time: str, zone: tzinfo, now: Instant) -> Instant:
    """The next "08:00" of a zone after `now`."""
    hour, minute = (int(part) for part in clock_time.split(":"))
    local = datetime.fromtimestamp(now, zone)
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if at.timestamp() <= now:
        at += timedelta(days=1)
    return int(at.timestamp())


def local_date(at: Instant, zone: tzinfo) -> date:
    """The date that a wall shows then."""
    return datetime.fromtimestamp(at, zone).date()


def midnight(day: date, zone: tzinfo) -> Instant:
    """The first instant of a local date."""
    return int(datetime.combine(day, time(), zone).timestamp())


def next_noon(now: Instant, zone: tzinfo, hours: Hours | None) -> Instant:
    """Noon of the next day on which they work: on a Friday that is Monday's."""
    today = local_date(now, zone)
    for ahead in range(1, _CLOSED_AT_MOST):
        day = today + timedelta(days=ahead)
        opens = hours.next_open(midnight(day, zone)) if hours else midnight(day, zone)
        if opens is not None and opens < midnight(day + timedelta(days=1), zone):
            return int(datetime.combine(day, _NOON, zone).timestamp())
    return int(datetime.combine(today + timedelta(days=1), _NOON, zone).timestamp())


def when_due(due: Instant, now: Instant, zone: tzinfo, soon_until: Instant) -> str:
    """late | today | soon | later. What ends a date is due on that date."""
    if due < now:
        return LATE
    if local_date(due - 1, zone) <= local_date(now, zone):
        return TODAY
    return SOON if due <= soon_until else LATER


def said_of(which: str, on: bool) -> Reason:
    """What came of switching one."""
    if which == CASES:
        return Reason("digest_cases_on") if on else Reason("digest_cases_off")
    return Reason("digest_teams_on") if on else Reason("digest_teams_off")


def by_time_left(rows: Iterable[DigestRow]) -> list[DigestRow]:
    """The latest first, then by open time left; what has no deadline is last."""
    return sorted(rows, key=_urgency)


def _urgency(row: DigestRow) -> tuple[bool, int, int, str]:
    left = -row.left if row.when == LATE else row.left
    return row.due is None, left, row.due or 0, row.reference


def as_csv(rows: Sequence[DigestRow], zone: tzinfo) -> bytes:
    """All rows (RFC 4180), as spreadsheets read it: with a byte order mark, and no cell that they would compute."""
    lines = [COLUMNS, *(_cells(row, zone) for row in rows)]
    text = "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)
    return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")


def _cells(row: DigestRow, zone: tzinfo) -> tuple[str, ...]:
    due = datetime.fromtimestamp(row.due, zone).isoformat(timespec="minutes") if row.due is not None else ""
    deadline = f"{row.metric} ({row.of})" if row.of else row.metric
    names = (row.assignee, row.team, row.instead_of, row.subject)
    return (row.reference, row.when, deadline, due, row.priority, row.status, *names)


def _quoted(cell: str) -> str:
    cell = " ".join(cell.split())
    if cell.startswith(_FORMULA):
        cell = f"'{cell}"
    escaped = cell.replace('"', '""')
    return f'"{escaped}"' if escaped != cell or "," in cell else cell

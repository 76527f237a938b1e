"""A time as an agent writes it in a command: `fri 12:00`, `tomorrow 9:30`, `27.11. 12:00`, `2026-11-27 12:00`.

What could mean two times is refused: a promise to a customer is no place to guess.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from mailsla.core.model import Instant, Reason

FARTHEST = 90  # days: a later promise is a slip of the pen
_DAYS = (
    ("monday", "montag"),
    ("tuesday", "dienstag"),
    ("wednesday", "mittwoch"),
    ("thursday", "donnerstag"),
    ("friday", "freitag"),
    ("saturday", "samstag", "sonnabend"),
    ("sunday", "sonntag"),
)
_SHORT = {"so": 6, "mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "tues": 1, "thur": 3, "thurs": 3}
_WEEKDAYS = {name[:length]: number for number, names in enumerate(_DAYS) for name in names for length in (3, len(name))}
_WEEKDAYS |= _SHORT
_AHEAD = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?", re.ASCII)
_SLASHED = re.compile(r"\d{1,4}/\d{1,2}(/\d{1,4})?", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Read:
    """An instant, and the words after it."""

    at: Instant
    rest: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a text is no time that can be promised, and what was probably meant ("" = no idea)."""

    why: Reason
    meant: str = ""


def read_time(text: str, now: Instant, zone: tzinfo, *, clock: str = "") -> Read | Unclear:
    """The time at the start of `text`, on a wall clock of `zone`; a later minute than `now`, at most FARTHEST days.

    `clock`: the time of a day that stands alone ("": such a day is unclear).
    """
    day_word, _, after = text.strip().partition(" ")
    clock_word, _, rest = (after.strip() or clock).partition(" ")
    today = _local(now, zone).date()
    day = _date(day_word, today)
    if isinstance(day, Unclear):
        return day
    read = _CLOCK.fullmatch(clock_word)
    if read is None:
        return Unclear(Reason("time_no_clock", {"word": clock_word[:40] or "-"}), f"{day_word} 12:00")
    wall = datetime(day.year, day.month, day.day, int(read[1]), int(read[2]))
    return _instant(wall, now, zone, rest.strip())


def _date(word: str, today: date) -> date | Unclear:
    lowered = word.lower().rstrip(",")
    if lowered in _AHEAD:
        return today + timedelta(days=_AHEAD[lowered])
    if (weekday := _WEEKDAYS.get(lowered.rstrip("."))) is not None:
        ahead = (weekday - today.weekday()) % 7
        if ahead == 0:
            next_week = today + timedelta(days=7)
            return Unclear(Reason("time_today", {"word": word}), f"{next_week.isoformat()} 12:00")
        return today + timedelta(days=ahead)
    if _SLASHED.fullmatch(lowered):
        return Unclear(Reason("time_slashes", {"word": word}), f"{(today + timedelta(days=1)).isoformat()} 12:00")
    iso, dotted = _ISO.fullmatch(lowered), _DOTTED.fullmatch(lowered)
    if iso is None and dotted is None:
        return Unclear(Reason("time_no_day", {"word": word[:40] or "-"}), "fri 12:00")
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        assert dotted is not None
        if dotted[3]:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        this_year = date(today.year, int(dotted[2]), int(dotted[1]))
        return this_year if this_year >= today else this_year.replace(year=today.year + 1)
    except ValueError:  # 31.11., 29.2. of a common year
        return Unclear(Reason("time_no_date", {"word": word}))


def _instant(wall: datetime, now: Instant, zone: tzinfo, rest: str) -> Read | Unclear:
    first = wall.replace(tzinfo=zone)
    at, shown = int(first.timestamp()), f"{wall:%Y-%m-%d %H:%M}"
    if at <= now:
        return Unclear(Reason("time_past", {"word": shown}))
    if at > now + FARTHEST * 86_400:
        return Unclear(Reason("time_far", {"word": shown, "days": FARTHEST}))
    if _local(at, zone).replace(tzinfo=None, fold=0) != wall:
        return Unclear(Reason("time_skipped", {"word": shown}))
    if first.replace(fold=1).utcoffset() != first.utcoffset():
        return Unclear(Reason("time_twice", {"word": shown}))
    return Read(at, rest)


def _local(instant: Instant, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone)

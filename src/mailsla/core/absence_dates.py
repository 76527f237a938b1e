"""The dates of an absence as people write them: "24 Dec - 6 Jan", "24.12.-6.1.", "tomorrow to friday deputy kim"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mailsla.core.model import Reason

EXAMPLES = "24 Dec - 6 Jan, 24.12.-6.1., 2026-12-24 - 2027-01-06, tomorrow, monday - friday, off"
LONGEST = 366  # days: longer ones belong into the configuration ("absent = true"), and a typing slip is likelier
_RECENT = timedelta(days=90)  # a day without its year that was so lately is meant as past, not as next year's

_OFF = frozenset({"off", "back", "end", "none", "zurück"})
_TODAY = {"today": 0, "now": 0, "heute": 0, "tomorrow": 1, "morgen": 1}
_DAY_NAMES = (
    ("mon", "monday", "mo", "montag"),
    ("tue", "tues", "tuesday", "di", "dienstag"),
    ("wed", "wednesday", "mi", "mittwoch"),
    ("thu", "thurs", "thursday", "do", "donnerstag"),
    ("fri", "friday", "fr", "freitag"),
    ("sat", "saturday", "sa", "samstag", "sonnabend"),
    ("sun", "sunday", "so", "sonntag"),
)
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
_DEPUTY = re.compile(r"(?:^|[\s,;])(?:deputy|vertretung|dep\.?)[\s:]+(?P<name>\S.*)$", re.IGNORECASE)
_WORD = r"[a-zäöü]{2,10}"
_DAY = (
    r"\d{4}-\d{1,2}-\d{1,2}"  # 2026-12-24
    r"|\d{1,2}\.\s*\d{1,2}\.?(?:\s*\d{4})?"  # 24.12. or 24.12.2026
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th)?\s*{_WORD}\.?,?(?:\s+\d{{4}})?"  # 24 Dec, 24. Dezember 2026
    rf"|{_WORD}\.?\s*\d{{1,2}}(?:st|nd|rd|th)?,?(?:\s+\d{{4}})?"  # Dec 24, December 24th, 2026
    rf"|{_WORD}\.?"  # tomorrow, Mon
    r"|\d{1,2}\.?"  # the 24 of "24-28 Dec"
)
_UNTIL = r"(?:-|–|—|\.\.+|until|till|through|to|bis)"
_PERIOD = re.compile(
    rf"(?:(?:from|vom|von|ab)\s+)?(?P<first>{_DAY})(?:\s*{_UNTIL}\s*(?P<last>{_DAY}))?|{_UNTIL}\s*(?P<only>{_DAY})",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.?(?:\s*(\d{4}))?")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:\.|st|nd|rd|th)?\s*({_WORD})\.?,?(?:\s+(\d{{4}}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"({_WORD})\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?,?(?:\s+(\d{{4}}))?", re.IGNORECASE)
_BARE_DAY = re.compile(r"(\d{1,2})\.?")


class DatesError(Exception):
    """The text names no absence; `reason` says why, with what may be written."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What the text asks for. `first`, `last`: local dates, both away; None: the absence ends (`off`)."""

    first: date | None
    last: date | None
    deputy: str = ""


def read_dates(text: str, today: date) -> Asked:
    """Raises DatesError. A date without a year is the next one, except where it was in the last 90 days."""
    text = " ".join(text.split()).strip(" .,;")
    deputy = ""
    if named := _DEPUTY.search(text):
        deputy, text = named["name"].strip().removeprefix("@"), text[: named.start()].strip(" ,;")
    if text.lower() in _OFF:
        return Asked(None, None, deputy)
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise DatesError(Reason("absent_unclear", {"text": text[:80], "examples": EXAMPLES}))
    begins, ends = found["first"] or "", found["last"] or found["only"] or ""
    first = _date(begins, today, today - _RECENT, ends) if begins else today
    last = _date(ends, today, first, "") if ends else first
    if last < first:
        raise DatesError(Reason("absent_reversed", {"first": first.isoformat(), "last": last.isoformat()}))
    if last < today:
        raise DatesError(Reason("absent_past", {"last": last.isoformat()}))
    if (last - first).days >= LONGEST:
        raise DatesError(Reason("absent_too_long", {"first": first.isoformat(), "last": last.isoformat()}))
    return Asked(first, last, deputy)


def read_day(text: str, today: date) -> date:
    """One day, in the same words. Raises DatesError. Without a year, or as a weekday, it is the next one."""
    return _date(" ".join(text.split()).strip(" .,;"), today, today, "")


def _date(text: str, today: date, earliest: date, other: str) -> date:
    """One day. `other`: the text of the last day, from which "24" in "24-28 Dec" takes its month."""
    word = text.lower()
    if word in _TODAY:
        return today + timedelta(days=_TODAY[word])
    if (weekday := _weekday(word)) is not None:
        start = max(today, earliest)
        return start + timedelta(days=(weekday - start.weekday()) % 7)
    year, month, day = _numbers(text, other)
    try:
        if year:
            return date(year, month, day)
        return next(found for ahead in range(-1, 9) if (found := _in_year(today.year + ahead, month, day)) >= earliest)
    except (ValueError, StopIteration):
        raise DatesError(Reason("absent_no_date", {"text": text[:80]})) from None


def _in_year(year: int, month: int, day: int) -> date:
    """That day of a year; of a leap day in other years nothing, which is before all."""
    if (month, day) == (2, 29) and (year % 4 or (not year % 100 and year % 400)):
        return date.min
    return date(year, month, day)


def _numbers(text: str, other: str) -> tuple[int, int, int]:
    """(year, month, day); year 0 where none is written."""
    if iso := _ISO.fullmatch(text):
        return int(iso[1]), int(iso[2]), int(iso[3])
    if dotted := _DOTTED.fullmatch(text):
        return int(dotted[3] or 0), int(dotted[2]), int(dotted[1])
    if (named := _DAY_MONTH.fullmatch(text)) and (month := _month(named[2])):
        return int(named[3] or 0), month, int(named[1])
    if (named := _MONTH_DAY.fullmatch(text)) and (month := _month(named[1])):
        return int(named[3] or 0), month, int(named[2])
    if (bare := _BARE_DAY.fullmatch(text)) and other:
        year, month, _ = _numbers(other, "")
        return year, month, int(bare[1])
    raise DatesError(Reason("absent_unclear", {"text": text[:80], "examples": EXAMPLES}))


def _month(word: str) -> int:
    return _MONTHS.get(word.lower()[:3], 0)


def _weekday(word: str) -> int | None:
    return next((number for number, names in enumerate(_DAY_NAMES) if word.rstrip(".") in names), None)

"""Holidays from an iCalendar file (RFC 5545): its events of whole days."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar

from mailsla.config.holidays import Holiday
from mailsla.errors import PermanentError

LONGEST = 366  # days of one event that are taken


def holidays_of_file(path: Path) -> tuple[list[Holiday], str]:
    """The dates of all events, and the source; PermanentError when the file can't be read or is no iCalendar.

    To review: what has a time of day, and what repeats by a rule, of which only the first dates are told. Cancelled
    events are left out.
    """
    try:
        calendar = icalendar.Calendar.from_ical(path.read_bytes())
    except OSError as error:
        raise PermanentError(f"{path}: can't be read: {error.strerror}", "name an iCalendar file") from error
    except ValueError as error:
        raise PermanentError(f"{path}: this is no iCalendar file: {error}", "name a file that ends in .ics") from error
    found = [holiday for event in calendar.walk("VEVENT") for holiday in _of_event(event)]
    return found, path.name


def _of_event(event: icalendar.cal.Component) -> Iterator[Holiday]:
    name = " ".join(str(event.get("SUMMARY", "")).split())
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or "DTSTART" not in event:
        return
    start = event.decoded("DTSTART")
    if isinstance(start, datetime):
        yield Holiday(start.date(), name, f"from {start:%H:%M}, no whole day")
        return
    if not isinstance(start, date):
        raise PermanentError(f'the event "{name}" starts at "{start}", which is no date', "mend it in the file")
    doubt = "it repeats by a rule; give each date a row" if "RRULE" in event or "RDATE" in event else ""
    for ahead in range(min(_days(event, start), LONGEST)):
        yield Holiday(start + timedelta(days=ahead), name, doubt)


def _days(event: icalendar.cal.Component, start: date) -> int:
    """How many dates a whole-day event takes: without an end one; the end is not in it (RFC 5545 section 3.6.1)."""
    if "DTEND" in event:
        end = event.decoded("DTEND")
        return max(1, (end - start).days) if isinstance(end, date) and not isinstance(end, datetime) else 1
    return max(1, event.decoded("DURATION").days) if "DURATION" in event else 1

"""Until when a ticket is snoozed, as an agent writes it: `4h`, `3d`, `2 weeks`, `fri`, `2026-12-01 09:00`, `off`."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from mailsla.core.commands.times import FARTHEST, Unclear, read_time
from mailsla.core.model import Instant, Reason

MORNING = "09:00"  # where only a day is given
OFF = frozenset({"off", "end", "wake"})
_LENGTH = re.compile(
    r"(?P<number>\d{1,4})\s*(?:(?P<minutes>m|min|minutes?)|(?P<hours>h|hours?|std)|(?P<days>d|days?|tage?)"
    r"|(?P<weeks>w|weeks?|wochen?))",
    re.IGNORECASE | re.ASCII,
)


def snooze_until(written: str, now: Instant, zone: tzinfo) -> Instant | Unclear:
    """The instant; `off` is read by who calls.

    Hours count from now. Days and weeks end in the morning of that day in `zone`: who says three days does not mean
    the minute.
    """
    written = written.strip().rstrip(",;").strip()
    length = _LENGTH.fullmatch(written)
    if length is None:
        read = read_time(written, now, zone, clock=MORNING)
        if isinstance(read, Unclear):
            return Unclear(read.why, f"#snooze {read.meant}" if read.meant else "")
        # The full stop of a date is its own, that of a sentence ends a time.
        return (
            Unclear(Reason("snooze_unclear", {"word": read.rest[:40]}), "#snooze 3d")
            if read.rest.strip(".!")
            else read.at
        )
    number = int(length["number"])
    if length["minutes"] or length["hours"]:
        until = now + number * (60 if length["minutes"] else 3600)
        return _far(written) if until > now + FARTHEST * 86_400 or not number else until
    days = number * (7 if length["weeks"] else 1)
    if not 0 < days <= FARTHEST:
        return _far(written)
    day = datetime.fromtimestamp(now, UTC).astimezone(zone).date() + timedelta(days=days)
    read = read_time(f"{day.isoformat()} {MORNING}", now, zone)
    return _far(written) if isinstance(read, Unclear) else read.at


def _far(written: str) -> Unclear:
    return Unclear(Reason("snooze_far", {"word": written, "days": FARTHEST}))

"""Times as a reader is told them: explicit CLDR patterns (letters.md section 6), never earlier than due.

The patterns stand in the catalogues (context "pattern"), so a language brings its own; those of context "pattern in a
sentence" follow words such as "on", "since" and "by", after which some languages cannot name the day of the week.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_location

from mailsla.adapters.catalogues import Catalogue
from mailsla.adapters.letters_amounts import Amounts
from mailsla.core.model import Instant

_CUSTOMER_STEP = 300  # what customers read is rounded to five minutes
_MINUTE, _DAY = 60, 86400
_HOURS = re.compile("H+")  # of a CLDR pattern


class Times(Amounts):
    """For one reader: language, zone, and `now` = the date of the letter."""

    def __init__(self, catalogue: Catalogue, zone: tzinfo, now: Instant) -> None:
        super().__init__(catalogue)
        self._zone = zone
        self._now = now

    # what customers are told

    def promise(self, until: Instant, date_only: bool = False) -> str:
        """A promised time, never before `until`: rounded in UTC to the later 5 minutes, or the day that ends at it."""
        if date_only:
            return self._end_of(self._local(until - 1).date())
        rounded = -(-until // _CUSTOMER_STEP) * _CUSTOMER_STEP
        local = self._local(rounded)
        if (local.hour, local.minute) == (0, 0):
            return self._end_of(self._local(rounded - 1).date())
        return _capital(self._print(local, self._catalogue.pgettext("pattern", "EEEE, d MMMM y, HH:mm")))

    def promise_short(self, until: Instant, date_only: bool = False) -> str:
        """The same time in few characters, for subjects and the line that an inbox shows."""
        if date_only:
            return self._print_day(self._local(until - 1).date(), self._catalogue.pgettext("pattern", "EEE d MMM"))
        rounded = -(-until // _CUSTOMER_STEP) * _CUSTOMER_STEP
        local = self._local(rounded)
        if (local.hour, local.minute) == (0, 0):
            return self._print_day(self._local(rounded - 1).date(), self._catalogue.pgettext("pattern", "EEE d MMM"))
        return self._print(local, self._catalogue.pgettext("pattern", "EEE d MMM, HH:mm"))

    def reply_by(self, until: Instant) -> str:
        """Until when the reader may still act, never after `until`: the last whole day, or the time if that is near."""
        if not self.is_near(until):
            last = self._last_whole_day(until)
            return _capital(self._print_day(last, self._catalogue.pgettext("pattern", "EEEE, d MMMM y")))
        local = self._local(until // _CUSTOMER_STEP * _CUSTOMER_STEP)
        return _capital(self._print(local, self._catalogue.pgettext("pattern", "EEEE, d MMMM y, HH:mm")))

    def reply_by_said(self, until: Instant) -> str:
        """The same inside a sentence, after "by"."""
        if not self.is_near(until):
            last = self._last_whole_day(until)
            return self._print_day(last, self._catalogue.pgettext("pattern in a sentence", "EEEE, d MMMM y"))
        local = self._local(until // _CUSTOMER_STEP * _CUSTOMER_STEP)
        return self._print(local, self._catalogue.pgettext("pattern in a sentence", "EEEE, d MMMM y, HH:mm"))

    def is_near(self, until: Instant) -> bool:
        """Whether `reply_by` gives a time of day, for no whole day is left; a date alone needs no zone beside it."""
        return self._last_whole_day(until) <= self._local(self._now).date()

    def day_time(self, instant: Instant) -> str:
        """A time near the letter's inside a sentence: "Friday at 18:42"; with its date when it is a week away."""
        local = self._local(instant)
        if abs(instant - self._now) < 6 * _DAY:
            return self._print(local, self._catalogue.pgettext("pattern in a sentence", "EEEE 'at' HH:mm"))
        return self._print(local, self._catalogue.pgettext("pattern in a sentence", "EEEE, d MMMM y, HH:mm"))

    def day_said(self, instant: Instant) -> str:
        """The local date inside a sentence, after "on", "of" or "since"."""
        pattern = self._catalogue.pgettext("pattern in a sentence", "EEEE, d MMMM y")
        return self._print_day(self._local(instant).date(), pattern)

    def full(self, instant: Instant) -> str:
        """A time that was, to the minute."""
        return self._print(self._local(instant), self._catalogue.pgettext("pattern", "EEEE, d MMMM y, HH:mm"))

    def day(self, instant: Instant) -> str:
        """The local date."""
        pattern = self._catalogue.pgettext("pattern", "EEEE, d MMMM y")
        return _capital(self._print_day(self._local(instant).date(), pattern))

    def date_of(self, iso: str) -> str:
        """A local date that is written "2026-12-24"."""
        return self._print_day(date.fromisoformat(iso), self._catalogue.pgettext("pattern", "EEEE, d MMMM y"))

    def day_of(self, iso: str) -> str:
        """The same, short and without the year."""
        return self._print_day(date.fromisoformat(iso), self._catalogue.pgettext("pattern", "EEE d MMM"))

    def days(self, start: Instant, end: Instant) -> str:
        """The local dates from one instant to another: "Mon 23 Nov – Fri 27 Nov"."""
        return " – ".join(self.day_of(self._local(one).date().isoformat()) for one in (start, end))

    def last_day(self, end: Instant) -> str:
        """The last local date before an instant, short."""
        return self._print_day(self._local(end - 1).date(), self._catalogue.pgettext("pattern", "EEE d MMM y"))

    def month(self, day: date) -> str:
        """The month of a date, standing alone: "October 2026"."""
        return self._print_day(day, self._catalogue.pgettext("pattern", "LLLL y"))

    def month_short(self, day: date) -> str:
        """The same for the edge of a chart, without the year: "Oct"."""
        return self._print_day(day, "LLL")

    def date_short(self, day: date) -> str:
        """Without the day of the week and the year: "16 Nov"."""
        return self._print_day(day, self._catalogue.pgettext("pattern", "d MMM"))

    def date_with_year(self, day: date) -> str:
        """The same with the year."""
        return self._print_day(day, self._catalogue.pgettext("pattern", "d MMM y"))

    def weekday(self, number: int) -> str:
        """The day of the week, short; 0 is Monday."""
        return self._print_day(date(2024, 1, 1 + number), "ccc")

    def clock_change(self, until: Instant) -> str:
        """A hint when the clocks change between the letter and `until`, else ""."""
        before, after = self._now, until
        offset = self._local(before).utcoffset()
        if after <= before or self._local(after).utcoffset() == offset:
            return ""
        while after - before > 1:  # the first second with another offset
            middle = (before + after) // 2
            if self._local(middle).utcoffset() == offset:
                before = middle
            else:
                after = middle
        day = self._print_day(self._local(after).date(), self._catalogue.pgettext("pattern", "d MMMM"))
        return self._catalogue.gettext("the clocks change on %(day)s") % {"day": day}

    # what agents are told

    def due(self, instant: Instant) -> str:
        """A due time to the minute, never before it; the end of a date is its 24:00, not the next one's start."""
        return self._due(instant, self._pattern)

    def due_clock(self, instant: Instant) -> str:
        """The same without its date."""
        return self._due(instant, lambda _: self._catalogue.pgettext("pattern", "HH:mm"))

    def short(self, instant: Instant) -> str:
        """A time that was, to the minute; with the year when it is not the letter's."""
        local = self._local(instant)
        return self._print(local, self._pattern(local))

    def clock(self, instant: Instant) -> str:
        """The time of day alone, never before the instant."""
        return self._print(self._local(-(-instant // _MINUTE) * _MINUTE), self._catalogue.pgettext("pattern", "HH:mm"))

    @cached_property
    def city(self) -> str:
        """The CLDR city of the zone: "Berlin"."""
        place: str = get_timezone_location(self._zone, locale=self._locale, return_city=True)
        return place.rpartition("/")[2]

    def short_day(self, instant: Instant) -> str:
        """The local date, short and without the year."""
        return self._print_day(self._local(instant).date(), self._catalogue.pgettext("pattern", "EEE d MMM"))

    # helpers

    def _due(self, instant: Instant, pattern: Callable[[datetime], str]) -> str:
        minute = -(-instant // _MINUTE) * _MINUTE
        last, local = self._local(minute - 1), self._local(minute)
        if last.date() == local.date():
            return self._print(local, pattern(local))
        midnight = datetime.combine(last.date(), time())
        return _formatted(midnight, _HOURS.sub("'24'", pattern(last)), self._locale)

    def _pattern(self, local: datetime) -> str:
        if local.year != self._local(self._now).year:
            return self._catalogue.pgettext("pattern", "EEE d MMM y, HH:mm")
        return self._catalogue.pgettext("pattern", "EEE d MMM, HH:mm")

    def _last_whole_day(self, until: Instant) -> date:
        return self._local(until + 1).date() - timedelta(days=1)

    def _local(self, instant: Instant) -> datetime:
        return datetime.fromtimestamp(instant, UTC).astimezone(self._zone)

    def _print_day(self, day: date, pattern: str) -> str:
        return format_date(day, pattern, locale=self._locale)

    def _end_of(self, day: date) -> str:
        printed = self._print_day(day, self._catalogue.pgettext("pattern", "EEEE, d MMMM y"))
        return _capital(self._catalogue.gettext("the end of %(date)s") % {"date": printed})

    def _print(self, local: datetime, pattern: str) -> str:
        printed = _formatted(local.replace(tzinfo=None), pattern, self._locale)
        other = local.replace(fold=1 - local.fold)
        if other.utcoffset() == local.utcoffset():
            return printed
        return self._catalogue.gettext("%(time)s (%(offset)s)") % {"time": printed, "offset": _utc(local)}


@lru_cache(maxsize=1024)
def _formatted(local: datetime, pattern: str, locale: Locale) -> str:
    """A civil time; no pattern of ours prints its zone."""
    return format_datetime(local, pattern, locale=locale)


def _capital(text: str) -> str:
    """What stands alone, after a label (letters.md section 6)."""
    return text[:1].upper() + text[1:]


def _utc(local: datetime) -> str:
    """ "UTC+02:00": tells the two passes of the autumn hour apart."""
    offset = local.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"

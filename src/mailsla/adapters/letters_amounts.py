"""Durations, shares, sizes and numbers as mail to our people states them; customers read times (letters_time.py)."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_decimal, format_percent

from mailsla.adapters.catalogues import Catalogue

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MINUTES_SAID = 24  # hours; beyond, minutes say nothing


class Amounts:
    """In one reader's language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._locale = catalogue.locale

    def duration(self, seconds: int) -> str:
        """Clock time by its largest two units: minutes under 2 h, hours under 2 days, then days."""
        if seconds < 2 * _DAY:
            return self.open_time(seconds)
        days, hours = seconds // _DAY, seconds % _DAY // _HOUR
        if hours == 0:
            return self._catalogue.ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
        return self._catalogue.ngettext("%(num)s day %(hours)s h", "%(num)s days %(hours)s h", days) % {
            "num": days,
            "hours": hours,
        }

    def open_time(self, seconds: int) -> str:
        """Business time: minutes under 2 h, then hours (24 hours of business time are no day)."""
        minutes = seconds // _MINUTE
        if minutes == 0:
            return self._catalogue.gettext("less than a minute")
        if minutes < 120:
            return self._catalogue.ngettext("%(num)s minute", "%(num)s minutes", minutes) % {"num": minutes}
        hours, minutes = divmod(minutes, 60)
        if minutes == 0:
            return self._catalogue.gettext("%(hours)s h") % {"hours": self.number(hours)}
        return self._catalogue.gettext("%(hours)s h %(minutes)s min") % {
            "hours": self.number(hours),
            "minutes": minutes,
        }

    def left(self, seconds: int, today: int, tomorrow: int = 0) -> str:
        """Business time that is left, and how much of it is today or, where the rest is, tomorrow."""
        left = self.open_time(seconds)
        if today >= seconds:
            return self._catalogue.gettext("%(time)s left, all today") % {"time": left}
        if tomorrow >= _MINUTE and today + tomorrow >= seconds:
            if today < _MINUTE:
                return self._catalogue.gettext("%(time)s left, all tomorrow") % {"time": left}
            return self._catalogue.gettext("%(time)s left, %(tomorrow)s of it tomorrow") % {
                "time": left,
                "tomorrow": self.open_time(tomorrow),
            }
        if today < _MINUTE:
            return self._catalogue.gettext("%(time)s left, none of it today") % {"time": left}
        return self._catalogue.gettext("%(time)s left, %(today)s of it today") % {
            "time": left,
            "today": self.open_time(today),
        }

    def percent(self, share: float) -> str:
        """A share as whole percents, rounded down: 0.999 is not yet 100 %."""
        return _percent(int(share * 100), self._locale)

    def share(self, share: Fraction | None) -> str:
        """To a tenth of a percent, rounded down: 99.96 % is not 100 %. "–" of nothing."""
        if share is None:
            return "–"
        if share in (0, 1):
            return _percent(int(share * 100), self._locale)
        tenths = Decimal(int(share * 1000 // 1)) / 1000
        return format_percent(tenths, _tenths(self._locale), locale=self._locale)

    def agreed(self, share: Fraction) -> str:
        """The same of a share that somebody wrote down: "95%", "99.5%"."""
        return _percent(int(share * 100), self._locale) if (share * 100).denominator == 1 else self.share(share)

    def length(self, seconds: int | None) -> str:
        """Hours and minutes by the signs that all our languages have: "4 h 20 min", "144 h"; "–" of nothing."""
        if seconds is None:
            return "–"
        hours, minutes = divmod(seconds // _MINUTE, 60)
        if not hours:
            return f"{minutes}\u00a0min"
        whole = f"{self.number(hours)}\u00a0h"
        return f"{whole} {minutes}\u00a0min" if minutes and hours < _MINUTES_SAID else whole

    def size(self, octets: int) -> str:
        """A file's size: "950 bytes", "12 kB", "3.4 MB"."""
        if octets < 1000:
            return self._catalogue.ngettext("%(num)s byte", "%(num)s bytes", octets) % {"num": octets}
        if octets < 1_000_000:
            return f"{self.number(octets // 1000)} kB"
        return f"{self.number(octets // 100_000 / 10)} MB"

    def money(self, amount: str, currency: str) -> str:
        """An amount ("64.90") in a currency (ISO 4217) as the language writes it: "€64.90", "64,90 €"."""
        return format_currency(Decimal(amount), currency, locale=self._locale)

    def language(self, tag: str) -> str:
        """The name of a language: "German"."""
        return str(self._locale.languages.get(tag.replace("-", "_").split("_")[0], tag))

    def number(self, value: float) -> str:
        """A number with the language's separators."""
        return _decimal(value, self._locale)


@lru_cache(maxsize=1024)
def _decimal(value: float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


@lru_cache(maxsize=1024)
def _percent(percent: int, locale: Locale) -> str:
    return format_percent(percent / 100, locale=locale)


@lru_cache(maxsize=16)
def _tenths(locale: Locale) -> str:
    """The pattern of percentages with one decimal."""
    return str(locale.percent_formats[None].pattern).replace("#,##0", "#,##0.0")

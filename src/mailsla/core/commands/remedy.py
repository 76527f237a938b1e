"""What the customer gets, as an agent writes it: `refund 20 EUR by 30 Nov`, `replacement`, `other free delivery`."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

from mailsla.core.absence_dates import DatesError, read_day
from mailsla.core.commands.grammar import closest
from mailsla.core.commands.times import Unclear
from mailsla.core.model import Reason
from mailsla.core.outcome import OTHER, REMEDIES, WITH_AMOUNT, Remedy

FARTHEST = 366  # days: a later date is a slip of the pen
LONGEST = 200  # characters of an agent's own words
_BY = re.compile(r"(?:^|(?P<before>.*)\s)(?:by|until|bis)\s+(?P<day>\S.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = r"\d{1,9}(?:[.,](?P<decimals>\d{1,3}))?"
_AMOUNT = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<currency>[^\s\d.,]\S*)", re.ASCII)
_SWAPPED = re.compile(r"([^\d\s]{1,4})\s*(\d\S*)")  # EUR 20, €20
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "EURO": "EUR", "EUROS": "EUR"}
_COMMON = ("EUR", "GBP", "USD", "CHF", "PLN")  # likelier meant than what merely has more letters alike
_EXAMPLE = "refund 20 EUR by 30 Nov"


@cache
def decimals() -> Mapping[str, int]:
    """How many decimals amounts of each currency have (ISO 4217); package data, as constant as the code beside it."""
    text = (resources.files(__package__) / "data" / "currencies.toml").read_text("utf-8")
    return {code: int(count) for count, codes in tomllib.loads(text).items() for code in codes.split()}


def read_remedy(text: str, today: date) -> Remedy | Unclear:
    """`today`: of the agent."""
    word, _, rest = text.strip().partition(" ")
    kind, rest = word.lower().rstrip(":,"), rest.strip()
    if kind not in REMEDIES:
        near = closest(kind, REMEDIES)
        reason = Reason("remedy_unknown", {"word": word[:40], "known": ", ".join(REMEDIES)})
        return Unclear(reason, f"#remedy {near} {rest}".rstrip()[:120] if near else f"#remedy {_EXAMPLE}")
    rest, by = _last_date(rest, today, own_words=kind == OTHER)
    if isinstance(by, Unclear):
        return by
    if kind == OTHER:
        return _other(rest, by)
    if not rest:
        return Remedy(kind=kind, by=by)
    if kind not in WITH_AMOUNT:
        meant = f"#remedy other {kind} {rest}"[:120]
        return Unclear(Reason("remedy_takes_no_amount", {"remedy": kind, "word": rest[:40]}), meant)
    amount = _amount(rest)
    if isinstance(amount, Unclear):
        return Unclear(amount.why, f"#remedy {kind} {amount.meant}" if amount.meant else "")
    return Remedy(kind=kind, amount=amount[0], currency=amount[1], by=by)


def _last_date(text: str, today: date, *, own_words: bool) -> tuple[str, str | Unclear]:
    """What stands before `by DATE`, and that date. In somebody's own words "by" often begins no date."""
    found = _BY.fullmatch(text)
    if found is None:
        return text, ""
    before, day = found["before"] or "", found["day"]
    try:
        by = read_day(day, today)
    except DatesError:
        unclear = Unclear(Reason("remedy_no_date", {"word": day[:40]}))
        return (text, "") if own_words else (before, unclear)
    if by < today:
        return before, Unclear(Reason("time_past", {"word": by.isoformat()}))
    if (by - today).days > FARTHEST:
        return before, Unclear(Reason("time_far", {"word": by.isoformat(), "days": FARTHEST}))
    return before.strip(), by.isoformat()


def _other(text: str, by: str) -> Remedy | Unclear:
    if not text:
        return Unclear(Reason("remedy_needs_words"), "#remedy other free delivery next time")
    if len(text) > LONGEST:
        return Unclear(Reason("remedy_long", {"most": LONGEST}))
    return Remedy(kind=OTHER, text=text, by=by)


def _amount(text: str) -> tuple[str, str] | Unclear:
    """("64.90", "EUR"); what could be two amounts ("1.000") is refused."""
    swapped = _SWAPPED.fullmatch(text)
    found = _AMOUNT.fullmatch(f"{swapped[2]} {swapped[1]}" if swapped else text)
    if found is None:
        return Unclear(Reason("remedy_no_amount", {"word": text[:40]}), "20 EUR")
    written, number = found["currency"].upper().rstrip(".,"), found["number"].replace(",", ".")
    currency = _SIGNS.get(found["currency"].lower(), _SIGNS.get(written, written))
    if currency not in decimals():
        near = closest(currency, _COMMON) or closest(currency, tuple(decimals()))
        return Unclear(Reason("remedy_currency", {"word": found["currency"][:10]}), f"{number} {near or 'EUR'}")
    places = decimals()[currency]
    if len(found["decimals"] or "") > places or not float(number):
        return Unclear(Reason("remedy_no_amount", {"word": text[:40]}), f"{number.replace('.', '')} {currency}")
    whole, _, fraction = number.partition(".")
    return (f"{int(whole)}.{fraction:0<{places}}" if fraction else whole.lstrip("0")), currency

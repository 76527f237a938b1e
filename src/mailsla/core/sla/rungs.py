"""Warnings and offsets of levels, as they are written."""

import re
from dataclasses import dataclass
from functools import lru_cache

from mailsla.core.sla.targets import TargetError, parse_duration

_PERCENT = re.compile(r"([1-9][0-9]?)\s*%", re.ASCII)
_BEFORE = re.compile(r"(.+?)\s+before(?:\s+due)?")
_ZERO = re.compile(r"[+-]?0+\s*[hms]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Warned:
    """When a warning fires: at a share of the target in percent, or so many open seconds before due (one is set)."""

    percent: int | None = None
    seconds_before: int | None = None


@lru_cache
def parse_warning(text: str) -> Warned:
    """The moment that "75%" or "2h before" means; TargetError for any other form."""
    share = _PERCENT.fullmatch(text.strip())
    if share is not None:
        return Warned(percent=int(share[1]))
    before = _BEFORE.fullmatch(text.strip())
    if before is not None:
        return Warned(seconds_before=parse_duration(before[1]))
    raise TargetError(f'"{text}" is no moment of a warning', 'write "75%" (1 to 99) or "2h before"')


@lru_cache
def parse_offset(text: str) -> int:
    """Open seconds relative to due of "-1h", "0m", "4h" or "+4h"; TargetError for any other form."""
    written = text.strip()
    if _ZERO.fullmatch(written):
        return 0
    seconds = parse_duration(written[1:] if written[:1] in ("+", "-") else written)
    return -seconds if written.startswith("-") else seconds

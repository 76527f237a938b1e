"""Time zones by name, from the PyPI package tzdata rather than the system's copy."""

import zoneinfo
from difflib import get_close_matches
from functools import cache

import tzdata  # type: ignore[import-untyped]

from mailsla.errors import PermanentError


def use_packaged_tzdata() -> None:
    """Make the tzdata package the only source of zones; before the first zone is made, for the whole process.

    Python reads the system's copy first, whose release nobody chose; deadlines must not depend on the machine.
    """
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    _known.cache_clear()


def tzdata_version() -> str:
    """The IANA release of the zone data, as in "2026f"; stored with each computed due."""
    return str(tzdata.IANA_VERSION)


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone with this IANA name; PermanentError naming those that look alike when there is none."""
    known = _known()
    if name not in known:
        raise PermanentError(f'there is no time zone "{name}"', _alike(name, known))
    return zoneinfo.ZoneInfo(name)


@cache
def _known() -> frozenset[str]:
    """Read once: listing them takes as long as a fifth of a letter, and the package does not change while we run."""
    return frozenset(zoneinfo.available_timezones())


def _alike(name: str, known: frozenset[str]) -> str:
    folded = {one.casefold(): one for one in sorted(known)}
    cities = {one.rpartition("/")[2].casefold(): one for one in sorted(known) if "/" in one}
    wanted = name.casefold().replace(" ", "_")
    found = [folded[one] for one in get_close_matches(wanted, folded, n=3, cutoff=0.75)]
    found += [cities[one] for one in get_close_matches(wanted.rpartition("/")[2], cities, n=3, cutoff=0.85)]
    if not found:
        return 'use a name of the IANA list, as in "Europe/Berlin"'
    return "did you mean " + " or ".join(dict.fromkeys(found)) + "?"

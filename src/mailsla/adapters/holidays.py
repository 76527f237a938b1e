"""Public holidays by country and subdivision, from the package `holidays`; read at an import only."""

from collections.abc import Collection, Iterator, Sequence
from importlib.metadata import version

import holidays as library

from mailsla.config.faults import meant
from mailsla.config.holidays import Holiday
from mailsla.errors import PermanentError

HALF_DAY, PUBLIC = "half_day", "public"


def public_holidays(
    country: str, subdivision: str, years: Collection[int], categories: Sequence[str] = (), language: str = ""
) -> tuple[list[Holiday], str, tuple[str, ...]]:
    """The holidays of some years, their source with its version, and the further categories that the country has.

    country: ISO 3166-1 alpha-2 ("DE"). subdivision: ISO 3166-2 without the country ("BY"), "" = none. categories:
    besides the public ones. language: of the names, "" = the country's. PermanentError for what the package lacks.
    """
    country = country.upper()
    known = library.list_supported_countries()
    if country not in known:
        raise PermanentError(f'holidays of a country "{country}" are not known', "use its two letters, as in DE or US")
    if subdivision and subdivision not in known[country]:
        raise PermanentError(f'{country} has no subdivision "{subdivision}"', meant(subdivision, known[country]))
    there = library.country_holidays(country)
    for category in categories:
        if category not in there.supported_categories:
            raise PermanentError(f'{country} has no category "{category}"', meant(category, there.supported_categories))
    if language and language not in there.supported_languages:
        raise PermanentError(f'{country} has no names in "{language}"', meant(language, there.supported_languages))
    language = language or there.default_language or ""

    def of(kinds: Sequence[str]) -> Iterator[Holiday]:
        found = library.country_holidays(
            country, subdiv=subdivision or None, years=sorted(years), categories=tuple(kinds), language=language or None
        )
        for day, names in sorted(found.items()):
            yield Holiday(day, str(names), "half a day" if list(kinds) == [HALF_DAY] else "")

    whole = [*of([PUBLIC, *(one for one in categories if one != HALF_DAY)])]
    closed = {one.day for one in whole}
    halves = [one for one in of([HALF_DAY]) if one.day not in closed] if HALF_DAY in there.supported_categories else []
    place = f"{country}-{subdivision}" if subdivision else country
    also = f", {', '.join(categories)}" if categories else ""
    others = sorted({*there.supported_categories} - {PUBLIC, HALF_DAY, *categories})
    return [*whole, *halves], f"python-holidays {version('holidays')}, {place}{also}", tuple(others)

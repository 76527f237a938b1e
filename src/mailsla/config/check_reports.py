"""Cross-checks of [reports]: who gets them, and which customers."""

from collections.abc import Iterator
from functools import partial

from mailsla.config.faults import Fault, misformed, unknown
from mailsla.config.formats import languages_with, wrong_address, wrong_clock_time, wrong_language, wrong_zone
from mailsla.config.lines import KeyPath
from mailsla.config.settings import Settings
from mailsla.core.ladder import OPERATOR
from mailsla.core.report.readers import MANAGERS


def faults_of_reports(settings: Settings) -> Iterator[Fault]:
    """All of this file's checks."""
    reports = settings.reports
    yield from misformed(("reports", "at"), reports.at, wrong_clock_time)
    for key, names in (("weekly", reports.weekly), ("monthly", reports.monthly)):
        for number, name in enumerate(names):
            yield from _reader(settings, ("reports", key, number), name)
    spoken = partial(wrong_language, known=languages_with(settings.templates))
    seen: set[tuple[str, str, str]] = set()
    for number, one in enumerate(reports.customers):
        at = ("reports", "customers", number)
        known = settings.directory.organisations
        yield from unknown((*at, "organisation"), one.organisation, known, "organisation")
        yield from misformed((*at, "to"), one.to, wrong_address)
        if one.language:
            yield from misformed((*at, "language"), one.language, spoken)
        if one.zone:
            yield from misformed((*at, "zone"), one.zone, wrong_zone)
        if (same := (one.organisation, one.to.lower(), one.every)) in seen:
            yield Fault(at, f"{one.to} gets this report twice", "remove one of the two")
        seen.add(same)


def _reader(settings: Settings, at: KeyPath, name: str) -> Iterator[Fault]:
    directory = settings.directory
    if name.startswith("role:"):
        roles = (OPERATOR, *directory.roles)
        yield from unknown(at, name.removeprefix("role:"), roles, "role")
    elif "@" in name:
        yield from misformed(at, name, wrong_address)
    else:
        yield from unknown(at, name, (MANAGERS, *directory.agents), "agent")

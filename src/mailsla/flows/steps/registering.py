"""Versions of what changes at an instant for all tickets at once: calendars, and the time zone data."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo

from mailsla.core.model import Instant, Version
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.ports.store import UnitOfWork

APPROVAL = "policy_approval"  # kind of the versions that say who answers for a policy


def effective_from(spec: CalendarSpec, zone: tzinfo, now: Instant) -> Instant:
    """When a new version of a calendar begins to count: 0:00 of the date that it names, else now."""
    if spec.effective_from is None:
        return now
    return Calendar(spec, zone).end_of_date(spec.effective_from - timedelta(days=1))


def register_newest(
    uow: UnitOfWork, kind: str, name: str, content: tuple[str, Mapping[str, object]], since: Instant
) -> tuple[list[Version], bool]:
    """All versions of a name, the newest with this content (hash, value); whether it took the place of another.

    What is as it was once, after it was otherwise, is a version again: the history says when which one counted.
    """
    digest, value = content
    known = uow.clocks.versions(kind, name)
    if known and known[-1].content == value:
        return known, False
    key = digest if all(one.hash != digest for one in known) else f"{digest}#{len(known)}"
    return [*known, uow.clocks.version(kind, name, key, value, since)], bool(known)

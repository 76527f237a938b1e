"""Policies and calendars as the JSON of their immutable versions, and back (sla.md section 4)."""

import hashlib
import json
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from mailsla.config.settings import Settings
from mailsla.core.model import Version
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.policy import Policy
from mailsla.errors import PermanentError

_POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)
_CALENDAR: TypeAdapter[CalendarSpec] = TypeAdapter(CalendarSpec)


def policy_content(policy: Policy) -> tuple[str, Mapping[str, object]]:
    """The SHA-256 of the canonical JSON, and its value."""
    return _hashed(_POLICY.dump_python(policy, mode="json"))


def calendar_content(calendar: CalendarSpec) -> tuple[str, Mapping[str, object]]:
    """The SHA-256 of the canonical JSON, and its value."""
    return _hashed(_CALENDAR.dump_python(calendar, mode="json"))


def terms_hash(settings: Settings) -> str:
    """One hash of all policies, in their order, and all calendars."""
    policies = [[policy.name, policy_content(policy)[0]] for policy in settings.policies]
    calendars = {name: calendar_content(spec)[0] for name, spec in settings.calendars.items()}
    return _hashed({"policies": policies, "calendars": calendars})[0]


def digest(content: Mapping[str, object]) -> str:
    """The SHA-256 of the canonical JSON."""
    return _hashed(content)[0]


def calendar_of(version: Version) -> CalendarSpec:
    """The calendar of a stored version; PermanentError when this release can't read it."""
    try:
        return _CALENDAR.validate_python(version.content)
    except ValidationError as error:
        raise _unreadable(version, error) from error


def _hashed(content: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest(), content


def policy_of(version: Version) -> Policy:
    """The policy of a stored version; PermanentError when this release can't read it."""
    try:
        return _POLICY.validate_python(version.content)
    except ValidationError as error:
        raise _unreadable(version, error) from error


def _unreadable(version: Version, error: ValidationError) -> PermanentError:
    return PermanentError(
        f'version {version.id} of {version.kind} "{version.name}" can\'t be read: {error.error_count()} faults',
        "use the release of mailsla that wrote it, or report this",
    )

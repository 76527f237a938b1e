"""What was right when it was written, and is not any more: calendars whose dated hours are all in the past."""

from mailsla.config.formats import zone
from mailsla.config.settings import Settings
from mailsla.core.model import Instant
from mailsla.core.sla.checks import calendar_problems
from mailsla.errors import Problem


def run_out(settings: Settings, now: Instant) -> list[Problem]:
    """The calendars by which nothing is ever due again."""
    return [
        problem for spec in settings.calendars.values() for problem in calendar_problems(spec, zone(spec.zone), now)
    ]

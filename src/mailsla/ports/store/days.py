"""What happened in a stretch of time, counted by team."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from mailsla.core.model import Instant

ByTeam = Mapping[str, int]  # "" = of no team


@dataclass(frozen=True, slots=True)
class Day:
    """Complaints received and resolved (and still so), deadlines missed (and not annulled since)."""

    received: ByTeam
    resolved: ByTeam
    missed: ByTeam


class DayStore(Protocol):
    """Counts of one stretch."""

    def counted(self, since: Instant, until: Instant) -> Day:
        """From `since` to before `until`; void and merged tickets are left out."""

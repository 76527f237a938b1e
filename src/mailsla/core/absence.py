"""Absences of agents: from when until when, and who stands in; as stored, and as the directory knows them at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mailsla.core.directory import Away, Directory
from mailsla.core.model import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An agent is away in [starts, ends). Append-only but for `cancelled_at`, which is set once."""

    id: int = 0
    agent: str
    starts: Instant
    ends: Instant
    deputy: str  # "" = the team, then the manager
    set_by: str  # "agent:sam", "cli:root"
    set_at: Instant
    cancelled_at: Instant | None = None

    def overlaps(self, starts: Instant, ends: Instant) -> bool:
        """Whether they have an instant in common."""
        return self.starts < ends and starts < self.ends


def with_absences(directory: Directory, standing: Iterable[Absence], now: Instant) -> Directory:
    """The directory with who is away at `now`; `standing`: those that are not cancelled."""
    away: Mapping[str, Away] = {
        one.agent: Away(until=one.ends, deputy=one.deputy)
        for one in standing
        if one.starts <= now < one.ends and one.agent in directory.agents
    }
    return replace(directory, away=away) if away else directory

"""Complaints about one thing as one incident: what is kept of it, and which of its states go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailsla.core.model import Instant


class IncidentState(StrEnum):
    """`proposed`: noticed, and nobody has said yet whether it is one."""

    PROPOSED = "proposed"
    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


STANDING = (IncidentState.PROPOSED, IncidentState.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Complaints about one thing. `words` and `likeness` as in core/triage/incidents.Burst; none where an agent grouped
    them by hand. `usual`: how many would have come in that time, rounded up.
    """

    id: int = 0
    state: IncidentState
    words: tuple[str, ...] = ()
    likeness: Mapping[str, object] = field(default_factory=dict)
    usual: int = 0
    noticed_at: Instant
    decided_at: Instant | None = None
    decided_by: str = ""  # actor, as in events
    ended_at: Instant | None = None

    @property
    def weights(self) -> dict[str, float]:
        """The likeness as it is compared."""
        return {term: float(str(weight)) for term, weight in self.likeness.items()}

    @property
    def called(self) -> str:
        """As people name it: I7."""
        return f"I{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of one complaint, as they are compared, and its topic (core/triage/topical.py)."""

    ticket_id: int
    customer_id: int
    received_at: Instant
    words: tuple[str, ...]
    topic: str = ""

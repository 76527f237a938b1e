"""When agents are away: rows that are only ever added; an end before its time is written beside the planned one."""

from typing import Protocol

from mailsla.core.absence import Absence
from mailsla.core.model import Instant


class AbsenceStore(Protocol):
    """Absences of agents."""

    def add(self, absence: Absence) -> int:
        """Insert; the id."""

    def cancel(self, absence_id: int, at: Instant) -> bool:
        """Set cancelled_at where it was not set; False when it was."""

    def get(self, absence_id: int) -> Absence | None:
        """By id."""

    def standing(self, now: Instant) -> list[Absence]:
        """Of all agents: those that are neither over nor cancelled, by (starts, id)."""

    def of(self, agent: str, limit: int = 100) -> list[Absence]:
        """All of one agent, newest first."""

"""Incidents with their tickets, and the words of the last weeks' complaints that they are told by."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.incident import Incident, IncidentState, Said
from mailsla.core.model import Instant


class IncidentStore(Protocol):
    """Incidents, and what complaints said."""

    def keep_words(self, said: Sequence[Said]) -> None:
        """Insert; those of a ticket that are kept already stay."""

    def newest_kept(self) -> int:
        """The highest ticket whose words are kept, 0: none."""

    def said_between(self, since: Instant, until: Instant, limit: int) -> list[Said]:
        """The words of complaints received from `since` to before `until`, newest first."""

    def forget_words(self, before: Instant) -> int:
        """Of complaints received before then, but of the highest ticket's; how many."""

    def add(self, incident: Incident) -> int:
        """Insert; the id."""

    def update(self, incident: Incident) -> None:
        """Write all columns of the incident with this id."""

    def get(self, incident_id: int) -> Incident | None:
        """By id."""

    def listed(self, states: Sequence[IncidentState] = (), limit: int = 100) -> list[Incident]:
        """Newest first."""

    def join(self, incident_id: int, ticket_id: int, at: Instant) -> bool:
        """The ticket belongs to it; False: it does already."""

    def leave(self, incident_id: int, ticket_id: int) -> bool:
        """It does no more; False: it did not."""

    def tickets(self, incident_id: int) -> list[int]:
        """Those that belong to it, in the order in which they came."""

    def of_ticket(self, ticket_id: int) -> Incident | None:
        """The newest that it belongs to and that stands (proposed or open)."""

    def of_tickets(self, ticket_ids: Sequence[int]) -> dict[int, int]:
        """The same for many: ticket -> incident; those that belong to none are left out."""

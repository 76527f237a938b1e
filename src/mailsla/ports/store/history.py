"""What happened in a period, read in bulk for reports: narrow rows and counts, in pages where there may be many.

Instants are of [since, until), dues of (since, until]. `organisation` "" = all; else only the complaints of this one.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from mailsla.core.model import Event, Instant, PromiseState
from mailsla.core.report.facts import Came, Counted, DueClock, Rated


class HistoryStore(Protocol):
    """Reads only."""

    def unfilled(self) -> bool:
        """Whether a stopped clock lacks its last due: cached by a version before 0018 and never recomputed."""

    def counted(self, since: Instant, until: Instant, organisation: str = "") -> list[Counted]:
        """The clocks due in the period, counted."""

    def due_clocks(
        self, since: Instant, until: Instant, organisation: str, after: tuple[Instant, int], limit: int
    ) -> list[DueClock]:
        """The next clocks by (last due, ticket) after `after`, and all more of that last pair: no page splits one."""

    def lengths(self, since: Instant, until: Instant, organisation: str = "") -> list[tuple[str, int]]:
        """(metric, open seconds) of each clock of a main agreement that was due in the period, and met or late."""

    def came(self, since: Instant, until: Instant, organisation: str = "") -> list[Came]:
        """The complaints received, oldest first."""

    def received_and_resolved(self, since: Instant, until: Instant, organisation: str = "") -> tuple[int, int]:
        """How many complaints came in, and how many were resolved and still are; without what is no complaint."""

    def active(self, since: Instant, until: Instant, organisation: str = "") -> list[int]:
        """The ids of the tickets that were there before `until` and had not ended before `since`, ascending."""

    def happened(self, ticket_ids: Sequence[int], types: Collection[str]) -> dict[int, list[Event]]:
        """The events of these types, by ticket, ordered by (at, id); a ticket without has an empty list."""

    def questions(self, since: Instant, until: Instant, organisation: str = "") -> int:
        """How often customers were asked how satisfied they are with a complaint's end."""

    def promises(self, since: Instant, until: Instant, organisation: str = "") -> Mapping[PromiseState, int]:
        """Promises whose time was in (since, until], by what became of them."""

    def ratings(self, since: Instant, until: Instant, organisation: str = "") -> Sequence[Rated]:
        """Oldest first."""

    def asked(self, since: Instant, until: Instant) -> tuple[int, int]:
        """How many answers to our own question came about a category, and how many said that it was right."""

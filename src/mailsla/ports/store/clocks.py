"""SLA clocks, breaches, what has fired, promises, due moments, and versions of policies and calendars."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.model import Breach, ClockRow, Correction, Data, Instant, Moment, Promise, Version


class ClockStore(Protocol):
    """What time means for tickets."""

    def replace(self, ticket_id: int, rows: Sequence[ClockRow], *, first: bool = False) -> None:
        """The cached clocks of this ticket are these. `first`: it had none."""

    def of_ticket(self, ticket_id: int) -> list[ClockRow]:
        """In order of start."""

    def of_tickets(self, ticket_ids: Sequence[int]) -> dict[int, list[ClockRow]]:
        """The same for many."""

    def add_breach(self, breach: Breach) -> bool:
        """False when the same one, at the same instant and as often again, is there already."""

    def breaches(self, ticket_id: int) -> list[Breach]:
        """Oldest first."""

    def correct(self, correction: Correction) -> None:
        """Insert, unless the breach was corrected already."""

    def corrections(self, ticket_id: int) -> list[Correction]:
        """Oldest first."""

    def fire(self, ticket_id: int, key: str, at: Instant, superseded: bool) -> bool:
        """Record that a warning or level fired; False when this key had fired."""

    def fired(self, ticket_id: int) -> set[str]:
        """The keys that fired."""

    def fired_of(self, ticket_ids: Sequence[int]) -> dict[int, set[str]]:
        """The same for many."""

    def add_promises(self, promises: Sequence[Promise]) -> None:
        """Insert."""

    def promises(self, ticket_id: int) -> list[Promise]:
        """Oldest first."""

    def promises_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Promise]]:
        """The same for many."""

    def settle_promise(self, promise: Promise) -> bool:
        """Write state, settled_at, replaced_by and lapsed_because; False when it stood so already."""

    def set_moment(self, moment: Moment) -> None:
        """Insert, or move the one with this (kind, key)."""

    def bring_forward(self, moment: Moment) -> None:
        """Insert, or move the one with this (kind, key) where it is later; one that is earlier stays."""

    def recompute_open(self, at: Instant) -> None:
        """Each open ticket gets a moment of kind `recompute`; one that is earlier stays."""

    def drop_moment(self, kind: str, key: str) -> None:
        """Nothing is due there any more."""

    def next_moment(self, now: Instant) -> Moment | None:
        """The earliest with at <= now."""

    def take_moment(self, moment: Moment) -> bool:
        """Delete it where it still is at that instant; False: another daemon took or moved it."""

    def earliest(self) -> Instant | None:
        """When the next moment is due."""

    def version(self, kind: str, name: str, content_hash: str, content: Data, now: Instant) -> Version:
        """The version with this content; made when new."""

    def versions(self, kind: str, name: str) -> list[Version]:
        """All of this name, in the order they were made."""

    def version_by_id(self, version_id: int) -> Version | None:
        """One version."""

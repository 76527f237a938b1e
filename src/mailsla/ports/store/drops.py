"""What a person dropped from the queues: rows that are only ever added, beside the state of the thing itself."""

from typing import Protocol

from mailsla.core.drops import Drop, Thing


class DropStore(Protocol):
    """Acts of dropping. What was brought back may be dropped again: then there are several of one thing."""

    def add(self, drop: Drop) -> None:
        """One more."""

    def of(self, thing: Thing, number: int) -> Drop | None:
        """The newest of a thing."""

    def newest(self, limit: int = 500) -> list[Drop]:
        """Of all things, newest first."""

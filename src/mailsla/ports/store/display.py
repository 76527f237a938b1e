"""What the shared mailboxes show of tickets: a row for each mail that has a mark of ours, or that we moved."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.display import Place, Shown


class DisplayStore(Protocol):
    """Mails in mailboxes, and what we have made of them."""

    def places(self, mailbox: str, folder: str, uidvalidity: int) -> list[Place]:
        """Customers' mails in this folder, of all tickets that have not ended; of one seen twice the newest last.

        Those of a ticket that went into another are the other's.
        """

    def shown(self, mailbox: str) -> list[Shown]:
        """All rows of a mailbox."""

    def save(self, rows: Sequence[Shown]) -> None:
        """Insert or update."""

    def forget(self, mails: Sequence[int]) -> None:
        """Delete: nothing of ours is on these any more."""

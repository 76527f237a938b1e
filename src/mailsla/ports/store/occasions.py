"""What happened to the database as a whole, and when last: a backup, a restore, a reconcile; and what follows."""

from typing import Protocol

from mailsla.core.model import Instant

BACKED_UP = "backed_up"  # verified; in a copy: the moment that it is of, so a restored one knows how old it is
RESTORED = "restored"
SETTLED = "settled"  # what waited to go out when the copy was made has been dealt with (flows/restoring.py)


def reconciled(mailbox: str) -> str:
    """The name for: all of this mailbox was brought back from its server."""
    return f"reconciled:{mailbox}"


class OccasionStore(Protocol):
    """Occasions by name, and the numbers that a restored database may not give again."""

    def when(self, name: str) -> Instant | None:
        """When it happened last; None: never."""

    def note(self, name: str, at: Instant) -> None:
        """It happened, then."""

    def forget(self, name: str) -> None:
        """It never happened."""

    def at_most(self, now: Instant) -> None:
        """What happened later, under a clock that has been set back since, happened now."""

    def opened_since(self, at: Instant) -> int:
        """How many tickets were opened since then."""

    def skip_numbers(self, count: int) -> int:
        """Give so many numbers of tickets to nobody; the last one of them."""

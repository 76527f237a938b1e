"""Which daemons live, and what only one of them at a time may do.

A daemon says again and again until when it lives. Once that is over, all that it has claimed (mails in work, letters
that it was sending, leases) is free for others.

A lease has a name, an owner (a daemon), an end, and a fencing token: a number that grows each time that another owner
takes it. Who writes under a lease requires it in the same transaction, so that a daemon that was stopped or cut off
writes nothing once another has taken over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mailsla.core.model import Instant
from mailsla.errors import TemporaryError


class LeaseLost(TemporaryError):
    """Another daemon has taken over what this one was doing: nothing of it may be written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What its holder got; as long as `require` doesn't say otherwise, it is still theirs."""

    name: str
    token: int


class LeaseStore(Protocol):
    """Daemons and leases, by name."""

    def live(self, daemon: str, until: Instant, terms: str) -> None:
        """This daemon lives until then, if it doesn't say so again; `terms`: the hash of its policies and calendars."""

    def end(self, daemon: str, now: Instant) -> None:
        """It lives no more, and its leases are over."""

    def living(self, now: Instant) -> Sequence[str]:
        """The daemons that live."""

    def differing(self, terms: str, now: Instant) -> Sequence[str]:
        """The daemons that live under other policies or calendars."""

    def end_after(self, most: Instant, now: Instant) -> None:
        """Daemons that are said to live until later than `most`, and leases that last until then, are over."""

    def forget(self, before: Instant) -> None:
        """Remove the daemons that lived until some time before that, but who has a mail in work still."""

    def take(self, name: str, owner: str, now: Instant, until: Instant) -> Lease | None:
        """Make it, take it where it is over, or renew it where it is this owner's; None while another holds it.

        Only a change of owner changes the token.
        """

    def require(self, lease: Lease) -> None:
        """Raise LeaseLost when another owner has taken it since."""

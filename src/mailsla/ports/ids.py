"""The door to randomness and to the clock: bootstrap.py alone makes them."""

from typing import Protocol

from mailsla.core.model import Instant


class Ids(Protocol):
    """Random names."""

    def token(self) -> str:
        """128 random bits as 26 characters of lower-case base32 (mail.md section 3)."""

    def public(self) -> str:
        """A random public id for a Message-ID: 20 characters, a-z and 2-7."""


class Now(Protocol):
    """The clock."""

    def __call__(self) -> Instant:
        """Epoch seconds UTC, floored to the second."""

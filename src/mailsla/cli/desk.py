"""For whom something is printed: the zone of times (a mailbox's), now, and sentences for reasons."""

from typing import Protocol

from mailsla.cli import words
from mailsla.core.model import Instant, Reason
from mailsla.flows.services import Services


class Teller(Protocol):
    """What can tell times and reasons."""

    def when(self, instant: Instant) -> str:
        """A time as a person reads it."""
        ...

    def due(self, instant: Instant) -> str:
        """A time until which something is to be done."""
        ...

    def word(self, reason: Reason) -> str:
        """A reason as a sentence."""
        ...


class Desk:
    """`mailbox`: whose zone it is, "" = the first. `now`: as of when it is told, None = as the clock says."""

    def __init__(self, services: Services, mailbox: str = "", now: Instant | None = None) -> None:
        boxes = services.settings.mailboxes
        self.zone_name = next((box for box in boxes if box.name == mailbox), boxes[0]).zone
        self.zone = services.zone(self.zone_name)
        self.now = services.now() if now is None else now
        self.directory = services.settings.directory
        self._services = services

    def when(self, instant: Instant) -> str:
        """A time as a person reads it here."""
        return words.when(instant, self.zone, self.now)

    def due(self, instant: Instant) -> str:
        """A time until which something is to be done; the end of a date is its 24:00."""
        return words.due(instant, self.zone, self.now)

    def word(self, reason: Reason) -> str:
        """A reason as a sentence."""
        return self._services.letters.word(reason, "en", self.zone_name)

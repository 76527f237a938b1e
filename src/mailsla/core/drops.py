"""What a person set aside for good: things of a queue, by the letter and number that they have there."""

from dataclasses import dataclass
from enum import StrEnum

from mailsla.core.model import Instant


class Thing(StrEnum):
    """What may wait in a queue, by the letter that its number has there."""

    MAIL = "M"
    LETTER = "L"
    NOTICE = "N"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A person set a mail or letter aside for good. Append-only; what was dropped stays where it is."""

    id: int = 0
    thing: Thing
    number: int
    at: Instant
    actor: str  # "cli:root"
    why: str

"""Saved replies: the operator's texts that an agent sends by a command, with what they may state of the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailsla.core.letters_customer import Promised

Names = Mapping[str, Sequence[str]]  # of all saved replies, with the languages of each


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyValues:
    """What a saved reply may print; nothing else of a case is known to it."""

    name: str  # of the customer, "" = not to be used
    reference: str
    team: str = ""  # as customers know it, "" = it has no name for them
    promised: Promised | None = None  # the next time that the customer was given
    zone: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved reply as it goes out."""

    text: str
    language: str


def language_of(languages: Sequence[str], wanted: Sequence[str]) -> str:
    """The first wanted one that a reply is written in, else its first."""
    return next((one for one in wanted if one in languages), languages[0])

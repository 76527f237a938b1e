"""What the letter about many complaints of one thing says, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mailsla.core.letters_links import Link
from mailsla.core.model import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCase:
    """One of the complaints."""

    reference: str
    subject: str
    at: Instant
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLetter:
    """To the manager who may say that it is one; and once it is, to who works on it.

    `links`: the answers that the reader can click; `can_act`: a reply has rights, which the operator's has not.
    """

    kind: ClassVar[str] = "incident"
    called: str  # I7
    open: bool  # a person has said that it is one
    words: Sequence[str]  # in common; none where it was grouped by hand
    usual: int  # complaints like that in an hour
    cases: Sequence[IncidentCase]  # the oldest first
    by: str = ""  # who grouped them
    reference: str = ""  # the complaint that commands at the prompt name
    can_act: bool = True
    links: Sequence[Link] = ()

"""What people said a complaint is about, and the models that were learned from it, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailsla.core.model import Instant


class How(StrEnum):
    """How a label came: an agent's command or link, the command line, a file, or an answer to our own question."""

    COMMAND = "command"
    LINK = "link"
    CLI = "cli"
    CSV = "csv"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A person said which category a text is of. Append-only.

    Of a ticket the words are in its first mail; of a file they are `text`. `key` keeps a file that is read twice from
    counting twice. `guessed`: what mailsla had taken it for, "" = it had not decided.
    """

    id: int = 0
    at: Instant
    key: str
    category: str
    who: str
    how: How
    ticket_id: int | None = None
    text: str = ""
    guessed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptModel:
    """One version. `upto`: the newest label that it was fitted on.

    `active_since` None: it has never decided, or was given up (rollback).
    `recipe` as core.triage.learned.Recipe has it; `figures`: what it was adopted with.
    """

    id: int = 0
    made_at: Instant
    labels: int
    upto: int
    recipe: Mapping[str, object]
    figures: Mapping[str, object] = field(default_factory=dict)
    sha256: str
    active: bool = False
    active_since: Instant | None = None

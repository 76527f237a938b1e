"""What a command changes on a ticket: small values that flows turn into events and columns."""

from dataclasses import dataclass

from mailsla.core.model import Status, Ticket


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The ticket gets this status (sla.md section 4)."""

    status: Status


@dataclass(frozen=True, slots=True)
class Assign:
    """The ticket is this agent's; `team` is theirs, None when they are in none."""

    agent: str
    team: str | None


@dataclass(frozen=True, slots=True)
class SetPriority:
    """low | normal | high | urgent."""

    priority: str


@dataclass(frozen=True, slots=True)
class SetCategory:
    """A configured category; `team` answers it, None when the category names none (the ticket's stays)."""

    category: str
    team: str | None


@dataclass(frozen=True, slots=True)
class AddNote:
    """An internal note."""

    text: str


@dataclass(frozen=True, slots=True)
class MergeInto:
    """The ticket goes into this one."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class AskSupplier:
    """The ticket waits for a supplier, who owes us an answer within `target` ("": nothing was agreed)."""

    name: str
    target: str


Change = SetStatus | Assign | SetPriority | SetCategory | AddNote | MergeInto | AskSupplier

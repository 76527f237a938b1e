"""What a command changes on a ticket: small values that flows turn into events and columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.absence import Absence
from mailsla.core.model import Data, Instant, Message, Status, Ticket
from mailsla.core.recall import Outgoing


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
class ConfirmCategory:
    """The category that it has is right: nothing changes on the ticket, but triage learns it."""

    category: str


@dataclass(frozen=True, slots=True)
class AddNote:
    """An internal note."""

    text: str


@dataclass(frozen=True, slots=True)
class MergeInto:
    """The ticket goes into this one."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class SetRequester:
    """The ticket is of this customer; `name` "": as it is known."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class SplitOff:
    """The customer's mail becomes a ticket of its own."""

    mail: Message


@dataclass(frozen=True, slots=True)
class AskSupplier:
    """The ticket waits for a supplier, who owes us an answer within `target` ("": nothing was agreed)."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class MakePromise:
    """The customer is told this time, with the agent's words if there are any."""

    until: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class Recall:
    """A mail to the customer that has not left is not sent."""

    mail: Outgoing


@dataclass(frozen=True, slots=True)
class SendHeld:
    """The agent's answer that waits because another agent was faster goes out all the same."""

    intake_id: int


@dataclass(frozen=True, slots=True)
class DropHeld:
    """That answer is not sent."""

    intake_id: int


@dataclass(frozen=True, slots=True)
class HoldPromise:
    """No delay notice goes out by itself for what was promised so far."""


@dataclass(frozen=True, slots=True)
class BeginAbsence:
    """The agent is away from then on; nothing changes on the ticket."""

    absence: Absence


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """The agent is back, or does not go; nothing changes on the ticket."""

    absence: Absence


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """A part of the outcome, as the ticket's column keeps it (outcome.part_of)."""

    part: Data


@dataclass(frozen=True, slots=True)
class HandOver:
    """The ticket is this team's, whose rule of assignment says who has it."""

    team: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """No reminders until then; None: at once again."""

    until: Instant | None


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The ladders of these clocks end, each named by its episode (core/sla/escalation.py)."""

    episodes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Admit:
    """This customer takes part too."""

    address: str


@dataclass(frozen=True, slots=True)
class Dismiss:
    """They take part no more."""

    address: str


@dataclass(frozen=True, slots=True)
class GroupIncident:
    """The ticket's proposed incident is one, and these tickets belong to it too; a new one where there is none."""

    tickets: Sequence[Ticket]


@dataclass(frozen=True, slots=True)
class DismissIncident:
    """What was proposed is no incident."""


@dataclass(frozen=True, slots=True)
class LeaveIncident:
    """These tickets belong to the ticket's incident no more."""

    tickets: Sequence[Ticket]


OfIncidents = GroupIncident | DismissIncident | LeaveIncident
OfAgents = BeginAbsence | EndAbsence
OfAnswers = Recall | SendHeld | DropHeld
Change = (
    MakePromise
    | HoldPromise
    | SetStatus
    | Assign
    | SetPriority
    | SetCategory
    | ConfirmCategory
    | AddNote
    | MergeInto
    | SplitOff
    | SetRequester
    | AskSupplier
    | OfAnswers
    | OfIncidents
    | SetOutcome
    | HandOver
    | Snooze
    | Acknowledge
    | Admit
    | Dismiss
    | OfAgents
)

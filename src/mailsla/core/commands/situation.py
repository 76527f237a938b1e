"""What commands apply to, and what one of them comes to: the values that verbs take and give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from mailsla.core.absence import Absence
from mailsla.core.commands.changes import Change
from mailsla.core.directory import Directory
from mailsla.core.incident import Incident
from mailsla.core.model import Instant, Message, Reason, Role, Ticket
from mailsla.core.recall import Outgoing
from mailsla.core.replies import Names, Saved
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.terms import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who commands. `name`: of an agent; of the system's user when `is_cli` (who need not be an agent)."""

    name: str
    role: Role
    is_cli: bool = False

    @property
    def label(self) -> str:
        """As audit events name them: "agent:sam", "cli:root" (model.Event.actor)."""
        return f"cli:{self.name}" if self.is_cli else f"agent:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A clock that runs. `of`: what beside the main agreement it is of."""

    metric: Metric
    due: Instant
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A clock that runs and whose ladder has climbed; `episode` names it until its target is another one."""

    metric: Metric
    episode: str
    acknowledged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the commands apply to. `reopen_until`: the end of the reopen window, None = no end.

    `zone`: where the actor's days begin. `standing`: the absences that are neither over nor ended. `named`: the tickets
    that commands name, by the word that they are named by. `mails`: what customers wrote, oldest first, where
    a command needs it. `ours`: the addresses of mailboxes and agents. `replies`: the names of all saved replies;
    `saved`: those that commands name, filled, or why they can't be. Where a command asks for them: `outgoing`, what
    persons wrote to the customer; `held_answer`, the held mail of the actor that another agent's answer overtook;
    `running`, the clocks that have a due; `alarms`; `participants`, who takes part beside the requester, True: and gets
    copies; `on_mails`, those to be admitted whose address stands on a mail of the ticket; `incident`, which the ticket
    belongs to and that stands, with `together` tickets.
    """

    ticket: Ticket
    actor: Actor
    directory: Directory
    now: Instant
    reopen_until: Instant | None = None
    zone: tzinfo = UTC
    standing: Sequence[Absence] = ()
    named: Mapping[str, Ticket] = field(default_factory=dict)
    mails: Sequence[Message] = ()
    ours: frozenset[str] = frozenset()
    outgoing: Sequence[Outgoing] = ()
    held_answer: int | None = None
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    replies: Names = field(default_factory=dict)
    saved: Mapping[str, Saved | Reason] = field(default_factory=dict)
    running: Sequence[Running] = ()
    alarms: Sequence[Alarm] = ()
    participants: Mapping[str, bool] = field(default_factory=dict)
    on_mails: frozenset[str] = frozenset()
    incident: Incident | None = None
    together: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """One command that works: what it says and changes (None: it was so already). `text`: for the customer, above
    the agent's own."""

    said: Reason
    change: Change | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """One command that does not: why, and what was probably meant."""

    why: Reason
    meant: str = ""


Outcome = Done | Refused

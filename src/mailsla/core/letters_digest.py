"""What the digests of each morning say, as values: an agent's own cases, a manager's teams, the operator's queues."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from mailsla.core.model import Instant, Reason

MOST_ROWS = 40  # of one letter; all of them are in the file that goes along


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """A case with its clock that runs out first. `when`: late | today | soon (by noon of the next working day) |
    later; "" = no clock runs out, and then it says what for (`status`).
    """

    reference: str
    subject: str
    priority: str
    status: str
    when: str
    metric: str = ""
    of: str = ""  # whose clock: the track of a policy beside the main one, a team, a supplier
    due: Instant | None = None
    left: int = 0  # open seconds; of a late one how late it is, in clock seconds
    assignee: str = ""  # display name, "" = nobody has it
    team: str = ""
    instead_of: str = ""  # display name of the absent agent whose it is
    unacknowledged: bool = False  # it was escalated, and nobody has said #ack


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDigest:
    """To an agent, each morning: what is theirs and of those for whom they stand in, by time left."""

    kind: ClassVar[str] = "agent_digest"
    name: str
    at: Instant
    rows: Sequence[DigestRow]  # late, today and soon
    soon_until: Instant  # noon of the next working day
    waiting: int  # for customers or others: nothing to do
    later: int
    free: Sequence[str] = ()  # references of their teams' cases that nobody has
    held: Sequence[str] = ()  # references of their cases with mail that waits in a queue
    other_rows: Sequence[DigestRow] = ()  # those of `waiting` and `later`, for the file


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened on one local day."""

    day: str  # "2026-11-22"
    received: int
    resolved: int
    missed: int  # deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An incident that was noticed, and nobody has said whether it is one."""

    called: str  # "I7"
    count: int
    words: Sequence[str]
    reference: str  # of its first case: mailsla incident show, or a reply to the letter that asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerDigest:
    """To who manages a team or agents, each morning: late, due today, or escalated and not acknowledged."""

    kind: ClassVar[str] = "manager_digest"
    name: str
    at: Instant
    teams: Sequence[str]  # display names
    rows: Sequence[DigestRow]
    free: Sequence[DigestRow] = ()  # that nobody has
    proposed: Sequence[Proposed] = ()
    figures: Sequence[Figures] = ()  # yesterday, the day before; () = nothing happened
    open: int = 0  # in all
    instead_of: Sequence[str] = ()  # absent managers whose teams are among them


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One mail or letter that waits for a person."""

    number: str  # "M7", as `mailsla queue` takes it
    queue: str  # quarantine | held | outbox
    since: Instant
    about: str  # reference or mailbox
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDigest:
    """To the operator, daily: what is held, quarantined, failed. Nothing to say = not sent."""

    kind: ClassVar[str] = "queue_digest"
    host: str
    rows: Sequence[QueueRow]
    counts: dict[str, int] = field(default_factory=dict)

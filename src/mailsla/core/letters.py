"""What each letter says, as values: one frozen class a kind; the wording is in templates/emails and the catalogues.
Those to customers are in letters_customer.py.

Rules for who may read what are applied before: these values hold nothing that their reader may not see.
Instants are epoch seconds UTC; the template prints them in the reader's zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mailsla.core.letters_customer import (
    Acknowledgement,
    Closed,
    Closing,
    DelayNotice,
    OutOfScope,
    Promised,
    Relay,
    RelayCopy,
    SatisfactionReminder,
    StatusAnswer,
    Update,
    WaitingReminder,
)
from mailsla.core.letters_digest import AgentDigest, ManagerDigest, QueueDigest, QueueRow
from mailsla.core.letters_incident import IncidentLetter
from mailsla.core.letters_links import Link
from mailsla.core.letters_people import CatchUp, Explanation, HistoryLine, StandIn
from mailsla.core.letters_report import CustomerReport, ManagerReport
from mailsla.core.model import Instant, Reason
from mailsla.core.outcome import NO_OUTCOME, Outcome

# Those of other files are found here too where letters of both hold them.
__all__ = [
    "Acknowledgement",
    "Closed",
    "Closing",
    "DelayNotice",
    "HistoryLine",
    "Link",
    "OutOfScope",
    "Promised",
    "QueueDigest",
    "QueueRow",
    "Relay",
    "RelayCopy",
    "SatisfactionReminder",
    "StatusAnswer",
    "Update",
    "WaitingReminder",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the letter: language (catalogue), IANA zone, and whether that zone is our guess."""

    language: str
    zone: str
    zone_is_guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that goes along with a letter."""

    name: str
    type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The header fields of a letter, all but Subject (RFC 5322); ids without angle brackets."""

    from_name: str
    from_email: str
    to_email: str
    to_name: str = ""
    reply_to: str = ""  # the token address
    message_id: str
    in_reply_to: str = ""
    references: Sequence[str] = ()
    date: Instant
    auto_submitted: str = ""  # auto-replied | auto-generated | "" = written by a person
    list_id: str = ""  # mail to agents only: "<kind.host>" without brackets
    internal: Sequence[tuple[str, str]] = ()  # X-mailsla-* fields, mail to agents only
    unsubscribe: tuple[str, str] | None = None  # address and subject of the mail that ends such letters (RFC 2369)
    enclosures: Sequence[Enclosure] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A running clock as an agent reads it. Seconds left are open (business) seconds; late is clock seconds."""

    metric: str
    due: Instant | None  # None: paused, or overdue (then late_since)
    left: int = 0
    left_today: int = 0
    left_tomorrow: int = 0
    share: float = 0.0  # elapsed / target
    paused: bool = False
    late_since: Instant | None = None
    of: str = ""  # whose: the track of a policy beside the main one, a team, a supplier; "" = the main agreement's


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment, named."""

    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What every mail to an agent about one ticket states."""

    reference: str
    subject: str
    status: str
    priority: str
    priority_reasons: Sequence[Reason] = ()
    category: str = ""  # label, "" = to triage
    category_reasons: Sequence[Reason] = ()
    likeliest: Sequence[tuple[str, str, float]] = ()  # (category, label, certainty) when to triage
    asked: Sequence[tuple[str, str, float]] = ()  # the same when the agent is asked whether the category is right
    customer_name: str
    customer_email: str
    verified: bool
    customer_language: str  # "" = neither their text nor the configuration tells
    participants: Sequence[str] = ()  # who gets a copy of each answer beside the customer
    snoozed_until: Instant | None = None
    organisation: str = ""
    vip: bool = False
    dues: Sequence[Due] = ()
    team: str = ""
    assignee: str = ""  # display name, "" = nobody has it
    history: Sequence[HistoryLine] = ()
    files: Sequence[File] = ()
    linked: str = ""  # reference of the ticket that it follows
    next_step_at: Instant | None = None  # the next level of the ladder, and who is told
    next_step_who: str = ""
    can_act: bool = True  # False: a reply has no authority (no token in this mail)
    instead_of: str = ""  # display name of the absent agent for whom this is read
    away_until: Instant | None = None  # None: without end
    links: Sequence[Link] = ()
    outcome: Outcome = NO_OUTCOME
    rated: int = 0  # the customer's 1 to 5, 0 = none
    rated_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNotification:
    """To assignee or team: a new ticket."""

    kind: ClassVar[str] = "agent_notification"
    case: CaseFacts
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAnswer:
    """To the assignee or team: somebody wrote on an existing ticket."""

    kind: ClassVar[str] = "customer_answer"
    case: CaseFacts
    text: str
    author: str
    admit: str = ""  # the address that an agent may let take part
    what: str  # answer | third_party | unproven | reopened | auto_reply | bounce | thanks | comment


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRating:
    """To the manager: a customer is not content with how their complaint ended."""

    kind: ClassVar[str] = "low_rating"
    case: CaseFacts
    score: int
    text: str  # the customer's words, "" = none
    nobody: bool = False  # no manager is configured, so the operator reads this


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """To an agent: the ticket is yours now."""

    kind: ClassVar[str] = "assignment"
    case: CaseFacts
    text: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNews:
    """To an agent: news of a case that are no mail. `note`: a colleague's words, `text`: the customer's."""

    kind: ClassVar[str] = "case_news"
    case: CaseFacts
    what: Reason
    note: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLine:
    """One command of a mail: what it did, or why not."""

    command: str
    done: bool
    result: Reason
    meant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What goes to the customer, as they will see it; or what another agent sent them."""

    name: str  # of who reads it; of a colleague's answer, who wrote it
    email: str
    text: str
    signature: str = ""
    files: Sequence[File] = ()
    also: Sequence[str] = ()  # the addresses of those who get it beside them
    resolves: bool = False  # the closing paragraph stands below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """To the sender of commands: what each did. All or nothing."""

    kind: ClassVar[str] = "transcript"
    reference: str
    subject: str
    lines: Sequence[TranscriptLine]
    ok: bool
    relayed: bool = False  # the text below the commands goes to the customer
    relay_at: Instant | None = None
    copy: Copy | None = None  # of the text that goes to the customer
    undoable: bool = False  # until relay_at
    text: str = ""  # of the answer that was recalled
    theirs: Copy | None = None  # the answer of another agent that overtook the reader's
    help: bool = False  # list all commands below
    help_on: str = ""  # or explain this one
    inside: bool = False  # a reply to it goes to no customer
    by_link: bool = False  # of the mail nothing counted but its token


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """To the assignee or team: a clock runs out soon."""

    kind: ClassVar[str] = "reminder"
    case: CaseFacts
    metric: str
    due: Instant
    left: int
    left_today: int
    left_tomorrow: int = 0
    share: float = 0.0  # elapsed / target
    actions: Sequence[str] = ()  # the likeliest commands, as the list of commands writes them
    of: str = ""  # as in Due
    incident: str = ""  # I7: it speaks for all complaints of it, and a reply is for all


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationItem:
    """One complaint that needs the reader."""

    case: CaseFacts
    metric: str
    due: Instant
    late: int  # clock seconds past due; negative: seconds left
    level: int
    breached: bool
    tried: Sequence[HistoryLine] = ()
    next_at: Instant | None = None  # the next level of this clock's ladder, and who is told; None: it ends here
    next_who: str = ""
    of: str = ""  # as in Due
    answer_to: str = ""  # where a reply acts on this case, in a letter of several; "" = none does


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """To a manager (or whom the ladder names): complaints that need you, most urgent first."""

    kind: ClassVar[str] = "escalation"
    items: Sequence[EscalationItem]
    no_recipient: bool = False  # the ladder found nobody, so the operator reads this
    incident: str = ""  # I7: all of them belong to it, and a command in a reply is for all


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed:
    """To the agent: a mail to the customer did not arrive."""

    kind: ClassVar[str] = "delivery_failed"
    reference: str
    subject: str
    recipient: str
    was: str  # kind of the letter that failed
    answer: str  # the server's words, or why a person dropped it
    at: Instant
    dropped_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """To an agent's registered address: did you send this? Only their reply to this mail lets it act."""

    kind: ClassVar[str] = "confirmation"
    reference: str
    subject: str
    received_at: Instant
    text: str
    commands: Sequence[str]
    to_customer: str  # name or address of whom it would go to, "" = stays inside
    why: Reason
    until: Instant
    yes: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlert:
    """To the operator: something needs a person, or is well again."""

    kind: ClassVar[str] = "operator_alert"
    host: str
    what: Reason
    since: Instant
    command: str = ""  # one command to run
    again_at: Instant | None = None
    recovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedLine:
    """One mail that was not sent by itself."""

    at: Instant
    kind: str
    reference: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """To one of us: more than a person can read in an hour came, so here it is as one list, escalations first."""

    kind: ClassVar[str] = "folded"
    lines: Sequence[FoldedLine]


Content = (
    Acknowledgement
    | OutOfScope
    | AgentNotification
    | CustomerAnswer
    | LowRating
    | Assignment
    | Relay
    | RelayCopy
    | CaseNews
    | Closing
    | SatisfactionReminder
    | WaitingReminder
    | DelayNotice
    | Update
    | StatusAnswer
    | Transcript
    | Reminder
    | Escalation
    | DeliveryFailed
    | Confirmation
    | OperatorAlert
    | QueueDigest
    | AgentDigest
    | ManagerDigest
    | Folded
    | StandIn
    | Explanation
    | CatchUp
    | IncidentLetter
    | ManagerReport
    | CustomerReport
)

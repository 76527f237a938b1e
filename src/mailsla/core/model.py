"""The nouns of mailsla: frozen values that decisions take and give, and that stores keep.

Instants are integer seconds since the epoch, UTC (sla.md section 1); a local time is made only where a person reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Instant: TypeAlias = int
Scalar: TypeAlias = str | int | float | bool | None
Data: TypeAlias = Mapping[str, object]  # JSON: what an event or a notice carries besides its columns


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided, as a value: a code and what fills its sentence. The wording is not the core's."""

    code: str
    values: Mapping[str, Scalar] = field(default_factory=dict)


class Status(StrEnum):
    """Status of a ticket (sla.md section 4)."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_THIRD_PARTY = "waiting_third_party"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"
    VOID = "void"


ENDED = frozenset({Status.CLOSED, Status.MERGED, Status.VOID})
PRIORITIES = ("low", "normal", "high", "urgent")


class Role(StrEnum):
    """What a person is to a ticket."""

    CUSTOMER = "customer"
    AGENT = "agent"
    MANAGER = "manager"
    OPERATOR = "operator"


class IntakeState(StrEnum):
    """Where an accepted mail stands. `before`: was in the mailbox before mailsla was, never processed; `left`: of a
    Sent folder, and no case's business; `dropped`: a person set it aside for good (Drop)."""

    STORED = "stored"
    DONE = "done"
    DUPLICATE = "duplicate"
    HELD = "held"
    QUARANTINED = "quarantined"
    DROPPED = "dropped"
    BEFORE = "before"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One mail as it stands on a server: unique by (mailbox, folder, uidvalidity, uid)."""

    id: int = 0
    mailbox: str
    folder: str
    uidvalidity: int
    uid: str
    sha256: str | None  # of the raw bytes; None only for `before`
    received_at: Instant  # receipt: the earlier of the server's time and our acceptance
    accepted_at: Instant
    origin: str = "live"  # live | first_scan | import | reconcile
    state: IntakeState = IntakeState.STORED
    attempts: int = 0
    retry_at: Instant = 0
    reason: str = ""  # why held, quarantined, duplicate; or the last error
    ticket_id: int | None = None
    duplicate_of: int | None = None
    mark: str = "none"  # none | wanted | done: the advisory mark on the server
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """What we know of a folder on a server. Mails with uid < first_uid were there before us (IMAP only)."""

    mailbox: str
    folder: str
    uidvalidity: int
    first_uid: int
    first_seen_at: Instant
    read_at: Instant  # the last time that all of it was compared with our rows; 0: never


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person who wrote to us; language and zone are None until somebody set them."""

    id: int = 0
    email: str
    name: str = ""
    language: str | None = None
    zone: str | None = None
    first_seen_at: Instant = 0
    mail_stopped_until: Instant = 0  # a permanent bounce stops automatic mail for 60 days


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One complaint."""

    id: int = 0
    number: int  # 1001, 1002, ...
    reference: str  # "ACME-1042"
    mailbox: str
    status: Status = Status.NEW
    category: str | None = None  # None = to triage
    priority: str = "normal"
    team: str | None = None
    assignee: str | None = None
    customer_id: int
    requester: str  # address of the customer
    requester_name: str = ""
    verified: bool = False  # the first mail passed authentication
    answered: bool = False  # an agent has written to the customer: automatic mail may echo the subject
    subject: str  # {base} of letters.md section 4; never changes
    language: str
    zone: str
    organisation: str | None = None
    policy_version: int | None = None  # None = no SLA
    tracks: Mapping[str, int] = field(default_factory=dict)  # versions that count beside it, by track
    received_at: Instant  # receipt of its first mail
    opened_at: Instant
    resolved_at: Instant | None = None
    waiting_since: Instant | None = None
    snoozed_until: Instant | None = None  # its agents get no reminders until then
    closed_at: Instant | None = None
    linked_to: int | None = None
    merged_into: int | None = None
    muted_until: Instant = 0  # automatic mail to the outside
    triage: Data = field(default_factory=dict)  # how category and priority came about
    stub: bool = False  # opened for a mail that could not be read
    outcome: Data = field(default_factory=dict)  # upheld, cause, remedy (core/outcome.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of a ticket's audit trail; append-only. `at` is when it happened, `recorded_at` when we wrote it."""

    id: int = 0
    ticket_id: int
    at: Instant
    recorded_at: Instant
    type: str
    actor: str  # "customer:a@b.example", "agent:sam", "cli:root", "mailsla"
    data: Data = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail in a ticket's conversation, in or out."""

    id: int = 0
    ticket_id: int
    direction: str  # in | out
    kind: str  # customer | third_party | agent_reply | note | comment | auto_reply | bounce | list | feedback_report
    author: str  # address of the writer (in), name of the agent (out)
    author_name: str = ""
    message_id: str = ""  # without angle brackets
    references: tuple[str, ...] = ()
    subject: str = ""
    at: Instant
    text: str = ""  # the reply text, or the whole text where nothing was cut
    sha256: str | None = None  # the raw mail
    intake_id: int | None = None
    internal: bool = False  # never shown to a customer


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttachment:
    """An attachment that points into its raw mail: `part` is the path of the MIME part ("1.2")."""

    message_id: int
    name: str
    type: str
    size: int
    sha256: str
    part: str
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """Cache of one clock of a ticket, rebuilt from the events by core/sla/clocks.py."""

    ticket_id: int
    track: str = ""
    policy: str
    metric: str
    cycle: int
    state: str
    started_at: Instant
    target: int
    target_version: int
    elapsed: int
    due: Instant | None
    last_due: Instant | None = None  # the period that statistics count it in is that of this one
    breached_at: tuple[Instant, ...] = ()
    stopped_at: Instant | None = None
    tzdata: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A missed target; never changed, only corrected (sla.md section 4). again: how often the same one was recorded,
    and annulled, before."""

    id: int = 0
    ticket_id: int
    policy_version: int
    calendar_version: int | None = None
    metric: str
    cycle: int
    target_version: int
    target: int
    breached_at: Instant
    again: int = 0
    recorded_at: Instant
    tzdata: str
    cause: str = "due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A recorded breach counts no more: `superseded` by one at another instant, or `annulled`. Append-only."""

    id: int = 0
    breach_id: int
    kind: str  # annulled | superseded
    cause: str  # what changed: the type of an event, "calendar", "tzdata"
    at: Instant
    actor: str


class PromiseState(StrEnum):
    """`lapsed`: what it was about ended or waits for the customer, so it was neither kept nor broken."""

    OPEN = "open"
    KEPT = "kept"
    REVISED = "revised"
    BROKEN = "broken"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A time that a letter stated to a customer, and what became of it (core/sla/promises.py)."""

    id: int = 0
    ticket_id: int
    metric: str
    until: Instant
    date_only: bool = False  # the day that ends at `until`
    stated_at: Instant
    letter_id: int
    made_by: str = ""  # the agent who gave the time by a command; "" = the policy
    reason: str = ""  # that agent's words to the customer
    state: PromiseState = PromiseState.OPEN
    settled_at: Instant | None = None
    replaced_by: int | None = None  # the promise that revised it
    lapsed_because: str = ""  # the status that ended it unkept


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that is due at an instant: one table drives clocks, digests and alarms. Unique by (kind, key)."""

    kind: str  # ticket | digest | queues | tidy
    key: str
    at: Instant


class NoticeState(StrEnum):
    """`muted`: refused by a budget or RFC 3834, with the reason; `folded`: became part of another letter; `dropped`:
    by a person (Drop)."""

    PENDING = "pending"
    RENDERED = "rendered"
    CANCELLED = "cancelled"
    MUTED = "muted"
    FOLDED = "folded"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A decision that somebody is to be written to; unique by `key`, so that nothing is said twice."""

    id: int = 0
    key: str  # "ack:1042", "sla:1042:first_response:1:1:level:0:0:jo"
    kind: str  # the kind of letter: a folder in templates/emails
    ticket_id: int | None
    recipient: str  # the address
    person: str  # agent's name, or the address of a customer
    role: Role
    not_before: Instant
    created_at: Instant
    urgency: int  # 0 relay, 1 escalation, 2 acknowledgement, 3 reminder and the rest, 4 digest
    data: Data = field(default_factory=dict)
    state: NoticeState = NoticeState.PENDING
    reason: str = ""


class LetterState(StrEnum):
    """`sending` is committed before the first byte goes out: after a crash it means "possibly sent"."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A rendered mail to one recipient; Message-ID and bytes never change."""

    id: int = 0
    notice_id: int
    kind: str
    ticket_id: int | None
    sender: str  # envelope MAIL FROM
    recipient: str  # envelope RCPT TO
    outside: bool  # to a customer or a third party: budgets apply
    automatic: bool
    message_id: str  # without angle brackets
    content: bytes
    urgency: int
    created_at: Instant
    state: LetterState = LetterState.QUEUED
    attempts: int = 0
    next_at: Instant = 0
    claimed_by: str = ""
    claimed_until: Instant = 0
    sent_at: Instant | None = None
    possibly_twice: bool = False
    outcome: str = ""  # the server's last answer


@dataclass(frozen=True, slots=True)
class Automatic:
    """What budgets count of an automatic letter to the outside."""

    address: str  # of the recipient's mailbox, as core/access/recipients.py spells it
    ticket_id: int | None
    kind: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Posted:
    """One mail of a conversation with a customer: what they wrote (recipient ""), or a letter to the outside."""

    at: Instant
    message_id: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A random right bound to a ticket, a person and a role; only its hash is kept (mail.md section 3)."""

    hash: str
    ticket_id: int
    person: str
    role: Role
    purpose: str  # reply | note | action | rating | confirm | bounce
    created_at: Instant
    expires_at: Instant | None = None  # of reply and note set when the ticket closes
    used_at: Instant | None = None
    intake_id: int | None = None  # confirm: the held mail that it releases
    value: str = ""  # what a click does: action: its command ("wait customer"), rating: "1" to "5", confirm: "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An immutable version of a policy or calendar, by the hash of its content (sla.md section 4)."""

    id: int = 0
    kind: str  # policy | calendar
    name: str
    hash: str
    content: Data
    effective_from: Instant

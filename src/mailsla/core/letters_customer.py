"""What each letter to a customer says, as values (core/letters.py has the others, and what they have in common)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from mailsla.core.letters_links import Link
from mailsla.core.letters_report import CustomerReport
from mailsla.core.model import Instant
from mailsla.core.outcome import NO_OUTCOME, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A promised time: the metric and until when; day-count targets give the date only."""

    metric: str  # first_response | next_response | resolution | periodic_update
    until: Instant
    date_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """We were closed when the mail reached us: why, and when we open again."""

    reason: str  # before_hours | after_hours | closed_day | holiday
    holiday: str = ""
    reopens_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """To the customer: we have it, and a person answers by then."""

    kind: ClassVar[str] = "acknowledgement"
    name: str  # "" = not to be used
    reference: str
    subject: str  # base; used only when `verified`
    verified: bool
    received_at: Instant
    closed: Closed | None = None
    late_fetch: bool = False  # it reached us before we could read it: the time counts from receipt
    delayed_days: int = 0  # over 24 h late: honest words
    promises: Sequence[Promised] = ()
    category: str = ""  # label in the reader's language, "" = leave the row out: no letter is in two languages
    team: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfScope:
    """To whom this address is not for: the operator's own words, and how to go on if it is a complaint after all."""

    kind: ClassVar[str] = "out_of_scope"
    reference: str
    subject: str
    verified: bool
    text: str
    language: str  # that the text is in, and so the letter


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayNotice:
    """To the customer: another time than the one that we gave them, before that has passed."""

    kind: ClassVar[str] = "delay_notice"
    name: str
    reference: str
    subject: str
    verified: bool
    was: Promised | None  # None: we had given them no time; earlier than the new one: we are sorry
    promise: Promised
    reason: str = ""  # the agent's words
    team: str = ""

    @property
    def late(self) -> bool:
        """Whether what we promised first will be missed."""
        return self.was is not None and self.was.until < self.promise.until

    @property
    def promises(self) -> Sequence[Promised]:
        """The times that it states."""
        return (self.promise,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """To the customer, by itself: nothing new since then, and until when they hear of us again."""

    kind: ClassVar[str] = "update"
    name: str
    reference: str
    subject: str
    verified: bool
    since: Instant  # a person's last mail to them
    waiting: bool  # for somebody who is neither of us nor the customer
    promises: Sequence[Promised] = ()
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusAnswer:
    """To whoever asked "status?": where the complaint stands. Only stored promises, no internal states."""

    kind: ClassVar[str] = "status_answer"
    name: str
    reference: str
    subject: str
    verified: bool
    stands: str  # unanswered | open | waiting_third_party | waiting_customer | resolved | closed
    since: Instant  # when it began to stand so
    received_at: Instant
    missed: Promised | None = None  # a time that we gave and did not keep, where no other one was given since
    promises: Sequence[Promised] = ()
    reopen_until: Instant | None = None
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """To the customer: an agent's answer, as a person's mail."""

    kind: ClassVar[str] = "relay"
    subject: str
    reference: str
    text: str
    signature: str
    resolved: bool = False  # the answer with the closing paragraph
    ratings: Sequence[Link] = ()  # 1 to 5, with it
    outcome: Outcome = NO_OUTCOME  # told with it
    reopen_until: Instant | None = None
    asks: bool = False  # how we did, with it
    adr: str = ""  # with it: who decides where we do not agree, and where they are
    promises: Sequence[Promised] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayCopy(Relay):
    """To a participant: the same, once it has gone to the requester, to whom its promises were made."""

    kind: ClassVar[str] = "relay_copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """To the customer: resolved without a new answer."""

    kind: ClassVar[str] = "closing"
    name: str
    reference: str
    subject: str
    verified: bool
    reopen_until: Instant | None
    waited_days: int = 0  # resolved by itself because no answer came
    ratings: Sequence[Link] = ()  # 1 to 5
    outcome: Outcome = NO_OUTCOME
    asks: bool = False
    adr: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SatisfactionReminder:
    """To the customer, once: the question that they have not answered."""

    kind: ClassVar[str] = "satisfaction_reminder"
    name: str
    reference: str
    subject: str
    verified: bool
    asked_at: Instant
    ratings: Sequence[Link] = ()  # 1 to 5
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReminder:
    """To the customer: we wait for your answer."""

    kind: ClassVar[str] = "waiting_reminder"
    name: str
    reference: str
    subject: str
    verified: bool
    closes_at: Instant | None
    team: str = ""


TO_CUSTOMERS: Final = frozenset(
    kind.kind
    for kind in (
        Acknowledgement,
        OutOfScope,
        DelayNotice,
        Update,
        StatusAnswer,
        Relay,
        RelayCopy,
        Closing,
        SatisfactionReminder,
        WaitingReminder,
        CustomerReport,
    )
)

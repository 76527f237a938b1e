"""What letters between people inside say, as values: who stands in, what waited for the morning, why it is due then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mailsla.core.model import Instant, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of what happened."""

    at: Instant
    who: str
    what: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case in a list: what it is, and its clock that runs out first."""

    reference: str
    subject: str
    priority: str
    status: str
    metric: str = ""  # "" = no clock runs
    due: Instant | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """To who stands in for an absent agent, once at its start, or who takes over from one who is configured no
    more: what is open, the most urgent first."""

    kind: ClassVar[str] = "stand_in"
    name: str  # who is absent
    until: Instant | None  # the absence ends then; None: they are configured no more
    cases: Sequence[OpenCase]  # still theirs; after None nobody's
    yours: Sequence[OpenCase] = ()  # became the reader's
    nobody: bool = False  # nobody stands in, so the operator reads this


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLines:
    """A clock with the lines of core/sla/why.py, in order of time."""

    metric: str
    cycle: int
    state: str  # as ClockState; late also while it is overdue and runs on
    of: str = ""  # whose: the track of a policy beside the main one, a team, a supplier; "" = the main agreement's
    lines: Sequence[Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedTerms:
    """A policy and its calendar, each with the number of the version in force."""

    policy: str
    version: int
    calendar: str
    calendar_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPromise:
    """A time that a mail stated to the customer, and what became of it."""

    metric: str
    until: Instant
    date_only: bool
    stated_at: Instant
    state: str  # as PromiseState
    settled_at: Instant | None = None
    by: str = ""  # the agent who gave it, "" = the policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """To who wrote `#why`: category, priority and each due time, line by line."""

    kind: ClassVar[str] = "explanation"
    reference: str
    subject: str
    category: str  # label, "" = to triage
    category_reasons: Sequence[Reason]
    category_by: str  # who chose it afterwards, "" = nobody
    priority: str
    priority_reasons: Sequence[Reason]
    priority_by: str
    priority_raised: Sequence[Reason] = ()  # why it was raised since
    policies: Sequence[AgreedTerms]  # () = no clock runs
    clocks: Sequence[ClockLines]
    tzdata: str  # version of the time zone data that counted
    happened: Sequence[HistoryLine] = ()  # what people did about reminders, ladders and teams
    promises: Sequence[StatedPromise] = ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Alarm:
    """The deadline that a reminder or an escalation is about."""

    due: Instant
    metric: str
    of: str = ""  # as in ClockLines
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """One case of a list of what waited: the kinds of letters that it stands for, and the newest words of the customer.

    `answer_to`: the address at which a reply acts on this case, "" = none does.
    """

    case: OpenCase
    kinds: Sequence[str]
    instead_of: str = ""
    text: str = ""
    files: Sequence[tuple[str, int]] = ()  # name and bytes of what came with it
    alarms: Sequence[Alarm] = ()  # those about other deadlines than the case's first
    answer_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """To an agent or manager: what waited for their opening hours, or for us, as one letter, the most urgent first."""

    kind: ClassVar[str] = "catch_up"
    cases: Sequence[Waited]

"""How long an agent's answer waits to be recalled, and what of it can still be (mail.md section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailsla.core.model import Instant

MARGIN = 60  # seconds between the end of the wait and a due time, for the way to the server


def goes_at(now: Instant, window: int, dues: Iterable[Instant]) -> Instant:
    """When an answer goes out that may be recalled for `window` seconds, but before each of the due times to come."""
    soonest = min((due for due in dues if due >= now), default=now + window + MARGIN)
    return max(now, min(now + window, soonest - MARGIN))


class Leaving(StrEnum):
    """Where a mail to the customer stands on its way out."""

    WAITS = "waits"
    IN_DOUBT = "in_doubt"  # it is being sent, or was possibly
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail to the customer that a person caused: an answer, or the closing letter of a `#resolve`."""

    notice_id: int
    letter_id: int | None  # None: not yet written
    kind: str
    by: str  # the agent; or the user of the command line
    at: Instant  # when it went, or will go
    state: Leaving


def to_recall(mails: Iterable[Outgoing], name: str, *, anyones: bool) -> Outgoing | None:
    """The newest of `name` that has not left, else the newest that has; `anyones`: of whomever."""
    theirs = [one for one in mails if anyones or one.by == name]
    return max(theirs, key=lambda one: (one.state is Leaving.WAITS, one.notice_id), default=None)


def waiting_answer(mails: Iterable[Outgoing]) -> Outgoing | None:
    """What waits to be sent, the one that goes first."""
    return min((one for one in mails if one.state is Leaving.WAITS), key=lambda one: one.at, default=None)

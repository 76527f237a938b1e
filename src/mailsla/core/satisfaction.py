"""The one question to customers: who is asked, what their answers are, and which of them count."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from mailsla.core.model import Event, Instant, Status, Ticket
from mailsla.core.triage.scope import scope_of

ASKED, RATING = "satisfaction_asked", "rating"  # types of events
RATED = (Status.RESOLVED, Status.CLOSED)  # what can have been asked about
MACHINES = "refused_"  # why a robot or a list gets no acknowledgement; it is asked nothing either
_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer said. message: that it came with, for its words."""

    at: Instant
    score: int
    message: int | None
    customer: str  # as the audit trail calls them


@dataclass(frozen=True, slots=True)
class Asking:
    """By what rules customers are asked. share: of the complaints; again_after: seconds."""

    ask: bool
    share: float
    again_after: int


def asks(rules: Asking, ticket: Ticket, events: Sequence[Event], now: Instant) -> bool:
    """Whether the letter that ends this complaint asks. Its caller knows that a person has answered it."""
    asked = last_asked(events)
    return (
        rules.ask
        and not ticket.stub
        and scope_of(ticket) is None
        and ticket.status not in (Status.VOID, Status.MERGED)
        and ticket.muted_until <= now
        and not (asked is not None and now < asked + rules.again_after)
        and not any(_of_machine(event) for event in events)
        and _drawn(ticket.reference) < rules.share
    )


def last_asked(events: Sequence[Event]) -> Instant | None:
    """When the customer was asked last."""
    return max((event.at for event in events if event.type == ASKED), default=None)


def waits_for_answer(ticket: Ticket, events: Sequence[Event]) -> Instant | None:
    """When the customer was asked what they have said nothing to since; None: there is nothing to remind them of."""
    asked = last_asked(events)
    if asked is None or ticket.status not in RATED or scope_of(ticket) is not None:
        return None
    spoken = any(event.type in (RATING, "customer_mail") and event.at >= asked for event in events)
    reopened = any(event.type == "status" and event.at > asked and _opens(event) for event in events)
    return None if spoken or reopened else asked


def answers(events: Sequence[Event]) -> list[Answer]:
    """Those that count, oldest first: a customer's newest since they were asked takes the place of the one before."""
    counting: dict[tuple[int, str], Answer] = {}
    asked = 0
    for event in sorted(events, key=lambda one: one.at):
        asked += event.type == ASKED
        score, message = event.data.get("score"), event.data.get("message")
        if event.type == RATING and isinstance(score, int):
            key = (asked, event.actor)
            counting.pop(key, None)
            counting[key] = Answer(event.at, score, message if isinstance(message, int) else None, event.actor)
    return list(counting.values())


def is_low(score: int, low: int) -> bool:
    """Whether a manager is to hear of it."""
    return score <= low


def _drawn(reference: str) -> float:
    """0 to 1, the same for a complaint each time: a share of them is asked without a die being thrown."""
    return crc32(reference.encode()) % _BUCKETS / _BUCKETS


def _of_machine(event: Event) -> bool:
    return event.type == "acknowledgement_refused" and str(event.data.get("reason")).startswith(MACHINES)


def _opens(event: Event) -> bool:
    return event.data.get("to") not in (Status.RESOLVED.value, Status.CLOSED.value)

"""The complaint register: what is kept of each complaint, in the columns that regulators ask for; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mailsla.core.lifecycle import closes_again
from mailsla.core.model import ENDED, Event, Instant, Status, Ticket
from mailsla.core.outcome import Outcome, outcome_of
from mailsla.core.satisfaction import answers
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.targets import Target, due_of
from mailsla.core.triage.scope import scope_of

NOT_KNOWN: Final = "n/a"
SETTLED: Final = (Status.RESOLVED, Status.CLOSED)
PROMPT: Final = Target("business_days", 3)  # FCA DISP 1.5: by the close of the third business day after receipt
EIGHT_WEEKS: Final = Target("calendar_days", 56)  # FCA DISP 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One complaint. Instants None: it did not happen, or is not known."""

    ticket: Ticket
    outcome: Outcome
    acknowledged: Instant | None = None
    answered: Instant | None = None  # by a person, first
    final: Instant | None = None  # when the letter that told the outcome went out
    reopened: int = 0
    score: int | None = None
    within_three: bool | None = None  # business days; None: open and not yet too late, or no calendar tells
    within_weeks: bool | None = None  # eight
    missing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Complaints of the period that are not in the register, by why."""

    merged: int = 0  # they are part of the complaint that they went into
    void: int = 0  # spam
    out_of_scope: int = 0  # no complaint

    def __add__(self, other: "LeftOut") -> "LeftOut":
        return LeftOut(self.merged + other.merged, self.void + other.void, self.out_of_scope + other.out_of_scope)

    @property
    def count(self) -> int:
        """Of all of them."""
        return self.merged + self.void + self.out_of_scope


def why_left_out(ticket: Ticket) -> LeftOut | None:
    """None: it belongs into the register."""
    if ticket.status is Status.MERGED:
        return LeftOut(merged=1)
    if ticket.status is Status.VOID:
        return LeftOut(void=1)
    return LeftOut(out_of_scope=1) if scope_of(ticket) is not None else None


def entry_of(ticket: Ticket, events: Sequence[Event], calendar: Calendar | None, now: Instant) -> Entry:
    """`calendar`: of the policy that the complaint has, for business days."""
    outcome = outcome_of(ticket.outcome)
    rated = next(reversed(answers(events)), None)
    final = _final(ticket, events)
    resolved = ticket.resolved_at or ticket.closed_at
    return Entry(
        ticket=ticket,
        outcome=outcome,
        acknowledged=_first(
            events, lambda one: one.type == "letter_sent" and one.data.get("kind") == "acknowledgement"
        ),
        answered=_first(events, lambda one: one.type == "agent_reply"),
        final=final,
        reopened=sum(_reopens(one) for one in events),
        score=rated.score if rated else None,
        within_three=_within(PROMPT, calendar, ticket, resolved, now),
        within_weeks=_within(EIGHT_WEEKS, calendar, ticket, resolved, now),
        missing=tuple(_missing(ticket, outcome, final)),
    )


def _first(events: Sequence[Event], is_it: Callable[[Event], bool]) -> Instant | None:
    return min((event.at for event in events if is_it(event)), default=None)


def _final(ticket: Ticket, events: Sequence[Event]) -> Instant | None:
    """When the letter went out that ended it as it stands: the answer that resolved it, or the closing letter.

    Closed again after mere thanks, the letter before those stands.
    """
    if ticket.status not in SETTLED:
        return None
    for at in (at for at, event in reversed(list(enumerate(events))) if event.type == "status" and _ends(event)):
        ended = events[at]
        if ended.data.get("letter") is not None:
            return ended.at
        closings = (one.at for one in events[at:] if one.type == "letter_sent" and one.data.get("kind") == "closing")
        if (told := next(closings, None)) is not None or not closes_again(events[:at]):
            return told
    return None


def _ends(event: Event) -> bool:
    return event.data.get("to") == Status.RESOLVED.value or (
        event.data.get("to") == Status.CLOSED.value and event.data.get("from") != Status.RESOLVED.value
    )


def _reopens(event: Event) -> bool:
    settled = {one.value for one in SETTLED}
    over = settled | {one.value for one in ENDED}
    return event.type == "status" and event.data.get("from") in settled and event.data.get("to") not in over


def _within(
    target: Target, calendar: Calendar | None, ticket: Ticket, resolved: Instant | None, now: Instant
) -> bool | None:
    """Whether it was settled in that time; None while it may still be."""
    due = due_of(target, calendar, ticket.received_at) if calendar is not None else None
    if due is None:
        return None
    if ticket.status in SETTLED and resolved is not None:
        return resolved <= due
    return False if now > due else None


def _missing(ticket: Ticket, outcome: Outcome, final: Instant | None) -> list[str]:
    """The parts that a person can complete; only what has ended must have them."""
    if ticket.status not in SETTLED:
        return []
    parts = {
        "category": bool(ticket.category),
        "cause": bool(outcome.cause),
        "upheld": bool(outcome.upheld),
        "remedy": outcome.remedy is not None or outcome.upheld not in ("yes", "partly"),
        "final_response": final is not None,
    }
    return [name for name, there in parts.items() if not there]


Value = str | int | None
Show = Callable[[Instant | None], str | None]


@dataclass(frozen=True, slots=True)
class Form:
    """The columns of one regulator, in order."""

    name: str
    about: str
    columns: Mapping[str, Callable[[Entry, Show], Value]] = field(default_factory=dict)


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


COLUMNS: Final[Mapping[str, Callable[[Entry, Show], Value]]] = {
    "reference": lambda one, _: one.ticket.reference,
    "received": lambda one, at: at(one.ticket.received_at),
    "channel": lambda one, _: "e-mail",
    "mailbox": lambda one, _: one.ticket.mailbox,
    "complainant": lambda one, _: one.ticket.requester_name or None,
    "address": lambda one, _: one.ticket.requester,
    "organisation": lambda one, _: one.ticket.organisation,
    "subject": lambda one, _: one.ticket.subject or None,
    "category": lambda one, _: one.ticket.category,
    "severity": lambda one, _: one.ticket.priority,
    "team": lambda one, _: one.ticket.team,
    "responsible": lambda one, _: one.ticket.assignee,
    "acknowledged": lambda one, at: at(one.acknowledged),
    "first_response": lambda one, at: at(one.answered),
    "status": lambda one, _: one.ticket.status.value,
    "cause": lambda one, _: one.outcome.cause or None,
    "upheld": lambda one, _: one.outcome.upheld or None,
    "remedy": lambda one, _: (one.outcome.remedy.text or one.outcome.remedy.kind) if one.outcome.remedy else None,
    "redress_amount": lambda one, _: (one.outcome.remedy.amount or None) if one.outcome.remedy else None,
    "redress_currency": lambda one, _: (one.outcome.remedy.currency or None) if one.outcome.remedy else None,
    "remedy_by": lambda one, _: (one.outcome.remedy.by or None) if one.outcome.remedy else None,
    "resolved": lambda one, at: (
        at(one.ticket.resolved_at or one.ticket.closed_at) if one.ticket.status in SETTLED else None
    ),
    "final_response": lambda one, at: at(one.final),
    "within_3_business_days": lambda one, _: _yes(one.within_three),
    "within_8_weeks": lambda one, _: _yes(one.within_weeks),
    "closed": lambda one, at: at(one.ticket.closed_at),
    "times_reopened": lambda one, _: one.reopened,
    "satisfaction": lambda one, _: one.score,
    "missing": lambda one, _: " ".join(one.missing),
}
_FCA: Final = (
    "reference received acknowledged category cause status resolved within_3_business_days within_8_weeks upheld "
    "remedy redress_amount redress_currency final_response missing"
)
_ISO: Final = (
    "reference received channel complainant address organisation subject category severity acknowledged responsible "
    "first_response cause upheld remedy redress_amount redress_currency remedy_by resolved final_response closed "
    "status times_reopened satisfaction missing"
)
FORMS: Final[Mapping[str, Form]] = {
    name: Form(name, about, {column: COLUMNS[column] for column in columns.split()})
    for name, about, columns in (
        ("all", "everything that there is", " ".join(COLUMNS)),
        ("iso10002", "a register after ISO 10002", _ISO),
        ("fca", "what a return after FCA DISP 1 Annex 1 is counted from; nobody is named", _FCA),
    )
}


def row_of(entry: Entry, form: Form, shown: Show) -> dict[str, Value]:
    """One complaint by column; None: not known, or did not happen."""
    return {name: value(entry, shown) for name, value in form.columns.items()}

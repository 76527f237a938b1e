"""Promises: what became of each time that a mail stated, and when its delay notice is due (sla.md section 6).

Pure over the promises and the ticket's events, so that a replay always finds the same: an answer that bounced keeps
nothing. Promises are not targets: keeping one stops no clock, and an overdue clock may have a kept promise.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mailsla.core.model import ENDED, Event, Instant, Promise, PromiseState, Status
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.policy import Policy
from mailsla.core.sla.targets import due_of, parse_duration, parse_target
from mailsla.core.sla.terms import Metric

ANSWER, SOLUTION, UPDATE = "answer", "resolution", "periodic_update"
_SUBJECTS = {"first_response": ANSWER, "next_response": ANSWER}
FIVE_MINUTES = 300
UPDATED_BEFORE = "1h"  # open time before a promised update at which it goes out by itself
AUTOMATIC_UPDATE = "update"  # kind of the letter that keeps a promised update, though it stops no clock


@dataclass(frozen=True, slots=True)
class Delay:
    """A promise that will be missed, or an update that is due: when its customer hears, and the time given instead.

    kind: of the letter, delay_notice | update.
    """

    promise: Promise
    at: Instant
    until: Instant
    date_only: bool
    kind: str

    @property
    def key(self) -> str:
        """Unique for the ticket: no promise is put off twice."""
        return f"delay:{self.promise.id}"


@dataclass(frozen=True, slots=True)
class _Ending:
    """Something that ends a promise. Of several at one instant the first of PromiseState's order counts."""

    at: Instant
    state: PromiseState
    reason: str = ""
    replaced_by: int | None = None


_ORDER = (PromiseState.KEPT, PromiseState.REVISED, PromiseState.LAPSED)


def about(metric: str) -> str:
    """What a promise is about: an answer, the resolution or the next update. A later one about the same revises it."""
    return _SUBJECTS.get(metric, metric)


def told_to_customers(instant: Instant) -> Instant:
    """The time that a letter states: the later five minutes, in UTC."""
    return -(-instant // FIVE_MINUTES) * FIVE_MINUTES


def settled(
    promises: Sequence[Promise], events: Sequence[Event], pausing: Collection[Status], now: Instant
) -> tuple[Promise, ...]:
    """The promises of a ticket as they stand at `now`.

    promises, events: all of the ticket, in order. pausing: the statuses in which the policy's resolution pauses: what
    was promised then waits for the customer, so it lapses, and the next letter states a new time.
    """
    bounced = {event.data.get("letter") for event in events if event.type == "reply_bounced"}
    past = [
        event
        for event in events
        if event.at <= now and not (event.type == "agent_reply" and event.data.get("letter", 0) in bounced)
    ]
    return tuple(_settle(one, promises, past, pausing, now) for one in promises)


def standing(promises: Sequence[Promise], metric: str = "") -> Promise | None:
    """The open promise that comes first; with `metric` only those about the same."""
    open_ones = [
        one for one in promises if one.state is PromiseState.OPEN and (not metric or about(one.metric) == about(metric))
    ]
    return min(open_ones, key=lambda one: one.until, default=None)


def given_last(promises: Sequence[Promise]) -> Promise | None:
    """The open promise that an agent gave last."""
    by_agents = [one for one in promises if one.state is PromiseState.OPEN and one.made_by]
    return max(by_agents, key=lambda one: one.id, default=None)


def delays(
    promises: Sequence[Promise], events: Sequence[Event], policy: Policy, calendar: Calendar, now: Instant
) -> tuple[Delay, ...]:
    """What the customer is told of promises that are open now, due or still to come; nothing that an agent holds back.

    `promises` as `settled` gives them. The new time is `delay_extends` of the policy after the old one, never past.
    With `auto_update` a promised update is given by itself, and promises the next.
    """
    held = _held_until(events)
    waiting = [one for one in promises if one.state is PromiseState.OPEN and one.stated_at > held]
    return tuple(delay for one in waiting if (delay := _delay(one, policy, calendar, now)) is not None)


def _held_until(events: Sequence[Event]) -> Instant:
    """An agent holds back what was promised until then; -1 = none does, or they have answered since."""
    held = max((event.at for event in events if event.type == "promise_held"), default=-1)
    return -1 if any(event.type == "agent_reply" and event.at > held for event in events) else held


def _delay(promise: Promise, policy: Policy, calendar: Calendar, now: Instant) -> Delay | None:
    updates = promise.metric == UPDATE and policy.auto_update
    if policy.delay_notice is None and not updates:
        return None
    at = _told_at(promise, calendar, parse_duration(policy.delay_notice or UPDATED_BEFORE))
    if updates:
        new = next_update(policy, calendar, promise.until)
    else:
        new = extended(policy, calendar, promise.until, date_only=promise.date_only)
    if new is None or new[0] <= max(now, promise.until):
        return None
    return Delay(promise, at, *new, kind=AUTOMATIC_UPDATE if updates else "delay_notice")


def next_update(policy: Policy, calendar: Calendar, start: Instant) -> tuple[Instant, bool] | None:
    """Until when an update is owed after one at `start`, and whether that is a date alone; None: none is owed."""
    written = policy.targets.get(Metric.PERIODIC_UPDATE)
    if written is None:
        return None
    target = parse_target(written, policy.end_of, policy.roll)
    due = due_of(target, calendar, start)
    if due is None:
        return None
    return (due, True) if target.seconds is None else (told_to_customers(due), False)


def _told_at(promise: Promise, calendar: Calendar, before: int) -> Instant:
    """So much open time before the promised time, but no earlier than half way to it."""
    whole = calendar.elapsed(promise.stated_at, promise.until)
    at = calendar.due(promise.stated_at, whole - min(before, whole // 2))
    return promise.stated_at if at is None else at


def extended(
    policy: Policy, calendar: Calendar, until: Instant, *, date_only: bool = False
) -> tuple[Instant, bool] | None:
    """The time given instead of `until`, and whether it is a date alone; None: the calendar never opens again."""
    target = parse_target(policy.delay_extends, policy.end_of, policy.roll)
    due = due_of(target, calendar, until - 1 if date_only else until)
    if due is None:
        return None
    if date_only and target.seconds is not None:
        return calendar.end_of_date(calendar.local_date(due - 1)), True
    return (told_to_customers(due), False) if target.seconds is not None else (due, True)


def _settle(
    promise: Promise, all_of_them: Sequence[Promise], past: Sequence[Event], pausing: Collection[Status], now: Instant
) -> Promise:
    endings = [*_revisions(promise, all_of_them), *_endings(promise, past, pausing)]
    first = min(endings, key=lambda one: (one.at, _ORDER.index(one.state)), default=None)
    if first is not None and first.at <= promise.until:
        return replace(
            promise,
            state=first.state,
            settled_at=first.at,
            replaced_by=first.replaced_by,
            lapsed_because=first.reason,
        )
    broken = now > promise.until
    return replace(
        promise,
        state=PromiseState.BROKEN if broken else PromiseState.OPEN,
        settled_at=promise.until if broken else None,
        replaced_by=None,
        lapsed_because="",
    )


def _revisions(promise: Promise, all_of_them: Sequence[Promise]) -> Iterator[_Ending]:
    for later in all_of_them:
        if later.id > promise.id and about(later.metric) == about(promise.metric):
            yield _Ending(later.stated_at, PromiseState.REVISED, replaced_by=later.id)


def _endings(promise: Promise, past: Sequence[Event], pausing: Collection[Status]) -> Iterator[_Ending]:
    subject = about(promise.metric)
    for number, event in enumerate(past):
        if event.at < promise.stated_at or event.data.get("letter") == promise.letter_id:
            continue  # the mail that states a promise does not keep it
        if (event.type == "agent_reply" and subject != SOLUTION) or (
            event.type == "letter_sent" and subject == UPDATE and event.data.get("kind") == AUTOMATIC_UPDATE
        ):
            yield _Ending(event.at, PromiseState.KEPT)
        elif event.type == "status":
            to = Status(str(event.data["to"]))
            if to is Status.RESOLVED and subject == SOLUTION and _taken_up(past[number + 1 :], promise.until):
                continue  # as its clock it was stopped provisionally
            if to is Status.RESOLVED:
                yield _Ending(event.at, PromiseState.KEPT if subject == SOLUTION else PromiseState.LAPSED, to.value)
            elif to in ENDED or _waits(subject, to, pausing):
                yield _Ending(event.at, PromiseState.LAPSED, to.value)


def _taken_up(later: Sequence[Event], until: Instant) -> bool:
    """Whether what was resolved is taken up again before the promised time."""
    return any(
        event.type == "status" and event.at <= until and Status(str(event.data["to"])) not in (*ENDED, Status.RESOLVED)
        for event in later
    )


def _waits(subject: str, to: Status, pausing: Collection[Status]) -> bool:
    """As Terms.pauses: an answer is owed whatever the status, an update unless we wait for the customer."""
    return to in pausing and (subject == SOLUTION or (subject == UPDATE and to is Status.WAITING_CUSTOMER))

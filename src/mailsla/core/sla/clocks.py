"""The clocks of a ticket as a pure replay of what happened to it (sla.md section 4)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from mailsla.core.model import ENDED, Instant, Status
from mailsla.core.sla.targets import Target, due_of
from mailsla.core.sla.terms import DUTIES, RESPONSES, Metric, Terms
from mailsla.core.sla.timer import Cause, Clock, ClockState, Missed, Pause, Timer

__all__ = ["Clock", "ClockState", "Metric", "Missed", "Pause", "SlaEvent", "Terms", "replay"]


ADOPTING: Mapping[str, Cause] = {"merged_from": "merge", "split_from": "split"}


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a clock takes over from one of a merged ticket: elapsed in seconds, its target, and its terms."""

    metric: Metric
    started_at: Instant
    elapsed: int
    target: Target
    terms: Terms


@dataclass(frozen=True, slots=True)
class SlaEvent:
    """One event of a ticket that clocks can see. Types, and what they carry:

    created: receipt, the first event. customer_reply: a mail of the customer (not a satisfaction answer, not a
    question for the status). agent_reply: human, public and accepted by our server; `reply` may name it.
    reply_bounced: the agent_reply named by `reply` counts as never sent. status: the ticket's status becomes `to`; one
    that names the `reply` it came with never was if that bounced.
    terms: `terms` hold from here on (None: no SLA). asked: the team or supplier of this track has it now and owes
    `duty`; answered: it has done its part, or it was taken away. merged_from: another ticket came in, whose
    clock `adopted` was due earlier; split_from: the same of the ticket that this one was split from. Every other type
    changes nothing.
    """

    at: Instant
    type: str
    to: Status | None = None
    terms: Terms | None = None
    reply: str = ""
    duty: Metric | None = None
    adopted: Adopted | None = None


def replay(events: Iterable[SlaEvent], terms: Terms | None, now: Instant, track: str = "") -> tuple[Clock, ...]:
    """The clocks of one track at `now`, in order of start; events after `now` have not happened yet.

    `terms` hold from the receipt on (None: no SLA). Events of one instant apply in the order given.
    """
    past = sorted((event for event in events if event.at <= now), key=lambda event: event.at)
    bounced = {event.reply for event in past if event.type == "reply_bounced" and event.reply}
    ticket = _Ticket(terms)
    for event in past:
        if not (event.type in ("agent_reply", "status") and event.reply in bounced):
            ticket.apply(event)
    ticket.advance(now)
    return tuple(clock for timer in ticket.timers if (clock := timer.clock(track)) is not None)


def _taken_up(event: SlaEvent) -> bool:
    """Whether a person opens again what was closed: its clocks are over, and later ones run."""
    return event.type == "status" and event.to is Status.OPEN


class _Ticket:
    """Status and timers of a ticket while its events are replayed."""

    def __init__(self, terms: Terms | None) -> None:
        self.timers: list[Timer] = []
        self._terms = terms
        self._status = Status.NEW
        self._closes: Instant | None = None  # while resolved: the end of the reopen window
        self._duty: Metric | None = None  # what the team or supplier owes that has the ticket
        self._resting: list[Timer] = []  # stopped by resolving; they go on when it is reopened

    def advance(self, t: Instant) -> None:
        for timer in self.timers:
            timer.advance(t)
        if self._closes is not None and t > self._closes:
            self._change_status(self._closes, Status.CLOSED)

    def apply(self, event: SlaEvent) -> None:
        self.advance(event.at)
        if event.type == "created":
            self._start(Metric.FIRST_RESPONSE, event.at)
            self._start(Metric.RESOLUTION, event.at)
        elif self._status in ENDED and not _taken_up(event):
            return
        elif event.type == "customer_reply":
            self._customer_reply(event.at)
        elif event.type == "agent_reply":
            self._agent_reply(event.at)
        elif event.type == "status" and event.to is not None:
            self._change_status(event.at, event.to)
        elif event.type == "terms":
            self._change_terms(event.at, event.terms)
        elif event.type == "asked" and event.duty is not None:
            self._ask(event.at, event.duty)
        elif event.type == "answered":
            self._answer(event.at)
        elif event.type in ADOPTING and event.adopted is not None:
            self._adopt(event.at, event.adopted, ADOPTING[event.type])

    def _customer_reply(self, t: Instant) -> None:
        if self._status in (Status.WAITING_CUSTOMER, Status.RESOLVED):
            self._change_status(t, Status.OPEN)
        first_response_owed = any(timer.target is not None for timer in self._live(Metric.FIRST_RESPONSE))
        if not first_response_owed and not any(self._live(Metric.NEXT_RESPONSE)):
            self._start(Metric.NEXT_RESPONSE, t)

    def _agent_reply(self, t: Instant) -> None:
        for timer in self._live(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE):
            timer.stop(t)
        if self._status is not Status.RESOLVED:
            self._start(Metric.PERIODIC_UPDATE, t)

    def _ask(self, t: Instant, duty: Metric) -> None:
        """The clock of who is asked starts; a team that gets a resolved ticket owes nothing until it is open again."""
        if self._duty is None and not (duty is Metric.OLA and self._status is Status.RESOLVED):
            self._start(duty, t)
        self._duty = duty

    def _answer(self, t: Instant) -> None:
        for timer in self._live(*DUTIES):
            timer.stop(t)
        self._duty = None
        self._resting = [timer for timer in self._resting if timer.metric not in DUTIES]

    def _adopt(self, t: Instant, other: Adopted, cause: Cause) -> None:
        """An unanswered mail stays owed: by the first answer if that is, else by a next one."""
        metrics = RESPONSES if other.metric in RESPONSES else (other.metric,)
        owed = [timer for timer in self._live(*metrics) if timer.target is not None]
        if not owed:
            self._start(metrics[-1], t)
            owed = self.timers[-1:]
        owed[0].adopt(t, other.started_at, other.elapsed, other.target, other.terms, cause)

    def _change_status(self, t: Instant, to: Status) -> None:
        before, self._status = self._status, to
        if before is to:
            return
        self._closes = None
        if before is Status.WAITING_THIRD_PARTY and self._duty is Metric.UC and to not in (Status.MERGED, Status.VOID):
            self._answer(t)  # whoever takes it up again waits for the supplier no more
        if to is Status.MERGED or to is Status.VOID:
            self._leave(t, ClockState.MERGED if to is Status.MERGED else ClockState.CANCELLED)
        elif to is Status.RESOLVED or to is Status.CLOSED:
            self._resolve(t)
        elif before is Status.RESOLVED:
            self._reopen(t)
        else:
            self._hold(t)

    def _resolve(self, t: Instant) -> None:
        for timer in self._live(Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.PERIODIC_UPDATE):
            timer.end(t, ClockState.CANCELLED)
        self._resting = list(self._live(Metric.RESOLUTION, Metric.OLA))
        for timer in self._resting:
            timer.stop(t)
        for timer in self._live(Metric.UC):
            timer.end(t, ClockState.CANCELLED)
        if self._status is Status.RESOLVED and self._terms is not None:
            self._closes = due_of(self._terms.reopen_window, self._terms.calendar, t)

    def _reopen(self, t: Instant) -> None:
        """The solution's clock goes on, and that of the team which has the ticket."""
        for timer in self._resting:
            timer.reopen(t, self._terms, self._pausing(timer.metric))
        if self._duty is Metric.OLA and not any(self._live(Metric.OLA)):
            self._start(Metric.OLA, t)

    def _leave(self, t: Instant, state: Literal[ClockState.CANCELLED, ClockState.MERGED]) -> None:
        """End what runs, and the resolution that was stopped provisionally."""
        for timer in self.timers:
            if timer.live or timer.metric is Metric.RESOLUTION:
                timer.end(t, state)

    def _change_terms(self, t: Instant, terms: Terms | None) -> None:
        self._terms = terms
        for timer in self._live(*Metric):
            timer.agree(t, terms)
        self._hold(t)

    def _hold(self, t: Instant) -> None:
        for timer in self._live(*Metric):
            timer.hold(t, self._pausing(timer.metric))

    def _pausing(self, metric: Metric) -> Status | None:
        """The ticket's status if it makes clocks of this metric stand still."""
        pauses = self._terms is not None and self._terms.pauses(metric, self._status)
        return self._status if pauses else None

    def _start(self, metric: Metric, t: Instant) -> None:
        cycle = 1 + sum(timer.metric is metric for timer in self.timers)
        timer = Timer(metric, cycle, t)
        timer.agree(t, self._terms)
        timer.hold(t, self._pausing(metric))
        self.timers.append(timer)

    def _live(self, *metrics: Metric) -> Iterator[Timer]:
        return (timer for timer in self.timers if timer.live and timer.metric in metrics)

"""One clock while it is being replayed: it counts open time, notices that it is over, and becomes a `Clock`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from mailsla.core.model import Instant, Status
from mailsla.core.sla.spans import Span
from mailsla.core.sla.targets import Target, days_in, due_of
from mailsla.core.sla.terms import Metric, Terms


class ClockState(StrEnum):
    """`late` is final: an overdue clock that has not stopped is still `running`."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    CANCELLED = "cancelled"
    MERGED = "merged"


Cause = Literal["due", "change", "resume", "merge", "split"]
LIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that did not count, [start, end), and the status that was the cause; end None: it goes on."""

    start: Instant
    end: Instant | None
    status: Status


@dataclass(frozen=True, slots=True)
class Missed:
    """A breach as the replay finds it. cause: the due passed, or what else happened found it already over."""

    at: Instant
    target: Target
    target_version: int
    cause: Cause
    policy_version: int | None
    calendar_version: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One measurement of one metric, as of the `now` of the replay; times in seconds, instants epoch seconds.

    elapsed: open time until now, the pause or the stop (it goes on when overdue). paused_business_seconds: open time
    spent paused, without the time resolved. due: only while running and not overdue. deadline: what warnings and
    ladder count from: the due, or once overdue the instant of the breach; None unless running. deadline_version: the
    target version that the deadline belongs to. resumed_due: of a paused one, when it would be due if it went on now.
    counts_from: what a target of days counts from: the start, or that of a clock that was merged into it. later: by
    how many days pauses have moved it. last_due: the due, or the last one it had; of a paused one None.
    policy_version: of the terms in force, which are another ticket's after a merge.
    """

    metric: Metric
    cycle: int
    state: ClockState
    started_at: Instant
    target: Target
    target_version: int
    elapsed: int
    paused_business_seconds: int
    breaches: tuple[Missed, ...]
    stopped_at: Instant | None
    due: Instant | None
    deadline: Instant | None
    deadline_version: int
    pauses: tuple[Pause, ...]
    resumed_due: Instant | None
    counts_from: Instant
    later: int
    policy_version: int | None
    track: str = ""  # which of the agreements on the ticket it belongs to
    undone: int = 0  # how many recorded breaches of it a later replay took back
    last_due: Instant | None = None

    @property
    def of(self) -> str:
        """The track as people read it: of "team:depot" the team."""
        return self.track.rpartition(":")[2]

    @property
    def breached_at(self) -> tuple[Instant, ...]:
        """The instants of all breaches, ascending."""
        return tuple(missed.at for missed in self.breaches)

    @property
    def overdue(self) -> bool:
        """Whether it runs on after its deadline was missed."""
        return self.state is ClockState.RUNNING and self.deadline is not None and self.due is None

    def paused_spans(self) -> list[Span]:
        """The pauses that ended, as ranges for `Calendar.elapsed` and `Calendar.due`."""
        return [(pause.start, pause.end) for pause in self.pauses if pause.end is not None]


class Timer:
    """Counts one metric from `started_at`; each call gives an instant not before the last one.

    Without a target it only keeps its pauses: what a policy that comes later asks for is counted from the start,
    in that policy's calendar.
    """

    def __init__(self, metric: Metric, cycle: int, at: Instant) -> None:
        self.metric = metric
        self.cycle = cycle
        self.started_at = at
        self.state = ClockState.RUNNING
        self.target: Target | None = None  # in force; None: not owed
        self._shown: Target | None = None  # the last one that was in force
        self._terms: Terms | None = None
        self._version = 0
        self._mark = at  # counted until here
        self._elapsed = 0
        self._paused = 0
        self._breaches: list[Missed] = []
        self._overdue = False  # a breach is recorded and no later target has undone it
        self._stopped_at: Instant | None = None
        self._dropped_at: Instant | None = None  # when terms came that don't owe it any more
        self._last_due: Instant | None = None  # of one that has ended
        self._pauses: list[Pause] = []
        self._days_from = at  # what deadlines of days count from
        self._adopted = False  # target and calendar are those of a clock that was merged into this one

    @property
    def live(self) -> bool:
        """Whether it runs or is paused."""
        return self.state in LIVE

    def advance(self, t: Instant) -> None:
        """Count until `t`; a due that lies before `t` is a breach, one at `t` is not yet."""
        if self._terms is not None and self.target is not None and self.live:
            due = self._due()
            if due is not None and due < t:
                self._breach(due, "due")
            passed = self._terms.calendar.elapsed(self._mark, t)
            if self.state is ClockState.RUNNING:
                self._elapsed += passed
            else:
                self._paused += passed
        self._mark = t

    def agree(self, t: Instant, terms: Terms | None) -> None:
        """New terms from `t` on: elapsed is carried over, the target replaced (sla.md section 4, Change)."""
        self._adopted = False
        before, terms_before = self.target, self._terms
        target = terms.targets.get(self.metric) if terms else None
        if before is not None and target is None:
            self._last_due = self._owed_at()
        self._terms, self.target = terms, target
        if terms is None or target is None:
            self._dropped_at = t if before is not None else self._dropped_at
            return
        if before is None:
            self._count_from_start(t, terms)
        # A deadline of days hangs on its calendar: another calendar makes it another deadline.
        same_calendar = terms_before is not None and terms_before.calendar.spec == terms.calendar.spec
        if before != target or (target.seconds is None and not same_calendar):
            self._version += 1
            self._shown = target
            self._overdue = self._overdue and self._over()
            self._breach_if_over(t, "change")

    def adopt(self, t: Instant, started_at: Instant, elapsed: int, target: Target, terms: Terms, cause: Cause) -> None:
        """Go on as a clock of another ticket that was due earlier (sla.md section 4, Merge; also after a split)."""
        self._terms, self.target, self._shown = terms, target, target
        self._elapsed, self._days_from = elapsed, started_at
        self._version += 1
        self._adopted = True
        self._breach_if_over(t, cause)

    def hold(self, t: Instant, status: Status | None) -> None:
        """Stand still because of a status, or (None) run; standing still again changes nothing."""
        holding = self._pauses[-1].status if self.state is ClockState.PAUSED else None
        if holding is status:
            return
        if holding is not None:
            self._end_pause(t)
        if status is not None:
            self.state = ClockState.PAUSED
            self._pauses.append(Pause(t, None, status))
        else:
            self.state = ClockState.RUNNING
            self._breach_if_over(t, "resume")

    def stop(self, t: Instant) -> None:
        """What was measured has happened: met or late against the target in force.

        A deadline of days, which no pause moves, may have passed in one: it is missed now, and statistics see it.
        """
        if self.target is not None and self.target.seconds is None and not self._overdue and self._over():
            self._breach(t, "resume")
        self.end(t, ClockState.LATE if self._overdue or self._over() else ClockState.MET)

    def end(self, t: Instant, state: ClockState) -> None:
        """It is not measured any further, and this is its final state."""
        if self.state is ClockState.PAUSED:
            self._end_pause(t)
        if self.live and self.target is not None:
            self._last_due = self._owed_at()
        self.state = state
        self._stopped_at = t

    def reopen(self, t: Instant, terms: Terms | None, status: Status | None) -> None:
        """Go on after a provisional stop, running or (with a status) paused; the time between counts as nothing."""
        if self._stopped_at is not None and self._stopped_at < t:
            self._pauses.append(Pause(self._stopped_at, t, Status.RESOLVED))
        self._stopped_at = None
        self.state = ClockState.RUNNING if status is None else ClockState.PAUSED
        if status is not None:
            self._pauses.append(Pause(t, None, status))
        if not self._adopted:  # else reopening would give back the time that a merge took
            self.agree(t, terms)
        self._breach_if_over(t, "resume")

    def clock(self, track: str = "") -> Clock | None:
        """As it stands; None if it never had a target."""
        if self._shown is None:
            return None
        due = self._due()
        deadline = self._breaches[-1].at if self._overdue and self.state is ClockState.RUNNING else due
        dropped = self.target is None
        return Clock(
            metric=self.metric,
            cycle=self.cycle,
            state=ClockState.CANCELLED if dropped else self.state,
            started_at=self.started_at,
            target=self._shown,
            target_version=self._version,
            elapsed=self._elapsed,
            paused_business_seconds=self._paused,
            breaches=tuple(self._breaches),
            stopped_at=self._dropped_at if dropped else self._stopped_at,
            due=due,
            deadline=deadline,
            deadline_version=self._breaches[-1].target_version if self._overdue else self._version,
            pauses=tuple(self._pauses),
            resumed_due=self._deadline() if self.state is ClockState.PAUSED else None,
            counts_from=self._days_from,
            later=self._days_paused(),
            policy_version=self._terms.policy_version if self._terms else None,
            track=track,
            last_due=self._last_due if dropped or not self.live else self._breaches[-1].at if self._overdue else due,
        )

    def _due(self) -> Instant | None:
        """When it is due if it runs on from the mark; None unless it is running with a target, and not overdue."""
        if self._overdue or self.state is not ClockState.RUNNING:
            return None
        return self._deadline()

    def _owed_at(self) -> Instant | None:
        """The deadline that statistics go by: as it stands now, or the one that was missed."""
        return self._breaches[-1].at if self._overdue else self._deadline()

    def _deadline(self) -> Instant | None:
        if self._terms is None or self.target is None:
            return None
        if self.target.seconds is None:
            due = due_of(self.target, self._terms.calendar, self._days_from, later=self._days_paused())
        else:
            due = self._terms.calendar.due(self._mark, self.target.seconds - self._elapsed)
        if due is None or not self._terms.grace_until_next_opening:
            return due
        opening = self._terms.calendar.next_open(due)
        return due if opening is None else opening

    def _days_paused(self) -> int:
        """By how many days pauses move a deadline of days: none, unless the policy says so."""
        if self._terms is None or self.target is None or not self._terms.pauses_move_days:
            return 0
        waited = [pause for pause in self._pauses if pause.status is not Status.RESOLVED]
        spans = [(pause.start, self._mark if pause.end is None else pause.end) for pause in waited]
        return days_in(self.target, self._terms.calendar, spans)

    def _over(self) -> bool:
        """Whether more than the target has passed; exactly the target is still in time."""
        if self.target is None:
            return False
        if self.target.seconds is not None:
            return self._elapsed > self.target.seconds
        deadline = self._deadline()
        return deadline is not None and self._mark > deadline

    def _breach_if_over(self, t: Instant, cause: Cause) -> None:
        if self.state is ClockState.RUNNING and not self._overdue and self._over():
            self._breach(t, cause)

    def _breach(self, at: Instant, cause: Cause) -> None:
        if self.target is not None:
            version = self._terms.policy_version if self._terms else None
            hours = self._terms.calendar.at(at).version if self._terms else None
            self._breaches.append(Missed(at, self.target, self._version, cause, version, hours))
            self._overdue = True

    def _count_from_start(self, t: Instant, terms: Terms) -> None:
        """Take on a target for the first time (or again): all time since the start counts, in this calendar."""
        ranges = [(pause.start, t if pause.end is None else pause.end, pause.status) for pause in self._pauses]
        idle = [(start, end) for start, end, _ in ranges]
        waiting = [(start, end) for start, end, status in ranges if status is not Status.RESOLVED]
        self._elapsed = terms.calendar.elapsed(self.started_at, t, idle)
        self._paused = sum(terms.calendar.elapsed(start, end) for start, end in waiting)

    def _end_pause(self, t: Instant) -> None:
        last = self._pauses.pop()
        if last.start < t:
            self._pauses.append(Pause(last.start, t, last.status))

"""Which warnings, breaches and levels of a ladder a clock has reached, and when the next one comes (sla.md 5).

Nothing here remembers what fired: the caller keeps the keys, each unique for its ticket and policy.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mailsla.core.model import Instant
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.policy import Level, Policy
from mailsla.core.sla.rungs import Warned, parse_offset, parse_warning
from mailsla.core.sla.targets import parse_duration
from mailsla.core.sla.timer import Clock, ClockState


@dataclass(frozen=True, slots=True)
class Firing:
    """A warning, breach or level of a ladder that is to be acted upon, once.

    rule: the warning as written, "breach" or "level". level: index in the policy's list of warnings or ladder.
    repeat: 0 for the first time. at: the instant it fell on. superseded: reached, but a later one speaks for it; to be
    recorded, not sent. key: metric:cycle:target version:rule:level:repeat, on another track than the main one after
    "track/"; after an annulment followed by ":" and how many there were.
    """

    kind: Literal["warning", "breach", "level"]
    rule: str
    level: int
    repeat: int
    at: Instant
    key: str
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class _Planned:
    """A firing before it is known whether it is reached; `reached_at` is the first instant at which it is."""

    firing: Firing
    reached_at: Instant


def due_now(
    clock: Clock, policy: Policy, calendar: Calendar, fired: Collection[str], now: Instant
) -> tuple[Firing, ...]:
    """What is reached at `now` and not in `fired`, by time.

    Of the levels reached since the last look only the highest speaks, of the warnings only the last, and none after
    the breach; the others are superseded. Nothing for a clock that is paused, stopped or never due.
    `clock` is as of `now`.
    """
    reached = [plan.firing for plan in _plan(clock, policy, calendar) if plan.reached_at <= now]
    breached = any(firing.kind == "breach" for firing in reached)
    new = [firing for firing in reached if firing.key not in fired]
    speaking = [_last(new, "level"), _last(new, "breach"), None if breached else _last(new, "warning")]
    return tuple(
        firing if any(firing is speaker for speaker in speaking) else replace(firing, superseded=True)
        for firing in sorted(new, key=lambda firing: firing.at)
    )


def next_moment(
    clock: Clock, policy: Policy, calendar: Calendar, fired: Collection[str], now: Instant
) -> Instant | None:
    """When `due_now` will next have something to say, `now` if it does already; None: never, as things stand."""
    waiting = [plan.reached_at for plan in _plan(clock, policy, calendar) if plan.firing.key not in fired]
    return max(min(waiting), now) if waiting else None


def upcoming(clock: Clock, policy: Policy, calendar: Calendar, fired: Collection[str]) -> tuple[Firing, ...]:
    """All that the clock will fire if it runs on, or has reached and not fired, in no order."""
    return tuple(plan.firing for plan in _plan(clock, policy, calendar) if plan.firing.key not in fired)


def rungs(clock: Clock, policy: Policy, calendar: Calendar) -> tuple[Firing, ...]:
    """The levels of the ladder of a clock that runs, reached or not, with their repeats."""
    return tuple(plan.firing for plan in _plan(clock, policy, calendar) if plan.firing.kind == "level")


def episode(clock: Clock) -> str:
    """What the keys of a clock's firings have in common: another target is another episode, and so is a deadline that
    was missed, annulled and is set anew.
    """
    track = f"{clock.track}/" if clock.track else ""
    anew = f":{clock.undone}" if clock.undone else ""
    return f"{track}{clock.metric}:{clock.cycle}:{clock.deadline_version}{anew}"


def _plan(clock: Clock, policy: Policy, calendar: Calendar) -> Iterator[_Planned]:
    """Everything that the clock will fire if it runs on, reached or not."""
    if clock.state is not ClockState.RUNNING or clock.deadline is None:
        return
    scale = _Scale(clock, calendar, clock.deadline)
    for number, text in enumerate(policy.warnings):
        at = scale.warning(parse_warning(text))
        if at is not None:
            yield _planned(clock, "warning", text, number, 0, at)
    yield _planned(clock, "breach", "breach", 0, 0, clock.deadline)
    for number, level in enumerate(policy.ladder):
        for repeat, offset in enumerate(_offsets(level)):
            at = scale.offset(offset)
            if at is not None:
                yield _planned(clock, "level", "level", number, repeat, at)


def _planned(
    clock: Clock, kind: Literal["warning", "breach", "level"], rule: str, level: int, repeat: int, at: Instant
) -> _Planned:
    track = f"{clock.track}/" if clock.track else ""
    # A deadline that was missed, annulled and is set anew is another one: it warns and escalates for itself.
    anew = f":{clock.undone}" if clock.undone else ""
    key = f"{track}{clock.metric}:{clock.cycle}:{clock.deadline_version}:{rule}:{level}:{repeat}{anew}"
    # At exactly due it is not yet late: what falls on the due is reached a second after it.
    just_due = kind != "warning" and at == clock.due
    return _Planned(Firing(kind, rule, level, repeat, at, key), at + 1 if just_due else at)


def _offsets(level: Level) -> list[int]:
    """Open seconds relative to due of each time the level speaks."""
    first = parse_offset(level.offset)
    every = 0 if level.repeat is None else parse_duration(level.repeat)
    return [first + every * repeat for repeat in range(level.at_most if every else 1)]


class _Scale:
    """The open time of a clock around its deadline."""

    def __init__(self, clock: Clock, calendar: Calendar, deadline: Instant) -> None:
        self._start, self._deadline, self._calendar = clock.started_at, deadline, calendar
        self._pauses = clock.paused_spans()
        self._total = calendar.elapsed(clock.started_at, deadline, self._pauses)

    def warning(self, warned: Warned) -> Instant | None:
        """When a warning falls due; None if that is before the clock's start."""
        if warned.seconds_before is not None:
            return self.offset(-warned.seconds_before)
        used = -(-self._total * (warned.percent or 0) // 100)
        return self.offset(used - self._total)

    def offset(self, offset: int) -> Instant | None:
        """The instant with so much open time between it and the deadline; None if that is before the clock's start."""
        if offset >= 0:
            return self._calendar.due(self._deadline, offset, self._pauses)
        used = self._total + offset
        return self._calendar.due(self._start, used, self._pauses) if used > 0 else None


def _last(firings: list[Firing], kind: str) -> Firing | None:
    """The one that speaks: of the highest level, its latest repeat; of warnings, the latest."""
    mine = [firing for firing in firings if firing.kind == kind]
    if kind == "level":
        return max(mine, key=lambda firing: (firing.level, firing.repeat), default=None)
    return max(mine, key=lambda firing: firing.at, default=None)

"""Objectives of a month: X % within Y, how much error budget is left, and whether the month will be lost.

At risk is said when what was missed is more than chance makes of it: of `FEWEST` or more at least, and were the
objective just held, so many misses would come about in less than one month of twenty. Lost is said when the misses are
more than the whole month's budget, if it becomes no smaller than the month before (where none was: if it goes on as it
began).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import exp, fsum, lgamma, log
from typing import Literal

from mailsla.core.model import Instant
from mailsla.core.report.model import Objective
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.service_level import ServiceLevel
from mailsla.core.sla.targets import Target, due_of, parse_target
from mailsla.core.sla.terms import Metric

FEWEST = 10  # of fewer nothing is said
CHANCE = 0.05
_LEVEL = re.compile(r"\s*(\d{1,3}(?:\.\d{1,6})?) ?% within (.+)", re.ASCII)

Stage = Literal["", "at_risk", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One of [[objectives]]. levels: "80 % within 4h". An empty condition takes everything; customer: an organisation.

    to: who is told when the month will be lost: names of agents, role:NAME, addresses.
    """

    name: str
    metric: Metric
    levels: tuple[str, ...]
    category: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    to: tuple[str, ...] = ("role:operator",)

    def takes(self, category: str | None, team: str | None, customer: str | None, priority: str) -> bool:
        """Whether a complaint of these is meant."""
        given = ((category, self.category), (team, self.team), (customer, self.customer), (priority, self.priority))
        return all(not allowed or value in allowed for value, allowed in given)


@dataclass(frozen=True, slots=True)
class Level:
    """`share` of all `within`; `written` as in the configuration."""

    share: Fraction
    within: Target
    written: str


@dataclass(slots=True)
class Count:
    """Of a level: done in time, not done in time, and what may still be either."""

    good: int = 0
    bad: int = 0
    open: int = 0

    def add(self, good: bool | None) -> None:
        """One more; None: it is still open."""
        self.good += good is True
        self.bad += good is False
        self.open += good is None


@dataclass(frozen=True, slots=True)
class Standing:
    """A level as it stands. expected: how many the month is taken to have in the end."""

    goal: Goal
    objective: Objective
    open: int
    expected: int
    stage: Stage

    @property
    def allowed(self) -> int:
        """How many may fail in the whole month."""
        return int((1 - self.objective.level.share) * self.expected)


def levels_of(goal: Goal) -> Iterator[Level]:
    """ValueError (TargetError) for one that can't be read."""
    return map(level_of, goal.levels)


def level_of(text: str) -> Level:
    """Of "80 % within 4h"; ValueError for another form."""
    found = _LEVEL.fullmatch(text)
    if found is None or not 0 < Fraction(found[1]) <= 100:
        raise ValueError(f'"{text}" is no objective')
    return Level(Fraction(found[1]) / 100, parse_target(found[2]), found[2].strip())


@dataclass(frozen=True, slots=True)
class Lasted:
    """A clock with a deadline. elapsed: open seconds until it stopped; stopped_at None: it runs."""

    started_at: Instant
    stopped_at: Instant | None
    elapsed: int
    target: int  # open seconds, 0 = of days
    last_due: Instant


def in_time(within: Target, calendar: Calendar, clock: Lasted, now: Instant) -> bool | None:
    """Whether it took no more; None: it runs, and may still."""
    if within.seconds is None:
        due = due_of(within, calendar, clock.started_at)
        over = due is not None and (now if clock.stopped_at is None else clock.stopped_at) > due
    else:
        over = _taken(calendar, clock, now) > within.seconds
    return False if over else None if clock.stopped_at is None else True


def _taken(calendar: Calendar, clock: Lasted, now: Instant) -> int:
    """Open seconds; of one that runs from how far off its due is, which knows of its pauses."""
    if clock.stopped_at is not None:
        return clock.elapsed
    if not clock.target:
        return calendar.elapsed(clock.started_at, now)
    return clock.target - calendar.elapsed(now, clock.last_due) + calendar.elapsed(clock.last_due, now)


def standing(goal: Goal, level: Level, count: Count, last_month: int, gone: Fraction) -> Standing:
    """`last_month`: how many the month before had, 0 = not known. gone: of the month; 1: nothing is foretold."""
    over = gone >= 1
    total = count.good + count.bad
    reached = ServiceLevel(level.share, count.good, total)
    pace = None if over else reached.ratio
    known = last_month or (int(total / gone) if gone else 0)
    expected = total if over else max(total + count.open, known)
    objective = Objective(goal.name, goal.metric.value, level.written, reached, pace)
    stage: Stage = "" if over or total < FEWEST else _stage(level.share, count.bad, total, expected)
    return Standing(goal, objective, count.open, expected, stage)


def _stage(share: Fraction, bad: int, total: int, expected: int) -> Stage:
    if bad > (1 - share) * expected:
        return "lost"
    if bad > (1 - share) * total and chance_of(bad, total, 1 - share) < CHANCE:
        return "at_risk"
    return ""


def chance_of(bad: int, total: int, rate: Fraction) -> float:
    """That of `total` so many or more fail, if each fails at this rate (binomial); 0 for a rate of 0."""
    if rate == 0:
        return 0.0 if bad else 1.0
    if rate == 1:
        return 1.0
    fails, holds = log(rate), log(1 - rate)
    ways = (lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) for k in range(bad, total + 1))
    return min(
        1.0,
        fsum(exp(way + k * fails + (total - k) * holds) for k, way in zip(range(bad, total + 1), ways, strict=True)),
    )

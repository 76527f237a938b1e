"""A row of the torture: what is tried, how often in all, and what a slice of it came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """Of one slice. `done`: how many were tried, in the row's unit. `faults`: in words, none is what is wanted; each
    names what is needed to see it again. `figures`: what else was counted or measured, name -> number.
    """

    done: int
    faults: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """`run(seconds, seed)` tries until about so many seconds have passed, at least once, and stops at nothing that it
    finds. `goal`: how many in all slices together. `minutes`: what the goal takes, about; rows share a slice's time by
    what is left of it. `least`: seconds below which a slice is worth nothing. `totals`: how figures of slices become
    one: "sum" or "max".
    """

    name: str
    unit: str
    goal: int
    minutes: float
    run: Callable[[float, int], Outcome]
    least: float = 0.0
    totals: Mapping[str, str] = field(default_factory=dict)

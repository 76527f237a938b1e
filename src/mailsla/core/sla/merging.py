"""Which clocks of a merged ticket the surviving one goes on by: merging never buys time (sla.md section 4)."""

from collections.abc import Collection, Sequence

from mailsla.core.model import Instant
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.terms import DUTIES, RESPONSES
from mailsla.core.sla.timer import LIVE, ClockState


def adopted(ours: Sequence[Clock], theirs: Sequence[Clock], tracks: Collection[str]) -> tuple[Clock, ...]:
    """Those of their clocks that are due before ours of the same track and metric; all as of the merge.

    A paused clock is taken as if it ran on. First and next response are one thing here: an unanswered mail. What is
    owed inside (OLA, UC) stays with the ticket that ends. `tracks`: those of the surviving ticket.
    """
    found = []
    for clock in theirs:
        if clock.state not in LIVE or clock.metric in DUTIES or clock.track not in tracks:
            continue
        due = _due(clock)
        mine = [one for one in ours if one.track == clock.track and one.state in LIVE and _alike(one, clock)]
        if due is not None and all(_later(one, due) for one in mine):
            found.append(clock)
    return tuple(found)


def _alike(one: Clock, other: Clock) -> bool:
    return one.metric is other.metric or (one.metric in RESPONSES and other.metric in RESPONSES)


def _later(mine: Clock, due: Instant) -> bool:
    """Whether ours is due after `due`; one that is late already has nothing to lose."""
    if mine.overdue:
        return False
    own = _due(mine)
    return own is None or own > due


def _due(clock: Clock) -> Instant | None:
    """When it is due, or was; a paused one as if it ran on."""
    return clock.resumed_due if clock.state is ClockState.PAUSED else clock.deadline

"""Which clocks of a merged ticket the surviving one goes on by: merging never buys time (sla.md section 4)."""

from collections.abc import Mapping, Sequence

from mailsla.core.model import Instant
from mailsla.core.sla.clocks import Clock
from mailsla.core.sla.targets import due_of
from mailsla.core.sla.terms import DUTIES, RESPONSES, Terms
from mailsla.core.sla.timer import LIVE, ClockState


def adopted(
    ours: Sequence[Clock], theirs: Sequence[Clock], terms: Mapping[str, Terms], now: Instant
) -> tuple[Clock, ...]:
    """Those of their clocks that are due before ours of the same track and metric; all clocks as of `now`.

    A paused clock is taken as if it ran on. First and next response are one thing here: an unanswered mail. What is
    owed inside (OLA, UC) stays with the ticket that ends. `terms`: by track, of both tickets together.
    """
    found = []
    for clock in theirs:
        if clock.state not in LIVE or clock.metric in DUTIES or clock.track not in terms:
            continue
        due = _due(clock, terms[clock.track], now)
        mine = [one for one in ours if one.track == clock.track and one.state in LIVE and _alike(one, clock)]
        if due is not None and all(_later(one, terms[clock.track], due, now) for one in mine):
            found.append(clock)
    return tuple(found)


def _alike(one: Clock, other: Clock) -> bool:
    return one.metric is other.metric or (one.metric in RESPONSES and other.metric in RESPONSES)


def _later(mine: Clock, terms: Terms, due: Instant, now: Instant) -> bool:
    """Whether ours is due after `due`; one that is late already has nothing to lose."""
    if mine.overdue:
        return False
    own = _due(mine, terms, now)
    return own is None or own > due


def _due(clock: Clock, terms: Terms, now: Instant) -> Instant | None:
    """When it is due, or was; a paused one as if it ran on."""
    if clock.state is not ClockState.PAUSED:
        return clock.deadline
    if clock.target.seconds is None:
        return due_of(clock.target, terms.calendar, clock.started_at)
    return terms.calendar.due(now, clock.target.seconds - clock.elapsed)

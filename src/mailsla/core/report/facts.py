"""What the history of a period holds, as it is read in bulk: counts, clocks, and what is known of each complaint."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mailsla.core.model import Instant
from mailsla.core.sla.service_level import Measurement, Outcome
from mailsla.core.sla.terms import DUTIES, Metric
from mailsla.core.sla.timer import ClockState


@cache
def outcome_of(state: str, late: bool, void: bool) -> Outcome:
    """As Measurement has it, of what the cache keeps: a cached clock lists only breaches that count."""
    return Measurement(Metric.RESOLUTION, ClockState(state), None, late, void=void).outcome


@dataclass(frozen=True, slots=True)
class Counted:
    """So many clocks, due in a period, that have all of this in common. "" = none was given."""

    metric: str
    policy: str
    state: str
    late: bool
    void: bool
    category: str
    team: str
    organisation: str
    count: int

    @property
    def outcome(self) -> Outcome:
        """How each of them counts."""
        return outcome_of(self.state, self.late, self.void)

    @property
    def owed_outside(self) -> bool:
        """To a customer; else by a team or supplier to us."""
        return self.metric not in DUTIES


@dataclass(frozen=True, slots=True)
class DueClock:
    """A clock that was due in a period. `versions`: of the agreements on its ticket, by track."""

    ticket_id: int
    reference: str
    subject: str
    assignee: str
    policy: str
    track: str
    metric: str
    state: str
    late: bool
    void: bool
    target: int
    elapsed: int
    last_due: Instant
    stopped_at: Instant | None
    versions: Mapping[str, int | None]

    @property
    def outcome(self) -> Outcome:
        """How it counts."""
        return outcome_of(self.state, self.late, self.void)

    @property
    def measured(self) -> bool:
        """What it measures has happened, so its length is known."""
        return self.state in (ClockState.MET, ClockState.LATE) and not self.void


@dataclass(frozen=True, slots=True)
class Came:
    """A complaint that came in; what is void or no complaint is none. `merged`: it went into another one."""

    customer_id: int
    category: str
    received_at: Instant
    merged: bool


@dataclass(frozen=True, slots=True)
class Rated:
    """A customer's 1 to 5. message: that it came with, for its words."""

    ticket_id: int
    at: Instant
    score: int
    message: int | None

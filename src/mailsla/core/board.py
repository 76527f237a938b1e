"""What the board shows at a glance: open cases by time left, queues and the figures of today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailsla.core.digest import LATE, LATER, TODAY
from mailsla.core.model import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A case with its clock that runs out first. `when`: late | today | later; "" = no clock of it runs. `left`: open
    seconds; of a late one clock seconds since it was due.
    """

    reference: str
    subject: str
    status: str
    priority: str
    when: str
    metric: str = ""
    of: str = ""
    due: Instant | None = None
    left: int = 0
    assignee: str = ""  # display name, "" = nobody has it
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """As of `at`, in the zone of the first mailbox. `rows`: all that are open, the most urgent first."""

    at: Instant
    zone: str
    rows: Sequence[BoardRow]
    queues: Mapping[str, int]  # those of core/health.py
    received: int  # today, as the other two
    resolved: int
    missed: int

    def count(self, when: str) -> int:
        """How many are late, due today, later, or without a clock that runs ("")."""
        return sum(row.when == when for row in self.rows)

    @property
    def free(self) -> int:
        """How many nobody has."""
        return sum(not row.assignee for row in self.rows)


def when_of(due: Instant | None, now: Instant, zone: tzinfo) -> str:
    """late | today | later. What ends a date is due on that date."""
    if due is None:
        return ""
    if due < now:
        return LATE
    ends = datetime.fromtimestamp(due - 1, zone).date()
    return TODAY if ends <= datetime.fromtimestamp(now, zone).date() else LATER


def by_time_left(rows: Iterable[BoardRow]) -> list[BoardRow]:
    """The latest first, then by open time left; what has no clock that runs is last."""
    return sorted(rows, key=_urgency)


def _urgency(row: BoardRow) -> tuple[bool, int, int, str]:
    return row.due is None, -row.left if row.when == LATE else row.left, row.due or 0, row.reference

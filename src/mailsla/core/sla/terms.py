"""The terms a ticket's clocks run under: metrics, their targets, and what pauses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailsla.core.model import Status
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.targets import Target

TWO_WEEKS = Target("calendar_days", 14)


class Metric(StrEnum):
    """What a clock measures (sla.md section 4)."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    PERIODIC_UPDATE = "periodic_update"
    OLA = "ola"  # operational level agreement: a team of ours owes us
    UC = "uc"  # underpinning contract: a supplier owes us


RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
DUTIES = frozenset({Metric.OLA, Metric.UC})
"""What is owed to us, not to the customer: never in a mail to them."""


@dataclass(frozen=True, slots=True)
class Terms:
    """One policy version with one calendar version, ready to count with.

    A metric without a target is not owed. `pause_on` holds for resolution and OLA; a periodic update pauses on
    `waiting_customer` alone, the responses and a supplier never. `grace_until_next_opening` moves a due that falls on
    closing time to the next opening. `pauses_move_days`: each day that begins in a pause moves a deadline of days by
    one. `policy_version` is whatever the caller knows the version by; breaches carry it.
    """

    calendar: Calendar
    targets: Mapping[Metric, Target]
    pause_on: frozenset[Status] = frozenset({Status.WAITING_CUSTOMER})
    grace_until_next_opening: bool = False
    reopen_window: Target = TWO_WEEKS
    policy_version: int | None = None
    pauses_move_days: bool = False

    def pauses(self, metric: Metric, status: Status) -> bool:
        """Whether a clock of this metric stands still while the ticket has this status."""
        if metric in (Metric.RESOLUTION, Metric.OLA):
            return status in self.pause_on
        return metric is Metric.PERIODIC_UPDATE and status is Status.WAITING_CUSTOMER and status in self.pause_on

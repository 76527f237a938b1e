"""What letters between people inside say, as values: who stands in, what waited for the morning, why it is due then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mailsla.core.model import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case in a list: what it is, and its clock that runs out first."""

    reference: str
    subject: str
    priority: str
    status: str
    metric: str = ""  # "" = no clock runs
    due: Instant | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """To who stands in for an absent agent, once at its start: what is open, the most urgent first."""

    kind: ClassVar[str] = "stand_in"
    name: str  # who is absent
    until: Instant  # the absence ends then
    cases: Sequence[OpenCase]
    nobody: bool = False  # nobody stands in, so the operator reads this

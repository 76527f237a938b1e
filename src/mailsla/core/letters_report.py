"""The letters of a report: the same figures for a manager, and what of them a customer may read."""

from dataclasses import dataclass
from typing import ClassVar

from mailsla.core.report.model import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerReport:
    """To a manager: how complaints were dealt with in a period."""

    kind: ClassVar[str] = "report"
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReport:
    """To a customer: the same of their own complaints. `report` is what `for_customer` makes."""

    kind: ClassVar[str] = "customer_report"
    report: Report
    name: str = ""
    team: str = ""

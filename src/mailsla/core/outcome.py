"""The outcome of a complaint, for its register: whether it was right, its root cause, and what the customer gets."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from mailsla.core.model import Data, Scalar

UPHELD: Final = ("yes", "partly", "no")
REFUND, VOUCHER, OTHER = "refund", "voucher", "other"
REMEDIES: Final = (REFUND, "replacement", "repair", VOUCHER, "apology", OTHER)
WITH_AMOUNT: Final = frozenset({REFUND, VOUCHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What the customer gets. `amount`: a decimal number as text ("64.90"), "" = none; `by`: the last ISO date."""

    kind: str  # one of REMEDIES
    amount: str = ""
    currency: str = ""  # ISO 4217
    by: str = ""
    text: str = ""  # the agent's words of an `other` one

    @property
    def written(self) -> str:
        """As a command has it: "refund 64.90 EUR by 2026-11-30"."""
        by = f"by {self.by}" if self.by else ""
        return " ".join(part for part in (self.kind, self.text, self.amount, self.currency, by) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """As far as it was decided."""

    upheld: str = ""  # one of UPHELD
    cause: str = ""  # stays inside: it may name a supplier, or a colleague's slip
    remedy: Remedy | None = None


NO_OUTCOME: Final = Outcome()


def outcome_of(stored: Data) -> Outcome:
    """From a ticket's column."""
    remedy = stored.get("remedy")
    return Outcome(
        upheld=str(stored.get("upheld") or ""),
        cause=str(stored.get("cause") or ""),
        remedy=Remedy(**{key: str(value) for key, value in remedy.items()}) if isinstance(remedy, Mapping) else None,
    )


def part_of(**part: str | Remedy | None) -> Data:
    """A part of it as the column keeps it: `part_of(upheld="yes")`."""
    return {key: asdict(value) if isinstance(value, Remedy) else value for key, value in part.items()}


def as_written(part: Data) -> dict[str, Scalar]:
    """A part as an event tells it: texts, as commands have them."""
    told = outcome_of(part)
    return {key: told.remedy.written if key == "remedy" and told.remedy else str(part[key] or "") for key in part}

"""Notices (decisions to write) and letters (frozen bytes on their way), mail.md section 5."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.model import Instant, Letter, LetterState, Notice, NoticeState


class OutboxStore(Protocol):
    """What goes out."""

    def add_notices(self, notices: Sequence[Notice]) -> list[int]:
        """Insert those whose key is new; the ids of these."""

    def due_notices(self, now: Instant, limit: int = 50) -> list[Notice]:
        """Pending with not_before <= now, by (urgency, id)."""

    def pending_of(self, ticket_id: int) -> list[Notice]:
        """Pending notices of a ticket."""

    def pending_for(self, recipient: str) -> list[Notice]:
        """Pending notices to an address (for folding)."""

    def settle_notice(self, notice_id: int, state: NoticeState, reason: str = "") -> bool:
        """pending -> state; False when it was not pending any more."""

    def postpone_notice(self, notice_id: int, not_before: Instant, reason: str) -> None:
        """Still pending, but later."""

    def notices_of(self, ticket_id: int) -> list[Notice]:
        """All of a ticket, oldest first."""

    def folded(self, reason: str) -> list[Notice]:
        """Notices in state `folded` with this reason, by (urgency, id)."""

    def add_letter(self, letter: Letter) -> int:
        """Insert; the id."""

    def claim_letter(self, now: Instant, owner: str, lease_until: Instant) -> Letter | None:
        """The most urgent queued letter with next_at <= now (by urgency, next_at, id) becomes `sending`;
        attempts + 1."""

    def stranded(self, now: Instant, owner: str) -> list[Letter]:
        """`sending` letters whose lease is over, whose daemon lives no more (leases.py), or that are this owner's."""

    def requeue(
        self,
        letter_id: int,
        *,
        next_at: Instant,
        outcome: str,
        possibly_twice: bool = False,
        attempts: int | None = None,
    ) -> None:
        """sending -> queued for a later try. `possibly_twice` True is kept for good; `attempts` None: as counted.

        Raises LeaseLost when it is not `sending`: another daemon took this one for dead, and has dealt with it.
        """

    def settle_letter(self, letter_id: int, state: LetterState, *, at: Instant, outcome: str) -> None:
        """sending -> sent (with sent_at) | failed | held. Or LeaseLost, as `requeue`."""

    def get_letter(self, letter_id: int) -> Letter | None:
        """One letter."""

    def letter_of_notice(self, notice_id: int) -> Letter | None:
        """The letter that a notice became."""

    def letters(self, *, states: Sequence[str] = (), ticket_id: int | None = None, limit: int = 500) -> list[Letter]:
        """Without content (b""), newest first."""

    def release_letter(self, letter_id: int, now: Instant) -> bool:
        """failed or held -> queued at now."""

    def earliest(self) -> Instant | None:
        """When the next pending notice or queued letter is due."""

    def automatic_to(self, recipient: str, kind: str | None, since: Instant) -> int:
        """Automatic letters to this outside address since then (budgets)."""

    def automatic_on(self, ticket_id: int, since: Instant) -> int:
        """Automatic letters to the outside on this ticket since then."""

    def automatic_in_all(self, since: Instant) -> int:
        """Automatic letters to the outside since then."""

    def internal_to(self, recipient: str, since: Instant) -> int:
        """Letters to an agent, manager or the operator since then (folding above 30 an hour)."""

    def counts(self) -> dict[str, int]:
        """Letters by state, and "pending" notices."""

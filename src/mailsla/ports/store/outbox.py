"""Notices (decisions to write) and letters (frozen bytes on their way), mail.md section 5."""

from collections.abc import Collection, Sequence
from typing import Protocol

from mailsla.core.health import Backlog
from mailsla.core.model import Automatic, Instant, Letter, LetterState, Notice, NoticeState


class OutboxStore(Protocol):
    """What goes out."""

    def add_notices(self, notices: Sequence[Notice]) -> None:
        """Insert those whose key is new."""

    def due_notices(self, now: Instant, limit: int = 50, *, besides: Collection[str] = ()) -> list[Notice]:
        """Pending with not_before <= now, but for these kinds, by (urgency, id)."""

    def pending_of(self, ticket_id: int) -> list[Notice]:
        """Pending notices of a ticket."""

    def pending_for(self, recipient: str) -> list[Notice]:
        """Pending notices to an address (for folding)."""

    def settle_notice(self, notice_id: int, state: NoticeState, reason: str = "") -> bool:
        """pending -> state; False when it was not pending any more."""

    def settle_notices(self, notice_ids: Sequence[int], state: NoticeState, reason: str = "") -> int:
        """The same for many; how many were still pending."""

    def postpone_notice(self, notice_id: int, not_before: Instant, reason: str) -> None:
        """Still pending, but later."""

    def postponed(self, limit: int = 500) -> list[Notice]:
        """Pending ones that were put off with a reason, by (urgency, id)."""

    def drop_notice(self, notice_id: int) -> bool:
        """pending -> dropped; its reason stays."""

    def get_notice(self, notice_id: int) -> Notice | None:
        """One notice."""

    def notices_of(self, ticket_id: int) -> list[Notice]:
        """All of a ticket, oldest first."""

    def folded(self, reason: str) -> list[Notice]:
        """Notices in state `folded` with this reason, by (urgency, id)."""

    def add_letters(self, letters: Sequence[Letter]) -> list[int]:
        """Insert; the ids, in order."""

    def claim_letter(self, now: Instant, owner: str, lease_until: Instant) -> Letter | None:
        """The most urgent queued letter with next_at <= now (by urgency, next_at, id) becomes `sending`;
        attempts + 1."""

    def stranded(self, now: Instant, owner: str) -> list[Letter]:
        """`sending` letters whose lease is over, whose daemon lives no more (leases.py), or that are this owner's."""

    def requeue(
        self,
        letter: Letter,
        *,
        next_at: Instant,
        outcome: str,
        possibly_twice: bool = False,
        attempts: int | None = None,
    ) -> None:
        """sending -> queued for a later try. `possibly_twice` True is kept for good; `attempts` None: as counted.

        `letter` as it was claimed. Raises LeaseLost when it is not in that attempt any more: another daemon took this
        one for dead, and has dealt with it, or is sending it.
        """

    def settle_letter(self, letter: Letter, state: LetterState, *, at: Instant, outcome: str) -> None:
        """sending -> sent (with sent_at) | failed | held. Or LeaseLost, as `requeue`."""

    def get_letter(self, letter_id: int) -> Letter | None:
        """One letter."""

    def letter_of_notice(self, notice_id: int) -> Letter | None:
        """The letter that a notice became."""

    def letters(self, *, states: Sequence[str] = (), ticket_id: int | None = None, limit: int = 500) -> list[Letter]:
        """Without content (b""), newest first."""

    def release_letter(self, letter_id: int, now: Instant) -> bool:
        """failed, held or dropped -> queued at now."""

    def drop_letter(self, letter_id: int) -> bool:
        """failed, held or queued -> dropped; what is being sent can't be."""

    def recall_letter(self, letter_id: int, why: str) -> bool:
        """queued -> dropped with `why` as outcome, if it never was perhaps sent; False: it is on its way, or gone."""

    def to_blank(self, before: Instant, limit: int) -> list[tuple[int, bytes]]:
        """(id, content) of letters sent until then whose tokens are not blanked, the oldest first."""

    def blank(self, letter_id: int, content: bytes) -> None:
        """The letter's tokens are blanked: these are its bytes now."""

    def due_at_most(self, letters: Instant, notices: Instant, now: Instant) -> int:
        """Queued letters and pending notices that were put off to later than these are due now; how many were."""

    def earliest(self) -> Instant | None:
        """When the next pending notice or queued letter is due."""

    def automatic(self, recipients: Sequence[str], ticket_ids: Sequence[int], since: Instant) -> list[Automatic]:
        """Automatic letters to the outside since then: to the mailbox that one of these addresses reaches, in whatever
        spelling, or on one of these tickets."""

    def automatic_in_all(self, since: Instant, until: Instant) -> int:
        """How many there were since then, to anybody outside; `until`: later ones are of a clock that was wrong."""

    def internal_to(self, recipients: Sequence[str], since: Instant) -> dict[str, int]:
        """Letters to each of these lower-case addresses of agents, managers and the operator since then (folding
        above 30 an hour), but answers to their own mails; who got none is left out."""

    def backlog(self, state: LetterState) -> Backlog:
        """How many letters are in this state, and since when the oldest exists."""

    def overdue(self, now: Instant) -> Backlog:
        """Notices and queued letters that should have gone out by now: how many, and since when.

        A letter that was refused for the time being counts from its next try on, any other from its making on: an
        account that rests puts off none.
        """

    def pending_outside(self) -> list[Notice]:
        """All pending notices to customers, oldest first."""

    def hold_outside(self, outcome: str) -> int:
        """All letters to the outside that are queued or being sent -> held, for a person; how many."""

    def counts(self) -> dict[str, int]:
        """Letters by state, and "pending" notices."""

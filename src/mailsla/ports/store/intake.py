"""Raw mails and the rows that say where each was seen and what became of it (mail.md section 1)."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.model import Instant, Intake, IntakeState, MailboxState


class IntakeStore(Protocol):
    """Accepted mails."""

    def put_raw(self, sha256: str, content: bytes) -> None:
        """Keep the bytes once; a second put of the same hash changes nothing."""

    def raw(self, sha256: str) -> bytes:
        """The bytes; raises KeyError when they are not there."""

    def add(self, rows: Sequence[Intake]) -> list[int]:
        """Insert those whose (mailbox, folder, uidvalidity, uid) is new; the ids of these, in order."""

    def get(self, intake_id: int) -> Intake | None:
        """One row."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[str]:
        """All uids that we have rows for."""

    def next_stored(self, now: Instant) -> Intake | None:
        """The oldest row in state `stored` with retry_at <= now."""

    def start_attempt(self, intake_id: int, attempts: int) -> bool:
        """attempts -> attempts + 1 where the row is still `stored` with that count; False: another daemon has it."""

    def finish(
        self,
        intake_id: int,
        state: IntakeState,
        *,
        reason: str = "",
        ticket_id: int | None = None,
        duplicate_of: int | None = None,
        fingerprint: str = "",
        want_mark: bool = True,
    ) -> None:
        """Set the end state; `want_mark` asks the mailbox's thread for the mark on the server."""

    def postpone(self, intake_id: int, *, attempts: int, retry_at: Instant, reason: str) -> None:
        """Stay `stored`, with this attempt count, until retry_at."""

    def reopen(self, intake_id: int, from_states: Sequence[IntakeState], reason: str = "") -> bool:
        """Back to `stored` with attempts 0 and this reason if it is in one of these states (release, retry)."""

    def same_content(self, intake: Intake) -> Intake | None:
        """An earlier row of the same mailbox with equal sha256 that is no `before`."""

    def same_fingerprint(self, fingerprint: str, mailbox: str, since: Instant, before_id: int) -> Intake | None:
        """An earlier row with this fingerprint: of another mailbox received since `since`, or of this mailbox under
        another uidvalidity at any time."""

    def listed(self, states: Sequence[IntakeState], limit: int = 500) -> list[Intake]:
        """Rows in these states, oldest first."""

    def marks_wanted(self, mailbox: str, folder: str, uidvalidity: int, limit: int = 200) -> list[Intake]:
        """Rows whose mark on the server is still to be set."""

    def marked(self, intake_ids: Sequence[int]) -> None:
        """The mark is set (or the message is gone)."""

    def mailbox_state(self, mailbox: str, folder: str) -> MailboxState | None:
        """The state of this folder that was made last."""

    def save_mailbox_state(self, state: MailboxState) -> None:
        """Insert or update by (mailbox, folder, uidvalidity)."""

    def counts(self) -> dict[str, int]:
        """Rows by state."""

    def states_by_uid(self, mailbox: str, folder: str, uidvalidity: int) -> dict[str, IntakeState]:
        """All uids that we have rows for, with what became of each."""

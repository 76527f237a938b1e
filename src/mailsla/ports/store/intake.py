"""Raw mails and the rows that say where each was seen and what became of it (mail.md section 1)."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.health import Backlog
from mailsla.core.model import Instant, Intake, IntakeState, MailboxState


class IntakeStore(Protocol):
    """Accepted mails."""

    def put_raw(self, sha256: str, content: bytes) -> None:
        """Keep the bytes once; a second put of the same hash changes nothing."""

    def raw(self, sha256: str) -> bytes:
        """The bytes; raises KeyError when they are not there."""

    def add(self, rows: Sequence[Intake]) -> list[int]:
        """Insert those whose (mailbox, folder, uidvalidity, uid) is new; the ids of these, in order."""

    def holds(self, mailbox: str, sha256: str) -> bool:
        """Whether a mail of these bytes has a row of this mailbox, in whatever folder and state."""

    def get(self, intake_id: int) -> Intake | None:
        """One row."""

    def known_uids(self, mailbox: str, folder: str, uidvalidity: int) -> set[str]:
        """All uids that we have rows for."""

    def next_stored(self, now: Instant) -> tuple[Intake, bytes] | None:
        """The oldest row in state `stored` with retry_at <= now, whoever has it in work, and its bytes.

        Raises KeyError when the bytes are not there.
        """

    def first_stored(self, now: Instant) -> Intake | None:
        """The same without its bytes."""

    def claim(self, intake: Intake, owner: str, now: Instant, until: Instant) -> bool:
        """Take it in work, until then at most; False: another has it, or had it meanwhile.

        A first attempt is counted with that; a later one by `start_attempt`. Free is what nobody has claimed, this
        owner itself, somebody whose time is over, or a daemon that lives no more (leases.py).
        """

    def start_attempt(self, intake_id: int, owner: str) -> None:
        """Count one more attempt. Raises LeaseLost, as all that follows, when this owner has it in work no more."""

    def finish(
        self,
        intake_id: int,
        owner: str,
        state: IntakeState,
        *,
        reason: str = "",
        ticket_id: int | None = None,
        duplicate_of: int | None = None,
        fingerprint: str = "",
        want_mark: bool = True,
    ) -> None:
        """Set the end state; `want_mark` asks the mailbox's thread for the mark on the server. Or LeaseLost."""

    def postpone(self, intake_id: int, owner: str, *, attempts: int, retry_at: Instant, reason: str) -> None:
        """Stay `stored`, in nobody's work, with this attempt count, until retry_at. Or LeaseLost."""

    def reopen(self, intake_id: int, from_states: Sequence[IntakeState], reason: str = "") -> bool:
        """Back to `stored` with attempts 0 and this reason if it is in one of these states (release, retry)."""

    def drop(self, intake_id: int) -> bool:
        """held or quarantined -> dropped; all else of the row stays."""

    def due_at_most(self, most: Instant, now: Instant) -> int:
        """What was put off to later than `most` is to be processed now; how many were."""

    def first_looks_at_most(self, now: Instant) -> None:
        """No folder was first looked into later than now."""

    def supersede(self, intake_id: int, by: Intake) -> bool:
        """held -> duplicate of `by`, which is the same mail and was let act; False when it is held no more."""

    def same_mail(self, intake: Intake, fingerprint: str, within: int) -> Intake | None:
        """The row that this one is a duplicate of (mail.md section 1): `intake` as stored, `within` in seconds.

        That is an earlier row of the same mailbox with equal sha256 that is neither `before` nor `left`. Else one with
        this fingerprint: of another mailbox or folder and received within that time of it, or of this mailbox under
        another uidvalidity at any time; a later one only if it is no duplicate itself, else two could be of each other.
        """

    def listed(self, states: Sequence[IntakeState], limit: int = 500) -> list[Intake]:
        """Rows in these states, oldest first."""

    def backlog(self, state: IntakeState) -> Backlog:
        """How many rows are in this state, and since when the oldest is ours (accepted_at)."""

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

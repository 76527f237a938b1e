"""The doors of the mail: a source that gives mails, a transport that takes them, a reader that understands them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mailsla.core.mail.parsed import ParsedMail
from mailsla.core.model import Instant
from mailsla.errors import TemporaryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail as a source gives it. `received_at`: the server's time (INTERNALDATE, mtime), None = now."""

    uid: str
    raw: bytes
    received_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All that a folder holds now. `uidnext` is 0 where uids have no order (Maildir)."""

    folder: str
    uidvalidity: int
    uidnext: int
    uids: tuple[str, ...]


class Source(Protocol):
    """One mailbox, owned by one thread. Any method may raise TemporaryError (network) or PermanentError (login
    refused, folder missing); the source is then closed and the next call connects anew. Never reads or sets \\Seen."""

    def survey(self) -> Survey:
        """Connect if need be, and list the folder."""

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        """The mails in batches of about 50; those that are gone meanwhile are left out."""

    def mark(self, uids: Sequence[str]) -> None:
        """Set the configured mark (MOVE, keyword, nothing); advisory."""

    def wait(self, seconds: float) -> bool:
        """Until something may be new (True), `seconds` are over, or `wake` is called (False)."""

    def wake(self) -> None:
        """From any thread: end a `wait` (and any socket operation) at once and for good."""

    def close(self) -> None:
        """Let go of the connection."""


class Display(Protocol):
    """Flags and folders of the mails in one mailbox, for people to see; owned by one thread. Any method may raise as
    those of Source."""

    def open(self, folder: str, uidvalidity: int, flags: Sequence[str]) -> tuple[str, ...] | None:
        """Work in this folder from now on: those of the flags that it keeps; None when it is gone, or made anew."""

    def flags(self, uids: Sequence[str]) -> dict[str, frozenset[str]]:
        """The flags of those mails that are still there."""

    def add(self, flag: str, uids: Sequence[str]) -> None:
        """Set it on these; those that are gone are left out."""

    def remove(self, flag: str, uids: Sequence[str]) -> None:
        """Take it from these; those that are gone are left out."""

    def move(self, uids: Sequence[str], to: str) -> dict[str, tuple[int, str]]:
        """Into another folder, made where there is none: uid -> (UIDVALIDITY, uid) there, where the server says it."""

    def wake(self) -> None:
        """From any thread: end soon, and for good."""

    def close(self) -> None:
        """Let go of the connection; the next call connects anew."""


class Sent(StrEnum):
    """How a try to send ended."""

    ACCEPTED = "accepted"  # 250 after the final dot
    DRY_RUN = "dry_run"  # taken for accepted, and sent to nobody
    REFUSED = "refused"  # 5xx on this letter: never again
    LATER = "later"  # 4xx on this letter
    UNKNOWN = "unknown"  # cut or timed out after DATA began: possibly sent
    SENDER = "sender"  # 5xx on the envelope's sender: of this letter's mailbox none goes, those of others may
    ACCOUNT = "account"  # login, TLS, DNS, connection, 421: nothing is wrong with the letter


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended, and the server's words (no mail content)."""

    sent: Sent
    answer: str


class Transport(Protocol):
    """A sending account, owned by one thread; keeps its connection over a batch."""

    def connect(self) -> Outcome:
        """Be ready to send: ACCEPTED, or ACCOUNT. Before a letter is claimed: one that is `sending` is then under way,
        and mailsla's end in the long wait for a server leaves none that possibly went (mail.md section 5)."""

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        """One letter to one recipient; never raises for what the network or the server does."""

    def largest(self) -> int | None:
        """Octets of a letter that the server takes (RFC 1870), as it said last; None: it said nothing."""

    def wake(self) -> None:
        """From any thread: cut a send that waits; it ends as UNKNOWN or ACCOUNT."""

    def close(self) -> None:
        """QUIT, if connected."""


class Woken(TemporaryError):
    """The reader was told to stop while it read: the mail is as it was before."""


class MailReader(Protocol):
    """Reads raw mails within bounds."""

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        """From the second attempt on always in a limited child. Raises Unparseable, Woken, or TemporaryError (no
        child)."""

    def wake(self) -> None:
        """From any thread: end the children at once and for good; what they read raises Woken."""

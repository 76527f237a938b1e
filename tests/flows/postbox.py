"""A sending account in memory: takes letters, or answers as the test told it to; and letters as their readers see them.

It is an implementation of our own port (ports.mail.Transport), not an imitation of a library.
"""

import email
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message

from mailsla.core.model import Instant
from mailsla.ports.mail import Outcome, Sent

TAKEN = Outcome(Sent.ACCEPTED, "250 taken")


@dataclass(frozen=True, slots=True)
class Try:
    """One letter as it was handed over, and how that ended."""

    at: Instant
    sender: str
    to: str
    raw: bytes
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter that the account took; `kind` as the outbox calls it."""

    at: Instant
    to: str
    raw: bytes
    kind: str

    @property
    def mail(self) -> Message:
        """As a mail client reads it."""
        return email.message_from_bytes(self.raw)

    def header(self, name: str) -> str:
        """A header, decoded; "" when absent."""
        return str(make_header(decode_header(str(self.mail.get(name, "")))))

    @property
    def subject(self) -> str:
        """The Subject, decoded."""
        return self.header("Subject")

    @property
    def text(self) -> str:
        """The text part, with its lines joined as a reader's eye does."""
        return " ".join(self.plain.split())

    @property
    def plain(self) -> str:
        """The text part as it is."""
        return next(body for kind, body in _texts(self.mail) if kind == "text/plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return next(body for kind, body in _texts(self.mail) if kind == "text/html")

    @property
    def files(self) -> dict[str, bytes]:
        """Name -> content of what is attached."""
        parts = (part for part in self.mail.walk() if part.get_filename())
        return {str(part.get_filename()): bytes(part.get_payload(decode=True) or b"") for part in parts}

    @property
    def everything(self) -> str:
        """All that the reader's side can see, lower case: raw bytes, decoded headers, decoded parts."""
        pieces = [self.raw.decode("latin-1")]
        for part in self.mail.walk():
            pieces += [str(make_header(decode_header(str(value)))) for value in part.values()]
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                pieces += [payload.decode("utf-8", "replace"), payload.decode("latin-1")]
        return "\n".join(pieces).lower()

    @property
    def words(self) -> str:
        """`everything` without its random codes, in which any short name can stand by chance."""
        return re.sub(r"[a-z2-7]{20}(?:[a-z2-7]{6})?(?=@)", "CODE", self.everything)


class Postbox:
    """ports.mail.Transport; `tries` has every attempt, in order."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        self.tries: list[Try] = []
        self.takes: int | None = None
        self._now = now
        self._answers: dict[str, deque[Outcome]] = defaultdict(deque)

    def answers(self, recipient: str, *outcomes: Outcome) -> None:
        """What the next tries for this recipient end with; after them letters are taken again."""
        self._answers[recipient].extend(outcomes)

    def connect(self) -> Outcome:
        """Always ready."""
        return Outcome(Sent.ACCEPTED, "220 ready")

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        """One letter to one recipient."""
        waiting = self._answers[recipient]
        outcome = waiting.popleft() if waiting else TAKEN
        self.tries.append(Try(self._now(), sender, recipient, content, outcome))
        return outcome

    def largest(self) -> int | None:
        """What the test says."""
        return self.takes

    def wake(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open here."""


def _texts(mail: Message) -> Iterator[tuple[str, str]]:
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and not part.get_filename() and isinstance(payload, bytes):
            yield part.get_content_type(), payload.decode(part.get_content_charset() or "utf-8")

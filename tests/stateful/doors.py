"""A mailbox and a sending account that belong to the test: our own ports, with the accidents of real ones.

They are the world: they keep what was put into them whatever happens to mailsla.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from mailsla.core.model import Instant
from mailsla.errors import TemporaryError
from mailsla.ports.mail import Arrival, Outcome, Sent, Survey
from tests.flows.postbox import Postbox, Try

BATCH = 3  # mails that are fetched at once


class Crash(BaseException):
    """mailsla is gone from here on: nothing of it catches this."""


class Crashes:
    """`arm(n)`: the n-th dangerous moment from now on is a crash; there is one before and one after each."""

    def __init__(self) -> None:
        self._left = 0

    def arm(self, number: int) -> None:
        """0 disarms."""
        self._left = number

    def around(self, step: Callable[[], object]) -> None:
        """Do the step, with a moment before it and one after it."""
        self._moment()
        step()
        self._moment()

    def _moment(self) -> None:
        if self._left:
            self._left -= 1
            if not self._left:
                raise Crash


@dataclass
class Held:
    """A mail in the folder."""

    raw: bytes
    at: Instant
    marked: bool = False


@dataclass
class Folder:
    """ports.mail.Source over one folder of a server."""

    crashes: Crashes
    uidvalidity: int = 1
    uidnext: int = 1
    mails: dict[int, Held] = field(default_factory=dict)
    breaks_after: int | None = None  # batches of the next fetch after which the network is gone
    vanishes: bool = False  # the newest mail is expunged between the next survey and its fetch

    def put(self, raw: bytes, at: Instant) -> None:
        """A mail arrives."""
        self.mails[self.uidnext] = Held(raw, at)
        self.uidnext += 1

    def renumber(self) -> None:
        """As after a repair of the server's index: another UIDVALIDITY, other uids, no keywords."""
        self.uidvalidity += 1
        kept = list(self.mails.values())
        self.mails = {number: Held(one.raw, one.at) for number, one in enumerate(kept, 1)}
        self.uidnext = len(kept) + 1

    def survey(self) -> Survey:
        """What is there; then, where a test wants it, the newest goes."""
        uids = tuple(str(uid) for uid in self.mails)
        found = Survey(folder="INBOX", uidvalidity=self.uidvalidity, uidnext=self.uidnext, uids=uids)
        if self.vanishes and self.mails:
            del self.mails[max(self.mails)]
        self.vanishes = False
        return found

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        """In small batches."""
        for first in range(0, len(uids), BATCH):
            batch = uids[first : first + BATCH]
            if self.breaks_after is not None:
                self.breaks_after -= 1
                if self.breaks_after < 0:
                    self.breaks_after = None
                    raise TemporaryError("mailbox support: the connection broke", "it is tried again")
            there = [(uid, self.mails[int(uid)]) for uid in batch if int(uid) in self.mails]
            yield [Arrival(uid=uid, raw=one.raw, received_at=one.at) for uid, one in there]

    def mark(self, uids: Sequence[str]) -> None:
        """A keyword."""
        self.crashes.around(lambda: self._mark(uids))

    def _mark(self, uids: Sequence[str]) -> None:
        for uid in uids:
            if int(uid) in self.mails:
                self.mails[int(uid)].marked = True

    def wait(self, seconds: float) -> bool:
        """There is always something new."""
        return True

    def wake(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open here."""


# How a try may go: what mailsla is told, and whether the letter is on its way all the same.
WAYS = {
    "taken": (Outcome(Sent.ACCEPTED, "250 taken"), True),
    "answer lost": (Outcome(Sent.UNKNOWN, "no answer after the final dot"), True),
    "lost in DATA": (Outcome(Sent.UNKNOWN, "cut in the middle of DATA"), False),
    "later": (Outcome(Sent.LATER, "451 try again"), False),
    "refused": (Outcome(Sent.REFUSED, "550 no such user"), False),
    "account": (Outcome(Sent.ACCOUNT, "421 closing"), False),
}


class Account(Postbox):
    """`tries` has as accepted what really went; `ways`: how the next tries go, first to last, then "taken"."""

    def __init__(self, now: Callable[[], Instant], crashes: Crashes) -> None:
        super().__init__(now)
        self.ways: list[str] = []
        self.refused: set[str] = set()
        self._crashes = crashes

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        """One letter to one recipient."""
        told, goes = WAYS[self.ways.pop(0) if self.ways else "taken"]
        truth = Outcome(Sent.ACCEPTED, "on its way") if goes else told
        if told.sent is Sent.REFUSED:
            self.refused.add(recipient)
        self._crashes.around(lambda: self.tries.append(Try(self._now(), sender, recipient, content, truth)))
        return told

"""What the thread of a mailbox looks after between two waits; what fails there rests, and holds up nothing."""

import math
import time
from collections.abc import Sequence
from typing import Protocol

import structlog

from mailsla import bootstrap
from mailsla.config.settings import MailboxSettings
from mailsla.daemon.common import Common
from mailsla.daemon.resting import let_go, rest, thread_of
from mailsla.flows import accept, showing
from mailsla.ports.mail import Display, Source
from mailsla.ports.store.leases import Lease, LeaseLost

log = structlog.get_logger()

SHOW_AGAIN = 5.0  # seconds between two looks at all open tickets, however many mails come in between
PEEK = 0.1  # seconds in which a server that announces mail tells what came since the last look


class Task(Protocol):
    """What is done; it may raise whatever it likes."""

    def look(self, lease: Lease) -> None:
        """Once."""

    def wake(self) -> None:
        """From any thread: end what it waits for, at once and for good."""

    def close(self) -> None:
        """Let go of the connection."""


class Beside:
    """One task, and its rests."""

    def __init__(self, common: Common, name: str, task: Task) -> None:
        """`name`: what the operator reads when it fails."""
        self._common, self._name, self._task = common, name, task
        self._failures, self._failed_at = 0, 0
        self._rests_until = 0.0

    def look(self, lease: Lease) -> None:
        """Do it, unless it rests. Raises LeaseLost alone."""
        if time.monotonic() < self._rests_until:
            return
        try:
            self._task.look(lease)
            if self._failures:
                self._works()
            self._failures = 0
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails here, the mailbox goes on
            self.close()
            self._failures += 1
            self._failed_at = self._failed_at if self._failures > 1 else self._common.services.now()
            self._rests_until = time.monotonic() + rest(self._common, self._name, error, self._failures)

    def _works(self) -> None:
        log.info("works again", what=self._name, since=self._failed_at)
        told = {"mailbox": self._name}
        thread = thread_of(self._name)
        self._common.alarm("beside_works", told, "", recovered=True, since=self._failed_at, thread=thread)

    def wake(self) -> None:
        """See Task."""
        self._task.wake()

    def close(self) -> None:
        """See Task."""
        let_go(self._task.close, self._name)


class SentFolder:
    """Takes in what agents send past us. It is read after the mailbox: no answer is taken before its complaint."""

    def __init__(self, common: Common, sent: MailboxSettings, source: Source) -> None:
        self._common, self._sent, self._source = common, sent, source
        self._polls_at = 0.0  # whatever the server announces

    def look(self, lease: Lease) -> None:
        """See Task."""
        if time.monotonic() < self._polls_at and not self._source.wait(PEEK):
            return
        polled = accept.poll(self._common.services, self._sent, self._source, lease)
        self._polls_at = time.monotonic() + self._sent.poll_seconds
        if polled.accepted:
            log.info("sent mail accepted", mailbox=self._sent.name, count=polled.accepted)
            self._common.count("mails_accepted", self._sent.name, polled.accepted)
            self._common.news["process"].set()

    def wake(self) -> None:
        """See Task."""
        self._source.wake()

    def close(self) -> None:
        """See Task."""
        self._source.close()


class Showing:
    """Shows in the mailbox how its tickets stand; once that is switched off, takes away what it had set."""

    def __init__(self, common: Common, mailbox: MailboxSettings, display: Display) -> None:
        self._common, self._mailbox, self._display = common, mailbox, display
        self._shows_at = 0.0

    def look(self, lease: Lease) -> None:
        """See Task."""
        if time.monotonic() < self._shows_at:
            return
        self._shows_at = time.monotonic() + SHOW_AGAIN
        changed = showing.show(self._common.services, self._mailbox, self._display, lease)
        if not changed and not self._mailbox.displays:
            self._shows_at = math.inf

    def wake(self) -> None:
        """See Task."""
        self._display.wake()

    def close(self) -> None:
        """See Task."""
        self._display.close()


def beside(common: Common, mailbox: MailboxSettings) -> Sequence[Beside]:
    """All that this mailbox's thread looks after."""
    found: list[Beside] = []
    if mailbox.sent is not None:
        sent = SentFolder(common, mailbox.sent, bootstrap.source_of(mailbox.sent))
        found.append(Beside(common, f"{mailbox.name} (sent_folder)", sent))
    display = bootstrap.display_of(mailbox)
    if display is not None:
        found.append(Beside(common, f"{mailbox.name} (state)", Showing(common, mailbox, display)))
    return found

"""The loop of one mailbox: take it, compare it with what is held, then wait for news; a failing one rests."""

import threading
import time
from collections.abc import Sequence

import structlog

from mailsla.config.settings import MailboxSettings
from mailsla.core.health import MARGIN, POLLS
from mailsla.core.model import Instant, Scalar
from mailsla.daemon.beside import Beside
from mailsla.daemon.common import Common
from mailsla.daemon.resting import let_go, rest, thread_of
from mailsla.flows import accept, leases
from mailsla.ports.mail import Source
from mailsla.ports.store.leases import Lease, LeaseLost

log = structlog.get_logger()

TAKE_AGAIN = 3.0  # seconds between two tries to take a mailbox that another daemon watches
SLOWEST_BATCH = 20 * 60.0  # seconds: 50 MB at 45 kB a second
SLICE = 30.0  # seconds of one wait for new mail; between two, marks are set on the server


class Watch:
    """One mailbox by one configuration of it, in a thread of its own; it holds up no other."""

    def __init__(
        self,
        common: Common,
        mailbox: MailboxSettings,
        source: Source,
        after: "Watch | None" = None,
        beside: Sequence[Beside] = (),
    ) -> None:
        """`after`: who watched it by an earlier configuration, and has to end first. `beside`: what belongs to it."""
        self.mailbox = mailbox
        self.name = f"mailbox {mailbox.name}"
        self.ours = False  # whether this daemon has the lease
        self.thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._common = common
        self._source = source
        self._after = after
        self._beside = beside
        self._over = threading.Event()

    def end(self) -> None:
        """From any thread: ends soon, whatever it waits for, and for good."""
        self._over.set()
        self._source.wake()
        for one in self._beside:
            one.wake()

    def _run(self) -> None:
        if self._after is not None:
            self._after.thread.join()
        failures, failed_at = 0, 0
        while not self._over.is_set():
            self._common.pulse.beat(self.name, self.mailbox.timeout_seconds)
            try:
                lease = self._take()
                if lease is None:
                    self._over.wait(TAKE_AGAIN)
                    continue
                self._poll(lease, failed_at if failures else None)
                failures = 0
                self._look_beside(lease)
                self._wait_for_mail(lease)
            except LeaseLost as error:
                let_go(self._source.close, self.name)
                self.ours = False
                log.warning("mailbox left to another daemon", mailbox=self.mailbox.name, cause=error.message)
            except Exception as error:  # noqa: BLE001 - whatever fails here, the other mailboxes go on
                let_go(self._source.close, self.name)
                if self._over.is_set():
                    break
                failures += 1
                failed_at = failed_at if failures > 1 else self._common.services.now()
                self._rest(error, failures)
        self.ours = False
        let_go(self._source.close, self.name)
        for one in self._beside:
            one.close()
        self._common.pulse.forget(self.name)

    def _take(self) -> Lease | None:
        lease = leases.take_mailbox(self._common.services, self.mailbox)
        if lease is not None and not self.ours:
            log.info("mailbox watched", mailbox=self.mailbox.name)
            self.ours = True
        return lease

    def _poll(self, lease: Lease, failed_at: Instant | None) -> None:
        began = self._common.services.now()
        polled = accept.poll(self._common.services, self.mailbox, self._source, lease, self._fetching)
        if polled.accepted:
            log.info("mail accepted", mailbox=self.mailbox.name, count=polled.accepted, on_server=polled.on_server)
            self._common.count("mails_accepted", self.mailbox.name, polled.accepted)
            self._common.news["process"].set()
        overdue = polled.last is not None and began - polled.last > POLLS * self.mailbox.poll_seconds + MARGIN
        if failed_at is not None or overdue:
            self._caught_up(polled, failed_at if polled.last is None else polled.last)

    def _fetching(self) -> None:
        """A large mail on a slow line is no loop that hangs: silence of the server has its own deadline."""
        self._common.pulse.beat(self.name, SLOWEST_BATCH)

    def _caught_up(self, polled: accept.Polled, since: Instant | None) -> None:
        """The mailbox could not be read for a while, or nobody was there to read it: the operator hears that it is."""
        log.info("mailbox works again", mailbox=self.mailbox.name, since=since, count=polled.accepted)
        values: dict[str, Scalar] = {"mailbox": self.mailbox.name, "count": polled.accepted}
        self._common.alarm(
            "mailbox_works", values, "", recovered=True, since=since, thread=thread_of(self.mailbox.name)
        )

    def _wait_for_mail(self, lease: Lease) -> None:
        until = time.monotonic() + self.mailbox.poll_seconds
        while not self._over.is_set() and (left := until - time.monotonic()) > 0:
            self._common.pulse.beat(self.name, SLICE)
            if self._source.wait(min(left, SLICE)):
                return
            accept.mark_done(self._common.services, self.mailbox, self._source, lease)
            self._look_beside(lease)

    def _look_beside(self, lease: Lease) -> None:
        for one in self._beside:
            if not self._over.is_set():
                self._common.pulse.beat(self.name, self.mailbox.timeout_seconds)
                one.look(lease)

    def _rest(self, error: Exception, failures: int) -> None:
        self.ours = False  # another daemon may reach it
        pause = rest(self._common, self.mailbox.name, error, failures)
        self._common.pulse.beat(self.name, pause)
        self._over.wait(pause)

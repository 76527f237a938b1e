"""The daemon: threads for each mailbox, for processing, due moments and delivery; signals and the watchdog."""

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from mailsla.adapters.systemd import notify, watchdog_seconds
from mailsla.config.settings import MailboxSettings
from mailsla.core.model import Scalar
from mailsla.core.retry import account_pause
from mailsla.errors import LoginNeeded, MailslaError, TemporaryError
from mailsla.flows import accept, deadlines, delivery, jobs, leases, process
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.ports.logins import Login
from mailsla.ports.mail import Sent, Source, Transport
from mailsla.ports.store.leases import Lease, LeaseLost

log = structlog.get_logger()

LOOK_AGAIN = 2.0  # seconds: other processes (deliver, the CLI) write to the same database
TAKE_AGAIN = 3.0  # seconds between two tries to take a mailbox that another daemon watches
SLICE = 30.0  # seconds of one wait for new mail; between two, marks are set on the server
LOGINS_AGAIN = 3600.0  # seconds between two looks at when logins end
GRACE = 10.0  # seconds that SIGTERM may take
HANGS_AFTER = 300.0  # seconds without a sign of life after which a loop counts as hanging


@dataclass
class Pulse:
    """Signs of life of each loop, for the watchdog."""

    beats: dict[str, float] = field(default_factory=dict)

    def beat(self, name: str, allow: float = HANGS_AFTER) -> None:
        """The loop is well, and will say so again within `allow` seconds."""
        self.beats[name] = time.monotonic() + allow

    def hanging(self) -> list[str]:
        """Loops that have been silent for too long."""
        now = time.monotonic()
        return [name for name, until in self.beats.items() if until < now]


class Daemon:
    """Runs until `stop`."""

    def __init__(
        self,
        services: Services,
        sources: Sequence[tuple[MailboxSettings, Source]],
        transport: Transport,
        logins: Sequence[Login] = (),
    ) -> None:
        self._services = services
        self._sources = sources
        self._transport = transport
        self._logins = logins
        self._stopping = threading.Event()
        self._news = {name: threading.Event() for name in ("leases", "process", "due", "deliver", "logins")}
        self._pulse = Pulse()
        self._account_failures = 0
        self._resting_until = 0.0
        self._watched: dict[str, MailboxSettings] = {}  # the mailboxes that are ours, by the name of their loop

    def run(self) -> int:
        """Until SIGTERM or SIGINT; the exit code: 0, or 1 when a loop did not end in time."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, lambda *_: log.warning("SIGHUP: configuration not reloaded; restart to use it"))
        leases.arrive(self._services)
        stranded = delivery.recover(self._services)
        jobs.ensure_jobs(self._services)
        threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in self._loops()]
        for thread in threads:
            thread.start()
        notify("READY=1")
        log.info("running", mailboxes=[mailbox.name for mailbox, _ in self._sources], sent_again=stranded)
        self._watch()
        notify("STOPPING=1")
        return self._end(threads)

    def stop(self) -> None:
        """From any thread or a signal handler."""
        self._stopping.set()

    def _loops(self) -> list[tuple[str, Callable[[], None]]]:
        loops: list[tuple[str, Callable[[], None]]] = [
            ("leases", lambda: self._loop("leases", self._renew, leases.RENEW)),
            ("process", lambda: self._loop("process", self._process)),
            ("due", lambda: self._loop("due", self._due)),
            ("deliver", lambda: self._loop("deliver", self._deliver)),
        ]
        if self._logins:
            loops.append(("logins", lambda: self._loop("logins", self._look_at_logins)))
        for mailbox, source in self._sources:
            loops.append((f"mailbox {mailbox.name}", lambda m=mailbox, s=source: self._mailbox(m, s)))  # type: ignore[misc]
        return loops

    def _watch(self) -> None:
        """Until told to stop; the watchdog hears of us only while every loop is well."""
        every = watchdog_seconds()
        while not self._stopping.wait(every if every is not None else LOOK_AGAIN):
            hanging = self._pulse.hanging()
            if hanging:
                log.error("loops hang", loops=hanging)
            elif every is not None:
                notify("WATCHDOG=1")

    def _end(self, threads: Sequence[threading.Thread]) -> int:
        for _, source in self._sources:
            source.wake()
        self._transport.wake()
        for event in self._news.values():
            event.set()
        until = time.monotonic() + GRACE - 2
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        if late:
            log.error("loops did not end in time", loops=late)
            return 1
        self._depart()
        self._services.store.close()
        log.info("stopped")
        return 0

    def _loop(self, name: str, work: Callable[[], float], most: float = 60.0) -> None:
        """Do the work, then wait for news or as long as the work says; a failing world is waited out.

        `most`: seconds until a failing loop tries again.
        """
        failures = 0
        news = self._news[name]
        while not self._stopping.is_set():
            self._pulse.beat(name)
            try:
                pause = work()
                failures = 0
            except MailslaError as error:
                failures += 1
                pause = min(2.0**failures, most)
                log.error("loop failed", loop=name, cause=error.message, again_in=pause)
            except Exception:
                failures += 1
                pause = min(2.0**failures, most)
                log.exception("loop failed", loop=name, again_in=pause)
            self._pulse.beat(name, HANGS_AFTER + pause)
            news.wait(pause)
            news.clear()

    def _renew(self) -> float:
        """What hangs is not renewed: another daemon may take it."""
        hanging = self._pulse.hanging()
        leases.renew(self._services, [one for name, one in list(self._watched.items()) if name not in hanging])
        return leases.RENEW

    def _depart(self) -> None:
        try:
            leases.depart(self._services)
        except TemporaryError as error:
            log.warning("other daemons wait for this one", seconds=leases.LIVES, cause=error.message)

    def _process(self) -> float:
        while not self._stopping.is_set() and process.process_next(self._services):
            self._pulse.beat("process")
            self._news["deliver"].set()
            self._news["due"].set()
        return LOOK_AGAIN

    def _due(self) -> float:
        while not self._stopping.is_set() and deadlines.next_due(self._services):
            self._pulse.beat("due")
            self._news["deliver"].set()
        return LOOK_AGAIN

    def _deliver(self) -> float:
        """Letters of one batch share a connection. An account that fails rests; no letter fails by it."""
        while not self._stopping.is_set() and delivery.render_due(self._services):
            self._pulse.beat("deliver")
        if (left := self._resting_until - time.monotonic()) > 0:
            return min(left, LOOK_AGAIN)
        if not delivery.due(self._services):
            return LOOK_AGAIN
        self._pulse.beat("deliver", HANGS_AFTER + self._services.settings.sending.timeout_seconds)
        ready = self._transport.connect()
        if ready.sent is Sent.ACCOUNT:
            return self._account_rests(ready.answer)
        while not self._stopping.is_set():
            self._pulse.beat("deliver", HANGS_AFTER + self._services.settings.sending.data_timeout_seconds)
            outcome = delivery.send_next(self._services, self._transport)
            if outcome is None:
                self._account_works()
                return LOOK_AGAIN
            if outcome.sent is Sent.ACCOUNT:
                return self._account_rests(outcome.answer)
            delivery.render_due(self._services)
            self._news["due"].set()
        return 0.0

    def _look_at_logins(self) -> float:
        """The operator hears of a login that ends before it does."""
        for login in self._logins:
            until = login.runs_out_soon()
            if until is not None:
                log.warning("login ends", account=login.account, until=until)
                command = f"mailsla oauth login {login.account}"
                self._alert("login_ends", {"account": login.account, "until": until}, command)
        return LOGINS_AGAIN

    def _account_rests(self, answer: str) -> float:
        if self._stopping.is_set():
            return 0.0
        self._account_failures += 1
        pause = float(account_pause(self._account_failures))
        self._resting_until = time.monotonic() + pause
        log.error("sending account rests", cause=answer, again_in=pause)
        if self._account_failures == 1:
            self._alert("account_failed", {"cause": answer}, "mailsla check")
        return LOOK_AGAIN

    def _account_works(self) -> None:
        self._account_failures = 0

    def _mailbox(self, mailbox: MailboxSettings, source: Source) -> None:
        """One mailbox: poll, then wait for news; a failing one rests, and holds up no other."""
        name, failures = f"mailbox {mailbox.name}", 0
        while not self._stopping.is_set():
            self._pulse.beat(name, HANGS_AFTER + mailbox.timeout_seconds)
            try:
                lease = leases.take_mailbox(self._services, mailbox)
                if lease is None:
                    self._stopping.wait(TAKE_AGAIN)
                    continue
                if name not in self._watched:
                    log.info("mailbox watched", mailbox=mailbox.name)
                self._watched[name] = mailbox
                polled = accept.poll(self._services, mailbox, source, lease)
                if polled.accepted:
                    log.info("mail accepted", mailbox=mailbox.name, count=polled.accepted, on_server=polled.on_server)
                    self._news["process"].set()
                if failures:
                    log.info("mailbox works again", mailbox=mailbox.name)
                    self._alert("mailbox_works", {"mailbox": mailbox.name}, "", recovered=True)
                failures = 0
                self._wait_for_mail(name, mailbox, source, lease)
            except LeaseLost as error:
                source.close()
                self._watched.pop(name)
                log.warning("mailbox left to another daemon", mailbox=mailbox.name, cause=error.message)
            except Exception as error:  # noqa: BLE001 - whatever fails here, the other mailboxes go on
                source.close()
                if self._stopping.is_set():
                    break
                failures += 1
                self._mailbox_rests(name, mailbox, error, failures)
        source.close()

    def _wait_for_mail(self, name: str, mailbox: MailboxSettings, source: Source, lease: Lease) -> None:
        until = time.monotonic() + mailbox.poll_seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            self._pulse.beat(name, HANGS_AFTER + SLICE)
            if source.wait(min(left, SLICE)):
                return
            accept.mark_done(self._services, mailbox, source, lease)

    def _mailbox_rests(self, name: str, mailbox: MailboxSettings, error: Exception, failures: int) -> None:
        pause = account_pause(failures) if not isinstance(error, TemporaryError) else min(5 * 2**failures, 300)
        self._pulse.beat(name, HANGS_AFTER + pause)
        self._watched.pop(name, None)  # another daemon may reach it
        if isinstance(error, MailslaError):
            log.error("mailbox rests", mailbox=mailbox.name, cause=error.message, again_in=pause)
        else:
            log.exception("mailbox rests", mailbox=mailbox.name, again_in=pause, exc_info=error)
        if failures == 1:
            cause = error.message if isinstance(error, MailslaError) else type(error).__name__
            command = error.command if isinstance(error, LoginNeeded) else "mailsla check"
            self._alert("mailbox_failed", {"mailbox": mailbox.name, "cause": cause}, command)
        self._stopping.wait(pause)

    def _alert(self, what: str, values: Mapping[str, Scalar], command: str, *, recovered: bool = False) -> None:
        """The operator is told; where the database is what fails, the log alone has it."""
        try:
            with self._services.store.begin() as uow:
                now = self._services.now()
                alert(uow, self._services, what, now, values, command=command, recovered=recovered)
                uow.commit()
        except TemporaryError as error:
            log.error("operator not told", what=what, cause=error.message)
        self._news["deliver"].set()

"""The daemon's own thread: starts the loops, hears signals, reloads, feeds the watchdog, and ends in time."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue

import structlog

from mailsla import bootstrap
from mailsla.adapters.systemd import notify, watchdog_seconds
from mailsla.config.settings import MailboxSettings
from mailsla.daemon.beside import beside
from mailsla.daemon.boarding import Boarding
from mailsla.daemon.common import LOOK_AGAIN, Common
from mailsla.daemon.delivering import Delivery
from mailsla.daemon.learning import Learning, Start
from mailsla.daemon.publishing import Publishing
from mailsla.daemon.reporting import Reporting
from mailsla.daemon.watching import Watch
from mailsla.errors import MailslaError
from mailsla.flows import clock_set_back, deadlines, jobs, leases, process, starting
from mailsla.flows.services import Services
from mailsla.ports.logins import Login
from mailsla.ports.mail import Source, Transport

log = structlog.get_logger()

LOGINS_AGAIN = 3600.0  # seconds between two looks at when logins end
GRACE = 10.0  # seconds that SIGTERM may take
STOP, RELOAD = "stop", "reload"

Reload = Callable[[Services], Services]


class Daemon:
    """Runs until `stop`. `reload`: services by the configuration as it is now, from those before; or ConfigError."""

    def __init__(
        self,
        services: Services,
        sources: Sequence[tuple[MailboxSettings, Source]],
        transport: Transport,
        logins: Sequence[Login] = (),
        reload: Reload | None = None,
        learn: Start | None = None,
        make_reports: Start | None = None,
    ) -> None:
        self._common = Common(services)
        self._watches = {
            mailbox.name: Watch(self._common, mailbox, source, beside=beside(self._common, mailbox))
            for mailbox, source in sources
        }
        self._ending: list[Watch] = []
        self._renewed_at = services.now()
        self._delivery = Delivery(self._common, transport)
        self._publishing = Publishing(self._common)
        self._boarding = Boarding(self._common)
        self._learning = Learning(self._common, learn)
        self._reporting = Reporting(self._common, make_reports)
        self._logins = logins
        self._reload = reload
        self._orders: SimpleQueue[str] = SimpleQueue()  # a signal handler may put into it, whatever it interrupts

    def run(self) -> int:
        """Until SIGTERM or SIGINT; the exit code: 0, or 1 when a loop did not end in time."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, lambda *_: self._orders.put(RELOAD))
        services = self._common.services
        stranded = starting.start(services)
        threads = [threading.Thread(target=loop, name=name, daemon=True) for name, loop in self._loops()]
        for thread in (*threads, *(watch.thread for watch in self._watches.values())):
            thread.start()
        notify("READY=1")
        log.info("running", mailboxes=list(self._watches), sent_again=stranded)
        self._attend()
        notify("STOPPING=1")
        return self._end(threads)

    def stop(self) -> None:
        """From any thread or a signal handler."""
        self._orders.put(STOP)

    def _loops(self) -> list[tuple[str, Callable[[], None]]]:
        common = self._common
        return [
            ("leases", lambda: common.loop("leases", self._renew, leases.RENEW)),
            ("process", lambda: common.loop("process", self._process)),
            ("due", lambda: common.loop("due", self._due)),
            ("deliver", lambda: common.loop("deliver", self._delivery.turn)),
            ("logins", lambda: common.loop("logins", self._look_at_logins)),
            ("metrics", lambda: common.loop("metrics", self._publishing.turn)),
            ("board", lambda: common.loop("board", self._boarding.turn)),
            ("learning", lambda: common.loop("learning", self._learning.turn)),
            ("reports", lambda: common.loop("reports", self._reporting.turn)),
        ]

    def _attend(self) -> None:
        """Until told to stop; the watchdog hears of us only while every loop is well."""
        every = watchdog_seconds()
        while (order := self._next_order(every if every is not None else LOOK_AGAIN)) != STOP:
            if order == RELOAD:
                self._reload_now()
            hanging = self._common.pulse.hanging()
            if hanging:
                log.error("loops hang", loops=hanging)
            elif every is not None:
                notify("WATCHDOG=1")

    def _next_order(self, seconds: float) -> str | None:
        try:
            return self._orders.get(timeout=seconds)
        except Empty:
            return None

    def _reload_now(self) -> None:
        """Take over the configuration as it is now; one that can't be used whole is not used at all."""
        if self._reload is None:
            log.warning("configuration not reloaded", cause="a dry run keeps the one that it began with")
            return
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        status = "the configuration was reloaded"
        try:
            self._take_over(self._reload(self._common.services))
            self._common.count("reloads", "done")
        except MailslaError as error:
            status = "the configuration was not reloaded, see the log; the old one is used"
            log.error("configuration not reloaded", cause=str(error), used="the old one")
            self._common.count("reloads", "refused")
            self._common.alarm("reload_failed", {"cause": error.message}, "mailsla check")
        notify(f"READY=1\nSTATUS={status}")

    def _take_over(self, new: Services) -> None:
        """What can be refused comes first; then it all changes, each loop at its next turn."""
        jobs.ensure_jobs(new)
        wanted = {mailbox.name: mailbox for mailbox in new.settings.mailboxes if mailbox.kind != "pipe"}
        watched = {name: watch.mailbox for name, watch in self._watches.items()}
        sources = {name: bootstrap.source_of(box) for name, box in wanted.items() if watched.get(name) != box}
        if new.settings.sending != self._common.services.settings.sending:
            self._delivery.change(bootstrap.transport_of(new.settings.sending))
        self._logins = list(bootstrap.logins_of(new.settings).values())
        self._common.services = new
        ended = {name: self._watches.pop(name) for name, box in watched.items() if wanted.get(name) != box}
        for watch in ended.values():
            watch.end()
        self._ending = [watch for watch in (*self._ending, *ended.values()) if watch.thread.is_alive()]
        for name, source in sources.items():
            box = wanted[name]
            self._watches[name] = Watch(self._common, box, source, ended.get(name), beside(self._common, box))
            self._watches[name].thread.start()
        for event in self._common.news.values():
            event.set()
        log.info("configuration reloaded", mailboxes=list(self._watches), renewed=list(sources))

    def _end(self, threads: Sequence[threading.Thread]) -> int:
        self._common.stopping.set()
        watches = (*self._watches.values(), *self._ending)
        for watch in watches:
            watch.end()
        self._delivery.wake()
        self._common.services.reader.wake()
        for event in self._common.news.values():
            event.set()
        until = time.monotonic() + GRACE - 2
        ending = (*threads, *(watch.thread for watch in watches))
        for thread in ending:
            thread.join(max(0.0, until - time.monotonic()))
        late = [thread.name for thread in ending if thread.is_alive()]
        if late:
            log.error("loops did not end in time", loops=late)
            return 1
        self._publishing.close()
        self._depart()
        self._common.services.store.close()
        log.info("stopped")
        return 0

    def _renew(self) -> float:
        """What hangs is not renewed: another daemon may take it."""
        hanging = self._common.pulse.hanging()
        now, before = self._common.services.now(), self._renewed_at
        if clock_set_back.is_set_back(before, now):
            log.warning("the clock was set back", seconds=before - now)
            clock_set_back.catch_up(self._common.services)
        self._renewed_at = now
        watches = list(self._watches.values())
        ours = [watch.mailbox for watch in watches if watch.ours and watch.name not in hanging]
        leases.renew(self._common.services, ours)
        return leases.RENEW

    def _depart(self) -> None:
        try:
            leases.depart(self._common.services)
        except MailslaError as error:
            log.warning("other daemons wait for this one", seconds=leases.LIVES, cause=error.message)

    def _look_at_logins(self) -> float:
        """The operator hears of a login that ends before it does."""
        for login in self._logins:
            until = login.runs_out_soon()
            if until is not None:
                log.warning("login ends", account=login.account, until=until)
                command = f"mailsla oauth login {login.account}"
                self._common.alarm("login_ends", {"account": login.account, "until": until}, command)
        return LOGINS_AGAIN

    def _process(self) -> float:
        common = self._common
        while not common.stopping.is_set() and process.process_next(common.services):
            common.pulse.beat("process")
            common.count("mails_processed")
            common.news["deliver"].set()
            common.news["due"].set()
        return LOOK_AGAIN

    def _due(self) -> float:
        common = self._common
        while not common.stopping.is_set() and deadlines.next_due(common.services):
            common.pulse.beat("due")
            common.count("due_moments")
            common.news["deliver"].set()
        return LOOK_AGAIN

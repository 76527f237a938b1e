"""What the loops share: services, news for each other, the pulse, the tally of work done, and how a loop turns."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping

import structlog

from mailsla.core.model import Instant, Scalar
from mailsla.daemon.pulse import Pulse
from mailsla.errors import MailslaError, machine_failed
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.ports.mail import Woken

log = structlog.get_logger()

LOOK_AGAIN = 2.0  # seconds: other processes (deliver, the CLI) write to the same database
FIRST_PAUSE = 2.0  # seconds after a loop's first failure, doubled by each further one
LOOPS = ("leases", "process", "due", "deliver", "logins", "metrics", "board", "learning", "reports")


class Common:
    """`services` is replaced whole by a reload: a loop reads it anew at each turn, and keeps it within one."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.stopping = threading.Event()
        self.news = {name: threading.Event() for name in LOOPS}
        self.pulse = Pulse()
        self._tally: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()

    def count(self, what: str, which: str = "", number: int = 1) -> None:
        """So many more units of work are done; `what` and `which` as adapters/metrics.py has them."""
        with self._counting:
            self._tally[what, which] += number

    def tally(self) -> dict[tuple[str, str], int]:
        """All that was counted since the start."""
        with self._counting:
            return dict(self._tally)

    def alarm(
        self,
        what: str,
        values: Mapping[str, Scalar],
        command: str,
        *,
        recovered: bool = False,
        since: Instant | None = None,
        thread: str = "",
    ) -> None:
        """The operator is told; where that fails, by the database or whatever else, the log alone has it, and the loop
        that says so goes on. `since`: None = now.

        `thread`: as alerts.alert has it.
        """
        services = self.services
        try:
            with services.store.begin() as uow:
                now = services.now()
                alert(
                    uow,
                    services,
                    what,
                    now,
                    values,
                    command=command,
                    since=since,
                    recovered=recovered,
                    thread=thread,
                )
                uow.commit()
        except (MailslaError, OSError) as error:
            log.error("operator not told", what=what, cause=str(error))
        except Exception:
            log.exception("operator not told", what=what)
        self.news["deliver"].set()

    def loop(self, name: str, work: Callable[[], float], most: float = 60.0) -> None:
        """Do the work, then wait for news or as long as the work says; a failing world is waited out.

        `most`: seconds until a failing loop tries again.
        """
        failures = 0
        news = self.news[name]
        while not self.stopping.is_set():
            self.pulse.beat(name)
            try:
                pause = work()
                failures = 0
            except Woken:
                return
            except Exception as error:
                failures += 1
                pause = min(FIRST_PAUSE * 2.0 ** (failures - 1), most)
                self.count("loop_failures", name)
                known = error if isinstance(error, MailslaError) else machine_failed(error)
                if known is not None:
                    mend = " ".join(known.mend.split())
                    log.error("loop failed", loop=name, cause=known.message, mend=mend, again_in=pause)
                else:
                    log.exception("loop failed", loop=name, again_in=pause)
            self.pulse.beat(name, pause)
            news.wait(pause)
            news.clear()

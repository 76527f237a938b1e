"""A life of the daemon, its loops one after the other in one thread, and what persons do beside it on its machine.

As the daemon does, it waits out what fails: a loop that fails turns again, a mailbox that fails is connected anew, a
start that fails is a new start (systemd). The clock moves only when nothing more is to be done now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from mailsla.daemon.common import Common
from mailsla.daemon.resting import rest
from mailsla.errors import PermanentError
from mailsla.flows import accept, deadlines, delivery, leases, process, showing, starting
from mailsla.flows.services import Services
from mailsla.ports.mail import Sent
from mailsla.ports.store.leases import Lease
from tests.failpoints.world import World

log = structlog.get_logger()

MOST_FAILURES = 12
_STEPS = (0, 61, 120, 300, 600, 1200, 1800)  # seconds; over the longest rest of what one fault can put off


@dataclass(frozen=True)
class Act:
    """What a person does by a command; done again until it is done. `is_done` is asked of the database."""

    name: str
    is_done: Callable[[World], bool]
    do: Callable[["Life"], object]


@dataclass
class Life:
    """`run` it."""

    world: World
    failures: list[BaseException] = field(default_factory=list)

    def run(self, acts: Sequence[Act] = ()) -> None:
        """From its start until there is nothing to do, in good order to its end."""
        self._start()
        for act in acts:
            self._until_done(act)
        self._settle()
        self._tried(lambda: leases.depart(self.services))
        for one in (self.source, self.sent, self.display, self.transport):
            if one is not None:
                self._tried(one.close)

    def _start(self) -> None:
        while not self._tried(self._begin):
            pass

    def _begin(self) -> None:
        self.services: Services = self.world.services()
        self.common = Common(self.services)
        settings = self.services.settings
        self.mailbox = settings.mailbox("support")
        self.source = self.world.post.source(self.mailbox)
        self.display = self.world.post.display(self.mailbox)
        self.transport = self.world.post.transport(settings.sending)
        self.sent = self.world.post.source(self.mailbox.sent) if self.mailbox.sent is not None else None
        starting.start(self.services)

    def _until_done(self, act: Act) -> None:
        for _ in range(MOST_FAILURES):
            if act.is_done(self.world):
                return
            self._settle()
            if not act.is_done(self.world):
                self._tried(lambda: act.do(self))
        raise AssertionError(f'"{act.name}" never comes to be done: {self.failures}')

    def _settle(self) -> None:
        for seconds in _STEPS:
            self.world.wait(seconds)
            while self._turn():
                pass
            if not self._left():
                return

    def _turn(self) -> bool:
        """Whether anything was done, or failed."""
        steps = (self._renew, self._watch, self._process, self._due, self._deliver, self._beside)
        done = [self._stepped(step) for step in steps]  # each of them, whatever those before it did
        return any(done)

    def _stepped(self, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except Exception as error:  # noqa: BLE001 - as common.loop and watching.Watch do
            self._failed(error)
            if step in (self._watch, self._beside):
                for one in (self.source, self.sent, self.display):
                    if one is not None:
                        self._tried(one.close)
                rest(self.common, "support", error, 1)
            return True

    def _watch(self) -> bool:
        lease = self._lease()
        polled = accept.poll(self.services, self.mailbox, self.source, lease)
        self.source.wait(0.001)
        accept.mark_done(self.services, self.mailbox, self.source, lease)
        return polled.accepted > 0

    def _beside(self) -> bool:
        lease = self._lease()
        found = 0
        if self.sent is not None and self.mailbox.sent is not None:
            found = accept.poll(self.services, self.mailbox.sent, self.sent, lease).accepted
        changed = showing.show(self.services, self.mailbox, self.display, lease) if self.display is not None else 0
        return found + changed > 0

    def _lease(self) -> Lease:
        for _ in range(leases.LIVES):
            if (lease := leases.take_mailbox(self.services, self.mailbox)) is not None:
                return lease
            self.world.wait(3)  # one that was killed has it still; as watching.TAKE_AGAIN
        raise AssertionError("another daemon has the mailbox")

    def _process(self) -> bool:
        return self._as_often_as(lambda: process.process_next(self.services))

    def _due(self) -> bool:
        return self._as_often_as(lambda: deadlines.next_due(self.services))

    def _as_often_as(self, work: Callable[[], bool]) -> bool:
        done = False
        while work():
            done = True
        return done

    def _deliver(self) -> bool:
        """As daemon/delivering.py: what is due is made, then sent over one connection."""
        done = self._as_often_as(lambda: bool(delivery.render_due(self.services)))
        if not delivery.due(self.services):
            return done
        ready = self.transport.connect()
        if ready.sent is not Sent.ACCEPTED:
            self._failed(ConnectionError(ready.answer))
            return True
        while (outcome := delivery.send_next(self.services, self.transport)) is not None:
            done = True
            if outcome.sent is Sent.ACCOUNT:
                self._failed(ConnectionError(outcome.answer))
                break
            delivery.render_due(self.services)
        return done

    def _renew(self) -> bool:
        leases.renew(self.services, [self.mailbox])
        return False

    def _tried(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except PermanentError as error:  # a command that has nothing to do any more
            self._failed(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is done again
            self._failed(error)
            return False
        return True

    def _failed(self, error: BaseException) -> None:
        self.failures.append(error)
        if len(self.failures) > MOST_FAILURES:
            different = sorted({f"{type(one).__name__}: {one}" for one in self.failures})
            raise AssertionError(f"it goes on failing: {different}") from error

    def _left(self) -> bool:
        """Whether something still has to happen by itself."""
        now = self.world.now()
        [(count,)] = self.world.database.query(
            "SELECT (SELECT count(*) FROM intake WHERE state = 'stored')"
            " + (SELECT count(*) FROM intake WHERE mark = 'wanted' AND folder = 'INBOX')"
            " + (SELECT count(*) FROM letters WHERE state = 'sending')"
            f" + (SELECT count(*) FROM letters WHERE state = 'queued' AND next_at <= {now})"
            f" + (SELECT count(*) FROM notices WHERE state = 'pending' AND not_before <= {now})"
            f" + (SELECT count(*) FROM moments WHERE at <= {now})"
        )
        return bool(count)

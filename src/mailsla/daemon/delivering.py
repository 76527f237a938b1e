"""The loop of the sending account: letters of one batch share a connection; an account that fails rests."""

import time

import structlog

from mailsla.core.model import Scalar
from mailsla.core.retry import account_pause
from mailsla.daemon.common import LOOK_AGAIN, Common
from mailsla.flows import delivery
from mailsla.ports.mail import Sent, Transport

log = structlog.get_logger()


class Delivery:
    """One turn is `turn`; `wake` and `change` may be called from any thread."""

    def __init__(self, common: Common, transport: Transport) -> None:
        self._common = common
        self._transport = transport
        self._next: Transport | None = None
        self._failures = 0
        self._failed_at = 0
        self._resting_until = 0.0

    def wake(self) -> None:
        """Cut a send that waits, for good."""
        for transport in (self._transport, self._next):
            if transport is not None:
                transport.wake()

    def change(self, transport: Transport) -> None:
        """Send by this one from the next turn on; what is being sent goes by the old one."""
        self._next = transport
        self._common.news["deliver"].set()

    def turn(self) -> float:
        """Send all that is due; seconds until there may be more. No letter fails by an account that fails."""
        common = self._common
        self._change()
        while not common.stopping.is_set() and delivery.render_due(common.services):
            common.pulse.beat("deliver")
        if (left := self._resting_until - time.monotonic()) > 0:
            return min(left, LOOK_AGAIN)
        if not delivery.due(common.services):
            return LOOK_AGAIN
        common.pulse.beat("deliver", common.services.settings.sending.timeout_seconds)
        ready = self._transport.connect()
        if ready.sent is Sent.ACCOUNT:
            return self._rest(ready.answer)
        while not common.stopping.is_set() and self._next is None:
            common.pulse.beat("deliver", common.services.settings.sending.data_timeout_seconds)
            outcome = delivery.send_next(common.services, self._transport)
            if outcome is None:
                self._failures = 0  # all is sent; if not by this daemon, then by another
                return LOOK_AGAIN
            common.count("letters", outcome.sent.value)
            if outcome.sent is Sent.ACCOUNT:
                return self._rest(outcome.answer)
            if self._failures:
                self._works_again()
            delivery.render_due(common.services)
            common.news["due"].set()
        return 0.0

    def _change(self) -> None:
        if self._next is None:
            return
        self._transport.close()
        self._transport, self._next = self._next, None
        self._failures, self._resting_until = 0, 0.0
        if self._common.stopping.is_set():
            self._transport.wake()

    def _rest(self, answer: str) -> float:
        if self._common.stopping.is_set():
            return 0.0
        self._failures += 1
        if self._failures == 1:
            self._failed_at = self._common.services.now()
        pause = float(account_pause(self._failures))
        self._resting_until = time.monotonic() + pause
        log.error("sending account rests", cause=answer, again_in=pause)
        if self._failures == 1:
            self._common.alarm("account_failed", {"cause": answer}, "mailsla check", thread="account")
        return LOOK_AGAIN

    def _works_again(self) -> None:
        """The operator, who hears of the failure only now, hears that it is over too."""
        self._failures = 0
        log.info("sending account works again", since=self._failed_at)
        values: dict[str, Scalar] = {"since": self._failed_at}
        self._common.alarm("account_works", values, "", recovered=True, since=self._failed_at, thread="account")

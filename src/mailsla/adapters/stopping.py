"""A request to stop that ends every wait of the thread it is for, at once and for good."""

import select
import socket
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, TypeVar

from mailsla.errors import MailslaError, TemporaryError

Value = TypeVar("Value")


class Stop:
    """One for each source. `ask` may be called from any thread, all else by the thread that owns the source."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: Future[None] = Future()
        self._reader, self._writer = socket.socketpair()  # readable once asked, so that a poll sees it

    @property
    def asked(self) -> bool:
        return self._asked.done()

    def ask(self) -> None:
        """From any thread, any number of times."""
        with self._lock:
            if not self.asked:
                self._asked.set_result(None)
                self._writer.send(b".")

    def pause(self, seconds: float) -> None:
        """Until `seconds` are over or a stop is asked for."""
        wait([self._asked], timeout=seconds)

    def until_readable(self, connection: socket.socket, seconds: float) -> None:
        """Until `connection` can be read, `seconds` are over, or a stop is asked for."""
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        poll.register(self._reader, select.POLLIN)
        poll.poll(seconds * 1000)

    def run(self, work: Callable[[], Value], discard: Callable[[Value], None]) -> Value:
        """The value of `work`, done in a thread of its own: neither a resolver nor a handshake can be cut short.

        Asked to stop it raises TemporaryError at once; what `work` gives later goes to `discard`. A MailslaError of
        `work` is raised here.
        """
        result: Future[Value] = Future()

        def job() -> None:
            try:
                value = work()
            except BaseException as error:
                if result.set_running_or_notify_cancel():
                    result.set_exception(error)  # a bug too must reach the thread that waits
                if not isinstance(error, MailslaError):
                    raise
                return
            if result.set_running_or_notify_cancel():
                result.set_result(value)
            else:
                discard(value)

        threading.Thread(target=job, daemon=True).start()
        either: tuple[Future[Any], ...] = (result, self._asked)
        wait(either, return_when=FIRST_COMPLETED)
        if self.asked and result.cancel():
            raise TemporaryError("told to stop")
        return result.result()

"""Mails that come in while daemons are killed."""

import threading
import time
from collections.abc import Sequence

from tests.e2e.desk import Desk


class Postman(threading.Thread):
    """Brings the mails one by one, in the background, over about `seconds`."""

    def __init__(self, desk: Desk, raws: Sequence[bytes], seconds: float) -> None:
        super().__init__(daemon=True)
        self._desk, self._raws, self._pause = desk, raws, seconds / len(raws)

    def run(self) -> None:
        with self._desk.dovecot.login(self._desk.user()) as client:
            for raw in self._raws:
                client.append("INBOX", raw)
                self._desk.sent += 1
                time.sleep(self._pause)

"""A mailbox of an office on a real Dovecot: looked into as the daemon does, or watched by the daemon's own loop."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from mailsla.adapters.imap import ImapSource
from mailsla.daemon.common import Common
from mailsla.daemon.watching import Watch
from mailsla.flows import accept, leases
from tests.adapters.source_contract import mailbox_at
from tests.flows.mails import write
from tests.flows.office import Office
from tests.servers.dovecot import Dovecot

_users = itertools.count(1)


class Box:
    """The support mailbox of an office, in Dovecot; `poll` looks into it as the daemon does."""

    def __init__(self, office: Office, server: Dovecot) -> None:
        self.office, self.server = office, server
        self.user = f"ways-{next(_users)}"
        self.settings = mailbox_at(server.port, self.user)
        self.opened: list[ImapSource] = []
        self.source = self.open()

    def open(self, **changes: object) -> ImapSource:
        """Another source from now on, with changed settings."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        self.source = ImapSource(self.settings, lambda: self.server.password)
        self.opened.append(self.source)
        return self.source

    def put(self, sender: str, text: str = "It is late.", folder: str = "INBOX") -> None:
        """A mail arrives, at the time that it is in the office."""
        self.deliver(bytes(write(sender, text)), folder)

    def deliver(self, raw: bytes, folder: str = "INBOX") -> None:
        """The same of a mail that is there already."""
        self.server.deliver(self.user, raw, folder, datetime.fromtimestamp(self.office.now, UTC))

    def poll(self) -> accept.Polled:
        """One look, and all that follows from it."""
        polled = accept.poll(self.office.services, self.settings, self.source)
        self.office.work()
        return polled

    def person(self, do: Callable[..., object], folder: str = "INBOX") -> None:
        """Somebody works in the mailbox with a client of their own."""
        with self.server.login(self.user) as client:
            client.select_folder(folder)
            do(client)

    def states(self) -> dict[str, int]:
        """What became of all mails, by state."""
        with self.office.services.store.begin() as uow:
            return uow.intake.counts()

    def acknowledged(self) -> list[str]:
        """Who was answered, each as often."""
        return sorted(one.to for one in self.office.letters(kind="acknowledgement"))


class Watched:
    """The daemon's loop of the mailbox, until it has read it; its rests pass on the office's clock."""

    def __init__(self, box: Box) -> None:
        self._box = box
        leases.arrive(box.office.services)
        self._watch = Watch(Common(box.office.services), box.settings, box.source)

    def run(self, then: Callable[[int], object] = lambda passed: True) -> None:
        """`then`: told after each rest how many seconds have passed."""
        began, office = self._box.office.now, self._box.office
        over = self._watch._over = PassingTime(office, lambda: then(office.now - began))
        wait = self._watch._source.wait

        def read(_seconds: float) -> bool:
            self._watch.end()  # all is read: it would wait for mail now
            return wait(0)

        self._watch._source.wait = read  # type: ignore[method-assign]
        self._watch._run()
        assert over.is_set()


class PassingTime(threading.Event):
    """A wait takes no time but the office's."""

    def __init__(self, office: Office, after: Callable[[], object]) -> None:
        super().__init__()
        self._office, self._after = office, after

    def wait(self, timeout: float | None = None) -> bool:
        self._office.now += int(cast(float, timeout))
        with self._office.services.store.begin() as uow:
            uow.leases.live(self._office.services.owner, self._office.now + 30, self._office.services.terms)
            uow.commit()
        self._after()
        return self.is_set()

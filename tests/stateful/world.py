"""An office whose mailbox and sending account have accidents, and a ledger of who really wrote what."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from mailsla.errors import TemporaryError
from mailsla.flows import clock_set_back, leases, starting
from mailsla.flows.accept import poll
from mailsla.flows.services import Unsettled
from mailsla.ports.store import Store, UnitOfWork
from tests.flows.mails import address
from tests.flows.office import MINUTE, Office, with_verdict
from tests.flows.postbox import Posted
from tests.stateful.doors import Account, Crash, Crashes, Folder

RESTART = 40  # seconds until systemd has started it again, and the dead one's leases are over
MOST_LIVES = 12  # restarts and tries after which all has to be quiet


@dataclass(frozen=True)
class Written:
    """A mail that was put into the folder. `word`: stands in what it newly says, and in no other mail's. `by`: who
    really wrote it ("sam", "ana", "eve", "machine"). `does`: what an agent's mail orders, "" = to send its text."""

    word: str
    by: str
    raw: bytes
    does: str = ""


class World:
    """Do things, then `settle`: mailsla runs, and is started again where it crashed, until nothing is left to do."""

    def __init__(self, folder: Path, blank: Path) -> None:
        self.crashes = Crashes()
        self.office = Office(folder, blank)
        self.office.postbox = self.account = Account(lambda: self.office.now, self.crashes)
        self.folder = Folder(self.crashes)
        self.written: list[Written] = []
        self.crashed = self._lives = 0
        self._seen_at = self.office.now
        self.looked_at = 0  # letters that went out
        self._start()
        self.settle()

    def close(self) -> None:
        """Let go of all."""
        self.office.close()

    # What people do

    def word(self) -> str:
        """For the next mail."""
        return f"Wq{len(self.written):05d}x"

    def send(self, mail: EmailMessage | bytes, by: str, *, auth: str = "pass", does: str = "") -> None:
        """A mail is delivered into the folder."""
        raw = mail if isinstance(mail, bytes) else with_verdict(mail, auth)
        self.written.append(Written(self.word(), by, raw, does))
        self.folder.put(raw, self.office.now)

    def send_again(self, pick: int) -> None:
        """The same bytes once more, as a server delivers twice that was cut off."""
        if self.written:
            self.folder.put(self.written[pick % len(self.written)].raw, self.office.now)

    def letters(self, to: Sequence[str], kinds: Sequence[str]) -> list[Posted]:
        """Those that really went to these people."""
        return [one for one in self.office.letters() if one.to in map(address, to) and one.kind in kinds]

    # What mailsla does

    def settle(self) -> None:
        """Until all is quiet."""
        for _ in range(MOST_LIVES):
            try:
                if self._once():
                    return
            except Crash:
                self.crashed += 1
                self._start()
            except TemporaryError:  # as the daemon's loops: a rest, and again
                self.office.now += MINUTE
        raise AssertionError(f"not quiet after {MOST_LIVES} tries")

    def pass_time(self, seconds: int) -> None:
        """What falls due meanwhile happens in time."""
        try:
            self.office.wait(seconds)
        except Crash:
            self.crashed += 1
            self._start()

    def _once(self) -> bool:
        if clock_set_back.is_set_back(self._seen_at, self.office.now):
            clock_set_back.catch_up(self.office.services)
        self._seen_at = self.office.now
        leases.renew(self.office.services, [])
        tries = len(self.account.ways)
        poll(self.office.services, self.office.services.settings.mailbox("support"), self.folder)
        self.office.work()
        poll(self.office.services, self.office.services.settings.mailbox("support"), self.folder)  # its marks
        return len(self.account.ways) == tries

    def _start(self) -> None:
        """A new life on the same database, some seconds later."""
        office = self.office
        office.now += RESTART
        self._lives += 1
        store = CrashingStore(office.services.store, self.crashes)
        if isinstance(office.services.store, CrashingStore):
            store = office.services.store
        owner = f"life-{self._lives}"
        life = {"owner": owner, "has_ended": lambda one: one != owner, "unsettled": Unsettled()}
        office.services = replace(office.services, store=store, **life)
        try:
            starting.start(office.services)
        except Crash:
            self.crashed += 1
            self._start()


class CrashingStore:
    """ports.store.Store whose commits are dangerous moments."""

    def __init__(self, store: Store, crashes: Crashes) -> None:
        self._store, self._crashes = store, crashes

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """As the real one."""
        with self._store.begin() as uow:
            commit: Callable[[], None] = uow.commit
            uow.commit = lambda: self._crashes.around(commit)  # type: ignore[method-assign]
            yield uow

    def close(self) -> None:
        """As the real one."""
        self._store.close()

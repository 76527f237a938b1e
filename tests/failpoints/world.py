"""The world in which faults strike: a database, a mailbox, a sending account, a clock; all of it can be put back."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from mailsla import bootstrap
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.migrate import upgrade
from mailsla.adapters.db.store import SqlStore
from mailsla.adapters.processes import has_ended, process_name
from mailsla.config.load import load
from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import ParsedMail
from mailsla.errors import TemporaryError, Unparseable
from mailsla.flows.services import Services
from tests.failpoints.databases import Database
from tests.failpoints.places import Post
from tests.flows.office import AUTHSERV, MONDAY
from tests.flows.postbox import Posted

_OFFICE = Path(__file__).parents[1] / "flows" / "office.toml"
Changes = tuple[tuple[str, str], ...]
WATCHED = (
    'name = "support"\naddress = "support@acme.example"\nkind = "pipe"',
    'name = "support"\naddress = "support@acme.example"\nkind = "maildir"\npath = "live/in"\nmark = "move"\n'
    'sent_folder = "Sent"',
)
UNREADABLE, MISTAKEN = b"words that cannot be read", b"words that trip the program"
NO_CHILD = b"no process can be started to read this before"  # and an instant
_BEFORE = re.compile(NO_CHILD + rb" (\d+)")


class OddReader:
    """ports.mail.MailReader: reads here, whatever the attempt; certain words it can't read, or stumbles over."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        if UNREADABLE in raw:
            raise Unparseable("reading the mail took over 5 s of CPU or was killed")
        if MISTAKEN in raw:
            raise RuntimeError("a mistake in the program")
        if (found := _BEFORE.search(raw)) and self._now() < int(found[1]):
            raise TemporaryError("the reading process can't be started")
        return parse(raw)

    def wake(self) -> None:
        """Nothing runs."""


@dataclass(frozen=True)
class _Kept:
    now: int
    arrived: tuple[str, ...]
    changes: Changes


class World:
    """One at a time is alive; what is kept are copies of it."""

    def __init__(
        self, folder: Path, database: Database, post: Callable[[Path, Callable[[], int]], Post], base: Changes
    ) -> None:
        self._folder, self._base = folder, base
        self._clock = folder / "clock"
        self._kept: dict[str, _Kept] = {}
        self._made: dict[Changes, Services] = {}
        self._engine: Engine = open_engine(database.url)
        self._lives = 0
        self.database = database
        self.changes: Changes = ()
        self.arrived: tuple[str, ...] = ()
        self.set_clock(MONDAY)
        self.post = post(folder, self.now)

    # the clock

    def now(self) -> int:
        """As all processes of this world have it."""
        return self._now

    def set_clock(self, now: int) -> None:
        """It stays there until it is set again, also when the process ends."""
        self._now = now
        self._clock.write_text(str(now))

    def wait(self, seconds: int) -> None:
        """Time passes, and nothing happens."""
        self.set_clock(self._now + seconds)

    # what comes in

    def put(self, mail: EmailMessage | bytes, *, auth: str = "pass", at: int | None = None, folder: str = "") -> str:
        """A mail arrives (`auth`: our server's word on the sender); its SHA-256."""
        raw = mail if isinstance(mail, bytes) else _with_verdict(mail, auth)
        raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # as mails are on their way
        self.post.put(raw, self._now if at is None else at, folder)
        self.arrived += (hashlib.sha256(raw).hexdigest(),)
        return self.arrived[-1]

    def forget(self, sha256: str) -> None:
        """It was there before us, or is not ours to deal with."""
        self.arrived = tuple(one for one in self.arrived if one != sha256)

    # what went out

    def letter(self, to: str, kind: str, on: str = "") -> Posted:
        """The newest letter of a kind to an address (`on`: a ticket), from its row."""
        ticket = f" AND ticket_id = (SELECT id FROM tickets WHERE reference = '{on}')" if on else ""
        wanted = f"recipient = '{to}' AND kind = '{kind}'{ticket}"
        rows = self.database.query(f"SELECT content FROM letters WHERE {wanted} ORDER BY id DESC LIMIT 1")
        assert rows, f"no {kind} to {to}; there are {self.database.query('SELECT recipient, kind FROM letters')}"
        return Posted(self._now, to, bytes(rows[0][0]), kind)

    # lives

    def services(self) -> Services:
        """Of a process that begins: as bootstrap.services makes them, but for what is always the same."""
        if self.changes not in self._made:
            self._made[self.changes] = self._make()
        self._lives += 1
        owner = process_name(f"life{self._lives}")
        made = replace(
            self._made[self.changes],
            store=SqlStore(self._engine),
            now=self.now,
            reader=OddReader(self.now),
            owner=owner,
            has_ended=partial(has_ended, own=owner),
            versions={},
            agreements={},
            seen={},
            learned={},
            errands=set(),
        )
        return bootstrap._with_versions(made)

    def _make(self) -> Services:
        config = _OFFICE.read_text(encoding="utf-8")
        for old, new in (*self._base, *self.changes):
            assert old in config, f"the configuration has no {old!r}"
            config = config.replace(old, new)
        path = self._folder / "mailsla.toml"
        path.write_text(config, encoding="utf-8")
        url = f"sqlite:///{self._folder / 'scratch.db'}"
        upgrade(url)
        store = SqlStore(open_engine(url))
        made = bootstrap.services(load(path), now=self.now, store=store)
        store.close()
        return made

    def disconnect(self) -> None:
        """Nobody holds the database."""
        self._engine.dispose()
        self.database.disconnect()

    # there and back

    def keep(self, name: str) -> None:
        """As it is now; nothing runs."""
        self.disconnect()
        self.database.keep(name)
        self.post.keep(name)
        self._kept[name] = _Kept(self._now, self.arrived, self.changes)

    def bring_back(self, name: str) -> None:
        """As it was then."""
        self.disconnect()
        self.database.bring_back(name)
        self.post.bring_back(name)
        kept = self._kept[name]
        self.set_clock(kept.now)
        self.arrived, self.changes = kept.arrived, kept.changes

    def after_another_process(self) -> None:
        """What it did to the clock counts."""
        self._now = int(self._clock.read_text())

    def close(self) -> None:
        """Let go of all."""
        self.disconnect()
        self.post.close()


def _with_verdict(mail: EmailMessage, auth: str) -> bytes:
    domain = str(mail["From"]).rpartition("@")[2].rstrip("> ")
    return f"Authentication-Results: {AUTHSERV}; dmarc={auth} header.from={domain}\r\n".encode() + bytes(mail)

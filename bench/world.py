"""The bench's world: a Dovecot that holds the mails, a configuration, databases on disk, a clock, names that repeat."""

import hashlib
import re
import tempfile
from base64 import b32encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from imapclient import IMAPClient
from sqlalchemy import Engine
from tests.servers.dovecot import PASSWORD, Dovecot

from bench.mails import SUPPORT, Mail
from bench.transit import AUTHSERV
from mailsla import bootstrap
from mailsla.adapters.db.engine import open_engine
from mailsla.adapters.db.store import SqlStore
from mailsla.config.load import load
from mailsla.config.settings import Settings
from mailsla.core.model import Instant
from mailsla.flows.services import Services

USER = "support"
START: Instant = 1_717_405_200  # Monday 3 June 2024, 09:00 UTC; in the past, for Dovecot takes no mail from the future
_CONFIG = f"""
[instance]
name = "bench"
prefix = "ACME"
host = "acme.example"
operator = "operator@acme.example"
[database]
url = "sqlite:///bench.db"
[[mailboxes]]
name = "support"
address = "{SUPPORT}"
host = "localhost"
port = %(port)d
security = "none"
user = "{USER}"
password = {{ file = "password" }}
zone = "Europe/Berlin"
authserv_id = "{AUTHSERV}"
[sending]
host = "localhost"
security = "none"
"""
_AGENTS = 40  # so that none gets more than 30 letters in the hour: beyond, they are folded into one


@dataclass
class Clock:
    """Says what it is set to."""

    at: Instant = START

    def __call__(self) -> Instant:
        return self.at


@dataclass
class CountedIds:
    """Random to look at and the same in each run, so that the replies to letters can be written beforehand."""

    given: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)))

    def token(self) -> str:
        return self._name(26)

    def public(self) -> str:
        return self._name(20)

    def _name(self, length: int) -> str:
        return b32encode(hashlib.sha256(str(next(self.given)).encode()).digest()).decode().lower()[:length]


@dataclass
class World:
    """What both sides of the comparison work on."""

    dovecot: Dovecot
    folder: Path
    settings: Settings
    warm: Services | None = None  # of the first intake: a daemon compiles its templates once in its life

    def deliver(self, mails: Iterable[Mail]) -> None:
        """By APPEND, with the time at which each arrived."""
        with self.dovecot.login(USER) as client:
            for mail in mails:
                client.append("INBOX", mail.raw, msg_time=datetime.fromtimestamp(mail.at, UTC))

    def client(self) -> IMAPClient:
        """As mailsla's own: without the formatting of every body for a log line that is dropped."""
        client = IMAPClient(self.dovecot.host, port=self.dovecot.port, ssl=False)
        client._imap.debug = 0
        client.normalise_times = False
        client.login(USER, PASSWORD)
        return client

    def database(self, name: str) -> Engine:
        """A new one on disk, as mailsla opens it: synchronous=FULL, WAL."""
        url = f"sqlite:///{self.folder / name}.db"
        bootstrap.upgrade_database(replace(self.settings, database=url))
        return open_engine(url)

    def services(self, engine: Engine, clock: Clock) -> Services:
        """mailsla as bootstrap.py makes it, on this database."""
        made = bootstrap.services(self.settings, now=clock, ids=CountedIds(), store=SqlStore(engine), owner="bench")
        if self.warm is None:
            self.warm = made
        return replace(made, letters=self.warm.letters, triage=self.warm.triage)


@contextmanager
def world() -> Iterator[World]:
    """A world in temporary folders; gone afterwards."""
    dovecot = Dovecot()
    try:
        dovecot.start()
        with tempfile.TemporaryDirectory(prefix="mailsla-bench-", dir="/var/tmp") as name:  # on a disk, by FHS 5.15
            folder = Path(name)
            secret = folder / "password"
            secret.touch(mode=0o600)
            secret.write_text(PASSWORD)
            preset = (Path(bootstrap.__file__).parent / "config" / "presets" / "standard.toml").read_text("utf-8")
            config = folder / "mailsla.toml"
            config.write_text(_configuration(preset) % {"port": dovecot.port}, encoding="utf-8")
            yield World(dovecot, folder, load(config))
    finally:
        dovecot.remove()


def _configuration(preset: str) -> str:
    """The standard preset's categories, calendars and policies with the bench's own mailbox, account and agents."""
    service = preset[preset.index("[agents.sam]") : preset.index("[limits]")]
    names = [f"agent{number}" for number in range(_AGENTS)]
    agents = "".join(f'[agents.{name}]\nemail = "{name}@acme.example"\nmanager = "jo"\n' for name in names)
    service = re.sub(r"^members = \[.*\]", f"members = {names}", service, count=1, flags=re.MULTILINE)
    return _CONFIG + (service + agents).replace("%", "%%")

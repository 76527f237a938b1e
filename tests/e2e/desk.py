"""A help desk for one test: mailboxes in Dovecot, letters at the sink, the daemon between them, and its database."""

import itertools
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.processes import MAILSLA, SMTP_LOGIN, Daemon, SinkProcess
from tests.e2e.waiting import until
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import Received

BASE = Path(__file__).with_name("desk.toml")
AUTHSERV = "mx.acme.example"
LOCKED = 60  # seconds that a look into the database may wait: a disk under load may take many for a commit
_users = itertools.count(1)


@dataclass(frozen=True)
class Mailbox:
    """One [[mailboxes]] entry; `settings` are further lines of it, `oauth` of its login in place of a password."""

    name: str
    language: str = "en"
    credential: str = "imap"
    settings: str = ""
    oauth: str = ""

    @property
    def address(self) -> str:
        return f"{self.name}@acme.example"


SUPPORT = Mailbox("support")


class Desk:
    """`open` it, `send` mails, wait until it is `quiet`, look at `sink.received()`. `close` ends what still runs.

    Without `undo_seconds` an answer goes out at once; else it waits until the `window_passes`.
    """

    def __init__(
        self,
        folder: Path,
        dovecot: Dovecot,
        empty_database: Path | None,
        mailboxes: Sequence[Mailbox],
        sink_options: Sequence[str],
        base: Path = BASE,
        undo_seconds: int = 0,
    ) -> None:
        self.folder = folder
        self.undo_seconds = undo_seconds
        self.base = base
        self.dovecot = dovecot
        self.mailboxes = mailboxes
        self.config = folder / "mailsla.toml"
        self.database = folder / "mailsla.db"
        self.daemon: Daemon | None = None
        self.sent = 0
        self._users = {mailbox.name: f"{mailbox.name}-{next(_users)}" for mailbox in mailboxes}
        self.sink = SinkProcess(folder / "sink", dovecot.certificate, *sink_options)
        self._write_secrets()
        self.write_config()
        if empty_database is not None:
            shutil.copy(empty_database, self.database)

    def write_config(self) -> None:
        boxes = "".join(self._mailbox(mailbox) for mailbox in self.mailboxes)
        sending = f"""
[sending]
host = "localhost"
port = {self.sink.port}
security = "starttls"
user = "{SMTP_LOGIN[0]}"
password = {{ env = "SMTP_PASSWORD" }}
undo_seconds = {self.undo_seconds}
"""
        self.config.write_text(self.base.read_text(encoding="utf-8") + boxes + sending, encoding="utf-8")

    def _mailbox(self, mailbox: Mailbox) -> str:
        password = f'password = {{ credential = "{mailbox.credential}" }}'
        return f"""
[[mailboxes]]
name = "{mailbox.name}"
address = "{mailbox.address}"
display_name = "ACME {mailbox.name}"
language = "{mailbox.language}"
zone = "Europe/Berlin"
host = "localhost"
port = {self.dovecot.tls_port}
user = "{self._users[mailbox.name]}"
{"" if mailbox.oauth else password}
authserv_id = "{AUTHSERV}"
{mailbox.settings}
{f"[mailboxes.oauth]{mailbox.oauth}" if mailbox.oauth else ""}
"""

    def _write_secrets(self) -> None:
        secrets = self.folder / "credentials"
        secrets.mkdir(mode=0o700)
        (secrets / "imap").write_text(self.dovecot.password)
        (secrets / "wrong").write_text("not the password")
        self.environment = {
            "SSL_CERT_FILE": str(self.dovecot.certificate.cert),
            "CREDENTIALS_DIRECTORY": str(secrets),
            "SMTP_PASSWORD": SMTP_LOGIN[1],
        }

    def run(self, *arguments: str, stdin: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
        """One command of the CLI on this desk."""
        command = [*MAILSLA, "--config", str(self.config), *arguments]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done

    def start(self, environment: dict[str, str] | None = None, options: Sequence[str] = ()) -> Daemon:
        """Start the daemon, and wait for nothing."""
        given = {**self.environment, **(environment or {})}
        self.daemon = Daemon(self.config, self.folder / "log", given, options)
        return self.daemon

    def open(self, watched: Sequence[str] = (), environment: dict[str, str] | None = None) -> Daemon:
        """Start the daemon; from here on what arrives in the mailboxes `watched` (all, where none is named) is new."""
        daemon = self.start(environment)
        names = set(watched) or {mailbox.name for mailbox in self.mailboxes}
        daemon.until_said("running")
        until(lambda: names <= self._watched(), 60, lambda: f"first sight of {names}\n{daemon.tail()}")
        return daemon

    def _watched(self) -> set[str]:
        return {name for (name,) in self.query("SELECT mailbox FROM mailbox_states")}

    def close(self) -> None:
        if self.daemon is not None and self.daemon.process.poll() is None:
            self.daemon.kill()
        self.sink.end()

    def user(self, mailbox: str = "support") -> str:
        """The user of Dovecot whose INBOX the mailbox is."""
        return self._users[mailbox]

    def send(self, raw: bytes, mailbox: str = "support") -> None:
        """A mail arrives."""
        self.dovecot.deliver(self.user(mailbox), raw)
        self.sent += 1

    def window_passes(self) -> None:
        """What waits to be recalled may go out now, as if its time were over."""
        with closing(sqlite3.connect(self.database, timeout=LOCKED)) as connection:
            connection.execute(
                "UPDATE notices SET not_before = 0 WHERE state = 'pending' AND kind IN ('relay', 'closing')"
            )
            connection.commit()

    def quiet(self, within: float = 90) -> list[Received]:
        """When all that was sent has been dealt with and all that is due has gone out: the letters so far."""
        until(self._is_quiet, within, self._state)
        return self.sink.received()

    def _is_quiet(self) -> bool:
        [(accepted, stored)] = self.query("SELECT count(*), coalesce(sum(state = 'stored'), 0) FROM intake")
        return accepted >= self.sent and stored == 0 and self._letters_to_come() == 0

    def _letters_to_come(self) -> int:
        now = int(time.time())
        [(notices,)] = self.query("SELECT count(*) FROM notices WHERE state = 'pending' AND not_before <= ?", now)
        [(letters,)] = self.query("SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')")
        return int(notices + letters)

    def _state(self) -> str:
        counts = [
            self.query(f"SELECT state, count(*) FROM {table} GROUP BY state")
            for table in ("intake", "notices", "letters")
        ]
        return f"{self.sent} mails sent; intake, notices, letters: {counts}\n{self.daemon and self.daemon.tail()}"

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, read without mailsla."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=LOCKED)) as connection:
            return connection.execute(statement, values).fetchall()

"""A daemon on Maildirs, run as its admin runs it, with a socket in the place of systemd's."""

import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from mailsla import bootstrap
from mailsla.config import preset
from mailsla.config.load import load
from tests.e2e.processes import MAILSLA, Daemon
from tests.e2e.waiting import until
from tests.flows.mails import write


class Shop:
    """The standard preset in a folder; `daemon` once it is started."""

    def __init__(self, folder: Path, blank: Path) -> None:
        self.folder = folder
        self.config = folder / "mailsla.toml"
        self.daemon: Daemon
        self._mails = 0
        self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._systemd.bind(str(folder / "notify"))
        self._systemd.settimeout(60)
        shutil.copy(blank, folder / "mailsla.db")
        self.configure()
        self.mailbox("in")

    def configure(self, *changes: tuple[str, str]) -> None:
        """Write the configuration, with some of the preset's texts replaced."""
        text = preset.text("standard")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        self.config.write_text(text, encoding="utf-8")

    def mailbox(self, name: str) -> Path:
        """A Maildir in mail/."""
        for part in ("new", "cur", "tmp"):
            (self.folder / "mail" / name / part).mkdir(parents=True)
        return self.folder / "mail" / name

    def start(self, environment: Mapping[str, str] | None = None, program: Sequence[str] = MAILSLA) -> Daemon:
        """Until it says that it is ready."""
        given = {"NOTIFY_SOCKET": str(self.folder / "notify"), **(environment or {})}
        self.daemon = Daemon(self.config, self.folder / "log", given, ("--log-json",), program)
        assert self.told() == "READY=1"
        self.until_seen("support")
        return self.daemon

    def until_seen(self, mailbox: str) -> None:
        """What comes in afterwards is new."""
        until(
            lambda: self.query("SELECT 1 FROM mailbox_states WHERE mailbox = ?", mailbox),
            60,
            lambda: f"mailbox {mailbox}\n{self.daemon.tail()}",
        )

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, read without mailsla."""
        with closing(sqlite3.connect(f"file:{self.folder / 'mailsla.db'}?mode=ro", uri=True, timeout=20)) as database:
            return database.execute(statement, values).fetchall()

    def told(self) -> str:
        """What systemd was told next."""
        return self._systemd.recv(4096).decode()

    def reload(self) -> str:
        """SIGHUP, until it is ready again; the status that it gives."""
        self.daemon.process.send_signal(signal.SIGHUP)
        reloading = self.told()
        assert reloading.startswith("RELOADING=1\nMONOTONIC_USEC="), reloading
        assert int(reloading.rpartition("=")[2]) > 0
        ready, _, status = self.told().partition("\nSTATUS=")
        assert ready == "READY=1"
        return status

    def send(self, sender: str, mailbox: str = "in", raw: bytes | None = None) -> None:
        """A mail comes into a Maildir."""
        self._mails += 1
        waits = self.folder / "mail" / mailbox / "tmp" / f"{self._mails}.test"
        waits.write_bytes(bytes(write(sender)) if raw is None else raw)
        waits.rename(waits.parent.parent / "new" / waits.name)

    def letters(self, to: str, subject: str = "") -> list[str]:
        """The texts of the letters to an address whose subject holds a text, once there is one."""
        return until(lambda: self._letters(to, subject), 60, lambda: f"letter to {to}\n{self.daemon.tail()}")

    def _letters(self, to: str, subject: str) -> list[str]:
        found = []
        for path in sorted((self.folder / "mail" / "out" / "new").glob("*")):
            mail = message_from_bytes(path.read_bytes())
            if to in mail["To"] and subject in mail["Subject"]:
                payload = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
                found.append(bytes(payload.get_payload(decode=True) or b"").decode())
        return found

    def close(self) -> None:
        self._systemd.close()
        if hasattr(self, "daemon") and self.daemon.process.poll() is None:
            self.daemon.kill()


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blank")
    (folder / "mailsla.toml").write_text(preset.text("standard"), encoding="utf-8")
    bootstrap.upgrade_database(load(folder / "mailsla.toml"))
    return folder / "mailsla.db"


@pytest.fixture
def shop(tmp_path: Path, _blank: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    for name in [name for name in os.environ if name.startswith("WATCHDOG_")]:
        monkeypatch.delenv(name)
    made = Shop(tmp_path, _blank)
    yield made
    made.close()

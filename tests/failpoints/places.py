"""Where mails come from and letters go to, which can be put back to where they were: files, or real servers."""

import base64
import hashlib
import itertools
import json
import os
import pwd
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from mailsla.adapters.imap import ImapSource
from mailsla.adapters.imap_display import ImapDisplay
from mailsla.adapters.maildir import MaildirSource
from mailsla.adapters.maildir_transport import MaildirTransport
from mailsla.adapters.smtp import SmtpTransport
from mailsla.config.settings import MailboxSettings, SendingSettings
from mailsla.ports.mail import Display, Outcome, Sent, Source, Transport
from tests.e2e.processes import SMTP_LOGIN, SinkProcess
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_sink import Received

FOLDERS = ("", ".Sent")


class Post(Protocol):
    """The mailbox `support` and the sending account."""

    def put(self, raw: bytes, at: int, folder: str = "") -> None:
        """A mail arrives; at is the server's time."""

    def source(self, mailbox: MailboxSettings) -> Source: ...

    def display(self, mailbox: MailboxSettings) -> Display | None: ...

    def transport(self, sending: SendingSettings) -> Transport: ...

    def received(self) -> Sequence[Received]:
        """The letters that were taken, in order."""

    def unmarked(self) -> set[str]:
        """SHA-256 of the mails in the mailbox that have no mark of ours."""

    def keep(self, name: str) -> None: ...

    def bring_back(self, name: str) -> None: ...

    def close(self) -> None: ...


class Files:
    """A Maildir in, a file out that each letter is durably in before it counts as taken (or a Maildir: `outgoing`).

    Letters to refused@ are refused, those to later@ at the first try.
    """

    def __init__(self, folder: Path, now: Callable[[], int], *, outgoing: bool = False) -> None:
        self._folder, self._now, self._outgoing = folder, now, outgoing
        self._live = folder / "live"
        self._numbers = itertools.count(1)
        for part in FOLDERS:
            _make_maildir(self._live / "in" / part)
        (self._live / "letters").touch()

    def put(self, raw: bytes, at: int, folder: str = "") -> None:
        path = self._live / "in" / folder / "new" / f"{at}.M{next(self._numbers):06}.test"
        path.write_bytes(raw)
        os.utime(path, (at, at))

    def source(self, mailbox: MailboxSettings) -> Source:
        return MaildirSource(replace(mailbox, path=self._live / "in"))

    def display(self, mailbox: MailboxSettings) -> Display | None:
        return None

    def transport(self, sending: SendingSettings) -> Transport:
        return MaildirTransport(self._live / "out") if self._outgoing else FileTransport(self._live / "letters")

    def received(self) -> Sequence[Received]:
        if not self._outgoing:
            return list(_written(self._live / "letters"))
        return [_unwrapped(path.read_bytes()) for path in sorted((self._live / "out" / "new").glob("*"))]

    def unmarked(self) -> set[str]:
        return {hashlib.sha256(path.read_bytes()).hexdigest() for path in (self._live / "in").glob("[nc]*/*")}

    def keep(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)
        shutil.copytree(self._live, self._folder / name)

    def bring_back(self, name: str) -> None:
        shutil.rmtree(self._live)
        shutil.copytree(self._folder / name, self._live)

    def close(self) -> None:
        """Nothing is open."""


class FileTransport:
    """ports.mail.Transport: an account that answers 250 when a letter is durably in its file, one a line."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def connect(self) -> Outcome:
        return Outcome(Sent.ACCEPTED, "220 ready")

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        if recipient.startswith("refused@"):
            return Outcome(Sent.REFUSED, "550 no such user")
        if recipient.startswith("later@") and self._first_try(content):
            return Outcome(Sent.LATER, "451 try again later")
        line = {"sender": sender, "recipient": recipient, "content": base64.b64encode(content).decode()}
        self._write(self._file, json.dumps(line))
        return Outcome(Sent.ACCEPTED, "250 taken")

    def _first_try(self, content: bytes) -> bool:
        tries = self._file.with_name("tries")
        name = hashlib.sha256(content).hexdigest()
        known = tries.exists() and name in tries.read_text().split()
        self._write(tries, name)
        return not known

    def _write(self, file: Path, line: str) -> None:
        with file.open("a") as opened:
            opened.write(line + "\n")
            opened.flush()
            os.fsync(opened.fileno())

    def largest(self) -> int | None:
        return None

    def wake(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


def _written(file: Path) -> Iterator[Received]:
    for line in file.read_text().splitlines():
        letter = json.loads(line)
        yield Received(letter["sender"], letter["recipient"], base64.b64decode(letter["content"]))


def _unwrapped(stored: bytes) -> Received:
    sender, recipient, content = stored.split(b"\r\n", 2)
    return Received(sender.split(b"<")[1][:-1].decode(), recipient.partition(b": ")[2].decode(), content)


@dataclass(frozen=True)
class _Kept:
    received: Sequence[Received]
    maildir: Path


class Servers:
    """A real Dovecot, a user of it for each try, and an SMTP server in a process of its own."""

    _users = itertools.count(1)

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        self._folder, self._dovecot = folder, dovecot
        self._sink_folder = folder / "sink"
        self._sink = SinkProcess(self._sink_folder, dovecot.certificate, "--rcpt", "refused@.*=550 no such user")
        self._before: Sequence[Received] = ()
        self._kept: dict[str, _Kept] = {}
        self._numbers = itertools.count(1)
        self._mails = dict[str, str]()
        self._user = self._new_user()
        for part in FOLDERS:
            _make_maildir(dovecot.maildir(self._user) / part)
        self._give_to_dovecot()

    def _new_user(self) -> str:
        return f"points{os.getpid()}-{next(self._users)}"

    def _give_to_dovecot(self) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            home = self._dovecot.maildir(self._user).parent
            for path in (home, *home.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def put(self, raw: bytes, at: int, folder: str = "") -> None:
        new = self._dovecot.maildir(self._user) / folder / "new"
        path = new / f"{at}.M{next(self._numbers):06}.test"
        path.write_bytes(raw)
        os.utime(path, (at, at))
        self._give_to_dovecot()

    def source(self, mailbox: MailboxSettings) -> Source:
        return ImapSource(self._account(mailbox), lambda: PASSWORD)

    def display(self, mailbox: MailboxSettings) -> Display | None:
        return ImapDisplay(self._account(mailbox), lambda: PASSWORD)

    def _account(self, mailbox: MailboxSettings) -> MailboxSettings:
        return replace(mailbox, host="localhost", port=self._dovecot.port, security="starttls", user=self._user)

    def account(self, mailbox: MailboxSettings) -> MailboxSettings:
        """The mailbox as it is reached."""
        return self._account(mailbox)

    def transport(self, sending: SendingSettings) -> Transport:
        reached = replace(sending, host="localhost", port=self._sink.port, security="starttls", user=SMTP_LOGIN[0])
        return SmtpTransport(reached, lambda: SMTP_LOGIN[1])

    def received(self) -> Sequence[Received]:
        return [*self._before, *self._sink.received()]

    def unmarked(self) -> set[str]:
        with self._dovecot.login(self._user) as client:
            client.select_folder("INBOX", readonly=True)
            found = client.search(["UNKEYWORD", "$mailsla"])
            mails = client.fetch(found, ["BODY.PEEK[]"]) if found else {}
        return {hashlib.sha256(mail[b"BODY[]"]).hexdigest() for mail in mails.values()}

    def keep(self, name: str) -> None:
        kept = self._folder / name
        shutil.copytree(self._dovecot.maildir(self._user), kept)
        self._kept[name] = _Kept(self.received(), kept)

    def bring_back(self, name: str) -> None:
        for file in self._sink_folder.glob("*.*"):
            file.unlink()
        self._before = self._kept[name].received
        shutil.rmtree(self._dovecot.maildir(self._user).parent, ignore_errors=True)
        self._user = self._new_user()
        shutil.copytree(self._kept[name].maildir, self._dovecot.maildir(self._user))
        self._give_to_dovecot()

    def close(self) -> None:
        self._sink.end()
        shutil.rmtree(self._dovecot.maildir(self._user).parent, ignore_errors=True)


def _make_maildir(path: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (path / part).mkdir(parents=True)

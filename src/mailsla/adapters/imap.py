"""A mailbox on an IMAP server (RFC 3501; IDLE RFC 2177, MOVE RFC 6851) as a source of mails.

Mails are read with BODY.PEEK[]: `\\Seen` is neither read nor set, and nothing is ever expunged. The only strings that
enter a command are UIDs that are numbers and names from the configuration.
"""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError, ProtocolError

from mailsla.adapters.batches import MOST_BYTES, batches
from mailsla.adapters.imap_server import ImapServer, buffered, told_of_mail
from mailsla.adapters.oauth import OAuthLogin
from mailsla.adapters.stopping import Stop
from mailsla.config.settings import SENT, MailboxSettings
from mailsla.errors import MailslaError, PermanentError, TemporaryError
from mailsla.ports.mail import Arrival, Survey

_COMMAND = 500  # UIDs in a command: servers limit its length, many to 8,000 bytes
_SPAN = 50_000  # UIDs in an answer to SEARCH: imaplib refuses a line of over 1,000,000 bytes
_ITEMS = ("BODY.PEEK[]", "INTERNALDATE")
_LARGE = 1_000_000  # bytes

_log = structlog.get_logger()

Marking = Literal["move", "keyword", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapProbe:
    """What `mailsla check` tells of a mailbox."""

    capabilities: tuple[str, ...]
    folder: str
    count: int
    marking: Marking  # what the server lets us do of the configured mark
    keywords: bool  # whether any keyword lasts there


@dataclass(frozen=True, slots=True)
class _Folder:
    uidvalidity: int
    uidnext: int
    count: int
    marking: Marking
    keywords: bool


class ImapSource:
    """Implements ports.mail.Source. `login`: OAuth2, or gives the password at each login, so that a new one counts."""

    def __init__(self, settings: MailboxSettings, login: Callable[[], str] | OAuthLogin) -> None:
        self._server = ImapServer(settings, login)
        self._settings = settings
        self._stop = Stop()
        self._client: IMAPClient | None = None
        self._folder: _Folder | None = None  # of this connection
        self._uidvalidity: int | None = None  # as last surveyed; UIDs given to us belong to it

    def probe(self) -> ImapProbe:
        """Log in and look at the folder. Raises as `survey` does."""
        with self._failures():
            client = self._connected()
            folder = self._select(client)
            capabilities = tuple(sorted(name.decode("ascii", "replace") for name in client.capabilities()))
        return ImapProbe(
            capabilities=capabilities,
            folder=self._settings.folder,
            count=folder.count,
            marking=folder.marking,
            keywords=folder.keywords,
        )

    def survey(self) -> Survey:
        with self._failures():
            if self._client is not None and self._server.outlived():
                self._drop()
            client = self._connected()
            folder = self._select(client)
            uids = self._search(client, folder)
        self._uidvalidity = folder.uidvalidity
        return Survey(
            folder=self._settings.folder, uidvalidity=folder.uidvalidity, uidnext=folder.uidnext, uids=tuple(uids)
        )

    def fetch(self, uids: Sequence[str]) -> Iterator[list[Arrival]]:
        for numbers in _commands(uids):
            with self._failures():
                large = self._large(numbers)
            for batch in batches((uid, MOST_BYTES if uid in large else 0) for uid in numbers):
                with self._failures():
                    answers = self._fetch(batch)
                    # A mail expunged meanwhile is missing from the answer, or has NIL for a body.
                    arrivals = [_arrival(uid, each) for uid, each in answers.items() if each.get(b"BODY[]") is not None]
                if arrivals:
                    yield arrivals

    def mark(self, uids: Sequence[str]) -> None:
        """A server that refuses the mark is logged and otherwise left alone: it is advisory."""
        if not uids:
            return
        with self._failures():
            client, folder = self._selected()
            try:
                self._mark(client, folder.marking, uids)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                _log.warning("mark_refused", mailbox=self._settings.name, mark=folder.marking, answer=str(error))

    def wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        if self._stop.asked:
            return False
        if self._folder is None:
            return True  # what came while there was no connection was not told to us
        with self._failures():
            client, _ = self._selected()
            idle = self._settings.idle and client.has_capability("IDLE")
            told = told_of_mail(client)
            while not told and not self._stop.asked and (left := deadline - time.monotonic()) > 0:
                if idle:
                    told = self._idle(client, min(left, self._settings.idle_renew_seconds))
                else:
                    self._stop.pause(left)
        return told and not self._stop.asked

    def wake(self) -> None:
        self._stop.ask()
        client = self._client
        if client is not None:
            with suppress(OSError):
                # On the bare socket: SSLSocket.shutdown would take the TLS layer from under the thread that reads.
                socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)

    def close(self) -> None:
        if self._client is not None and not self._stop.asked:
            with suppress(OSError, IMAPClientError):
                self._client.logout()
        self._drop()

    # the connection

    def _connected(self) -> IMAPClient:
        if self._client is None:
            self._client = self._stop.run(self._server.connect, IMAPClient.shutdown)
        if self._stop.asked:  # perhaps before there was a socket that `wake` could shut
            raise TemporaryError(f"mailbox {self._settings.name}: told to stop")
        return self._client

    def _drop(self) -> None:
        client, self._client, self._folder = self._client, None, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """What goes wrong inside closes the connection and is raised as an error of ours."""
        try:
            yield
        except MailslaError:
            self._drop()
            raise
        except (OSError, IMAPClientError, ValueError) as error:
            self._drop()
            if self._stop.asked:
                raise TemporaryError(f"mailbox {self._settings.name}: told to stop") from error
            raise self._server.translated(error) from None  # an answer that could not be read may hold mail text

    # the folder

    def _selected(self) -> tuple[IMAPClient, _Folder]:
        """The folder that was surveyed. Raises TemporaryError when it was made anew: the UIDs mean other mails now."""
        client = self._connected()
        folder = self._folder or self._select(client)
        if self._uidvalidity not in (None, folder.uidvalidity):
            raise TemporaryError(f"{self._server.place}: the folder has a new UIDVALIDITY and has to be surveyed again")
        return client, folder

    def _select(self, client: IMAPClient) -> _Folder:
        name, mark = self._name(client), self._settings.mark
        try:
            answer = client.select_folder(name, readonly=mark == "none" and not self._settings.displays)
        except IMAPClientReadOnlyError:
            answer = client.select_folder(name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise self._not_selectable(client, error) from error
        if b"UIDVALIDITY" not in answer:
            raise PermanentError(
                f"{self._server.place}: folder {name} has no UIDVALIDITY", "use another folder or server"
            )
        client._imap.response("EXISTS")  # known now; what is told from here on is new
        marking, keywords = self._marking(client, answer), b"\\*" in _lasting(answer)
        uidvalidity, uidnext = answer[b"UIDVALIDITY"], answer.get(b"UIDNEXT", 0)
        self._folder = _Folder(uidvalidity, uidnext, answer[b"EXISTS"], marking, keywords)
        return self._folder

    def _name(self, client: IMAPClient) -> str:
        """What the server calls the folder: that of sent mail it names itself (RFC 6154)."""
        if self._settings.folder != SENT:
            return self._settings.folder
        named = client.find_special_folder(SENT.encode())
        if named is None:
            there = ", ".join(sorted(str(name) for _, _, name in client.list_folders()))
            raise PermanentError(
                f"{self._server.place} names no folder for sent mail (SPECIAL-USE, RFC 6154)",
                f"set sent_folder to one of those that are there: {there}",
            )
        return str(named)

    def _not_selectable(self, client: IMAPClient, error: IMAPClientError) -> MailslaError:
        names = [str(name) for flags, _, name in client.list_folders() if b"\\Noselect" not in flags]
        if self._settings.folder in names:
            return TemporaryError(f"{self._server.place}: folder {self._settings.folder}: {error}")
        there = ", ".join(sorted(names)) or "none"
        key = "sent_folder" if self._settings.is_sent(self._settings.folder) else "folder"
        return PermanentError(
            f"{self._server.place} has no folder {self._settings.folder} for {self._settings.user}",
            f"set {key} to one of those that are there: {there}",
        )

    def _marking(self, client: IMAPClient, selected: dict[bytes, object]) -> Marking:
        """MOVE, else keyword, else nothing: what is configured, and the server offers."""
        if self._settings.mark == "none" or b"READ-WRITE" not in selected:
            return "none"
        if self._settings.mark == "move" and client.has_capability("MOVE"):
            return "move"
        lasting = _lasting(selected)
        return "keyword" if b"\\*" in lasting or self._settings.keyword.encode() in lasting else "none"

    def _search(self, client: IMAPClient, folder: _Folder) -> list[str]:
        if folder.count <= _SPAN:
            found = client.search(["ALL"])
        else:
            spans = range(1, folder.uidnext, _SPAN)
            found = [uid for low in spans for uid in client.search(["UID", f"{low}:{low + _SPAN - 1}"])]
        return [str(uid) for uid in sorted(found)]

    def _large(self, uids: list[int]) -> set[int]:
        """Those that are fetched alone. One search costs less than the size of each mail: it is a sixth of a fetch."""
        client, _ = self._selected()
        return set(client.search(["UID", f"{min(uids)}:{max(uids)}", "LARGER", str(_LARGE)]))

    def _fetch(self, uids: list[int]) -> dict[int, dict[bytes, object]]:
        client, _ = self._selected()
        try:
            answers = client.fetch(uids, _ITEMS)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if "EXPUNGEISSUED" not in str(error):
                raise
            client.noop()  # told of the expunge, the server leaves the mail out (RFC 5530)
            answers = client.fetch(uids, _ITEMS)
        return {uid: dict(answer) for uid, answer in answers.items()}

    def _mark(self, client: IMAPClient, marking: Marking, uids: Sequence[str]) -> None:
        done = self._settings.done_folder
        if marking == "move" and not client.folder_exists(done):
            client.create_folder(done)
        for numbers in _commands(uids):
            if marking == "move":
                client.move(numbers, done)
            elif marking == "keyword":
                client.add_flags(numbers, [self._settings.keyword], silent=True)

    def _idle(self, client: IMAPClient, seconds: float) -> bool:
        """One IDLE, ended by the first thing that the server says; whether it was about mail.

        Whole lines are read, with a deadline: idle_check() reads without blocking, and loses a line that comes in two
        pieces, and one that came together with the answer to IDLE until the next one comes.
        """
        try:
            client.idle()
        except IMAPClientAbortError:
            raise
        except IMAPClientError:  # also when a mail is told of before the server goes idle
            if not told_of_mail(client):
                raise
            self._drop()
            return True
        if not buffered(client):
            self._stop.until_readable(client.socket(), seconds)
        if not self._stop.asked:
            client.idle_done()
        return told_of_mail(client)


def _lasting(selected: dict[bytes, object]) -> tuple[object, ...]:
    """PERMANENTFLAGS of an answer to SELECT."""
    flags = selected.get(b"PERMANENTFLAGS")
    return flags if isinstance(flags, tuple) else ()


def _commands(uids: Sequence[str]) -> Iterator[list[int]]:
    for start in range(0, len(uids), _COMMAND):
        yield [int(uid) for uid in uids[start : start + _COMMAND]]


def _arrival(uid: int, answer: dict[bytes, object]) -> Arrival:
    raw, received = answer[b"BODY[]"], answer.get(b"INTERNALDATE")
    if not isinstance(raw, bytes):
        raise ProtocolError("a body that is no string")
    return Arrival(
        uid=str(uid), raw=raw, received_at=int(received.timestamp()) if isinstance(received, datetime) else None
    )

"""Flags and folders of mails in a shared mailbox, by which people see how tickets stand (RFC 3501, 6851, 4315).

A connection of its own, opened when there is something to change. Nothing is ever expunged, `\\Seen` is never touched.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from mailsla.adapters.imap_server import ImapServer
from mailsla.adapters.oauth import OAuthLogin
from mailsla.adapters.stopping import Stop
from mailsla.config.settings import MailboxSettings
from mailsla.errors import PermanentError, TemporaryError

_COMMAND = 500  # UIDs in a command


class ImapDisplay:
    """Implements ports.mail.Display."""

    def __init__(self, settings: MailboxSettings, login: Callable[[], str] | OAuthLogin) -> None:
        self._settings = settings
        self._server = ImapServer(settings, login)
        self._stop = Stop()
        self._client: IMAPClient | None = None

    def open(self, folder: str, uidvalidity: int, flags: Sequence[str]) -> tuple[str, ...] | None:
        """Select it; see ports/mail.py."""
        with self._failures() as client:
            try:
                selected = client.select_folder(folder)
            except IMAPClientReadOnlyError:
                selected = client.select_folder(folder, readonly=True)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:  # somebody deleted it
                if client.folder_exists(folder):
                    raise
                return None
        if selected.get(b"UIDVALIDITY") != uidvalidity:
            return None
        lasting = selected.get(b"PERMANENTFLAGS", ())
        return tuple(flag for flag in flags if flag.encode() in lasting or (flag[0] != "\\" and b"\\*" in lasting))

    def flags(self, uids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Of those that are still there."""
        found: dict[str, frozenset[str]] = {}
        for numbers in _commands(uids):
            with self._failures() as client:
                for uid, flags in client.get_flags(numbers).items():
                    found[str(uid)] = frozenset(flag.decode("ascii", "replace") for flag in flags)
        return found

    def add(self, flag: str, uids: Sequence[str]) -> None:
        """Set it."""
        for numbers in _commands(uids):
            with self._failures() as client:
                client.add_flags(numbers, [flag], silent=True)

    def remove(self, flag: str, uids: Sequence[str]) -> None:
        """Take it away."""
        for numbers in _commands(uids):
            with self._failures() as client:
                client.remove_flags(numbers, [flag], silent=True)

    def move(self, uids: Sequence[str], to: str) -> dict[str, tuple[int, str]]:
        """By MOVE; where they went is what COPYUID says (RFC 4315)."""
        moved: dict[str, tuple[int, str]] = {}
        for numbers in _commands(uids):
            with self._failures() as client:
                if not client.has_capability("MOVE"):
                    mend = "leave waiting_folder and resolved_folder out"
                    raise PermanentError(f"{self._server.place} has no MOVE (RFC 6851)", mend)
                if not client.folder_exists(to):
                    client.create_folder(to)
                client._imap.response("COPYUID")
                client.move(numbers, to)
                _, told = client._imap.response("COPYUID")
                for one in told:
                    moved |= _copied(one)
        return moved

    def wake(self) -> None:
        """From any thread: the next use fails, and so on."""
        self._stop.ask()

    def close(self) -> None:
        """Log out."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, IMAPClientError):
                client.logout()

    @contextmanager
    def _failures(self) -> Iterator[IMAPClient]:
        """The client; what goes wrong with it closes the connection and is raised as an error of ours."""
        if self._stop.asked:
            raise TemporaryError(f"mailbox {self._settings.name}: told to stop")
        try:
            if self._client is None:
                self._client = self._stop.run(self._server.connect, IMAPClient.shutdown)
            yield self._client
        except (OSError, IMAPClientError, ValueError) as error:
            self.close()
            raise self._server.translated(error) from None


def _commands(uids: Sequence[str]) -> Iterator[list[int]]:
    for start in range(0, len(uids), _COMMAND):
        yield [int(uid) for uid in uids[start : start + _COMMAND]]


def _copied(told: bytes | None) -> Mapping[str, tuple[int, str]]:
    """ "38505 304,319:320 3956:3958" -> where each UID went. A server that tells it otherwise has told nothing."""
    words = (told or b"").decode("ascii", "replace").split()
    if len(words) != 3 or not words[0].isdecimal():
        return {}
    before, after = _numbers(words[1]), _numbers(words[2])
    if len(before) != len(after):
        return {}
    return {str(old): (int(words[0]), str(new)) for old, new in zip(before, after, strict=True)}


def _numbers(uids: str) -> list[int]:
    """ "304,319:320" as numbers, in order; a range may be written backwards. [] for what is no such set."""
    found: list[int] = []
    for part in uids.split(","):
        low, _, high = part.partition(":")
        if not low.isdecimal() or (high and not high.isdecimal()):
            return []
        first, last = sorted((int(low), int(high or low)))
        if last - first >= _COMMAND:
            return []
        found += range(first, last + 1)
    return found

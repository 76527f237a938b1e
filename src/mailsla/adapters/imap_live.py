"""What `mailsla check --live` does on an IMAP server beside reading: asks what it can do, deletes our own probes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, IMAPClientReadOnlyError

from mailsla.adapters.imap_server import ImapServer
from mailsla.adapters.oauth import OAuthLogin
from mailsla.config.settings import MailboxSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What the server offers. `keywords`: whether marks of our own last. `junk`: the folder for spam (RFC 6154)."""

    idle: bool
    move: bool
    uidplus: bool
    keywords: bool
    junk: str = ""


class ImapLive:
    """A connection of its own for each question."""

    def __init__(self, settings: MailboxSettings, login: Callable[[], str] | OAuthLogin) -> None:
        self._settings = settings
        self._server = ImapServer(settings, login)

    def abilities(self) -> Abilities:
        """Raises PermanentError, TemporaryError."""
        with self._client() as client:
            try:
                selected = client.select_folder(self._settings.folder)
            except IMAPClientReadOnlyError:
                selected = client.select_folder(self._settings.folder, readonly=True)
            lasting = selected.get(b"PERMANENTFLAGS")
            junk = [str(name) for flags, _, name in client.list_folders() if b"\\Junk" in flags]
            return Abilities(
                idle=client.has_capability("IDLE"),
                move=client.has_capability("MOVE"),
                uidplus=client.has_capability("UIDPLUS"),
                keywords=isinstance(lasting, tuple) and b"\\*" in lasting,
                junk=junk[0] if junk else "",
            )

    def delete(self, folder: str, uids: Sequence[str]) -> bool:
        """These mails and no other; False where the server can't do that (UIDPLUS, RFC 4315): nothing is touched."""
        with self._client() as client:
            if not client.has_capability("UIDPLUS"):
                return False
            client.select_folder(folder)
            numbers = [int(uid) for uid in uids]
            client.delete_messages(numbers, silent=True)
            client.uid_expunge(numbers)
        return True

    @contextmanager
    def _client(self) -> Iterator[IMAPClient]:
        client = self._server.connect()
        try:
            yield client
        except (OSError, IMAPClientError, ValueError) as error:
            raise self._server.translated(error) from None
        finally:
            with suppress(OSError, IMAPClientError):
                client.logout()

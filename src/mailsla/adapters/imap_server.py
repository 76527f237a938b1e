"""An IMAP server: connecting to it, logging in, its failures as errors of ours, and two looks into imaplib."""

import ssl
from contextlib import suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailsla.adapters.network import failure, refuse_clear_text
from mailsla.config.settings import MailboxSettings
from mailsla.errors import MailslaError, PermanentError, TemporaryError

_NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]")  # RFC 5530: of a login that may work later


class ImapServer:
    """The server of a mailbox. TLS is verified, and never left out where it is configured."""

    def __init__(self, settings: MailboxSettings) -> None:
        refuse_clear_text(f"mailboxes.{settings.name}.security", settings.host, settings.security)
        self._settings = settings
        self._port = settings.port or (993 if settings.security == "tls" else 143)
        self.place = f"mailbox {settings.name}: {settings.host}:{self._port}"

    def connect(self, password: str) -> IMAPClient:
        """A client that is logged in. Raises PermanentError when the login is refused, else TemporaryError."""
        settings = self._settings
        context = ssl.create_default_context()
        try:
            client = IMAPClient(
                settings.host,
                port=self._port,
                ssl=settings.security == "tls",
                ssl_context=context,
                timeout=SocketTimeout(connect=settings.timeout_seconds, read=settings.timeout_seconds),
            )
            # imapclient sets 5: then every body is formatted twice for a log line that is dropped.
            client._imap.debug = 0
            client.normalise_times = False
            try:
                if settings.security == "starttls":
                    client.starttls(context)
                # imaplib sends LOGIN in ASCII only; PLAIN is UTF-8 (RFC 4616).
                login = client.login if (settings.user + password).isascii() else client.plain_login
                login(settings.user, password)
            except BaseException:
                with suppress(OSError):
                    client.shutdown()
                raise
        except (OSError, IMAPClientError, ValueError) as error:
            raise self.translated(error) from None
        return client

    def translated(self, error: OSError | IMAPClientError | ValueError) -> MailslaError:
        """To be raised `from None`: an answer that could not be read may hold mail text, which is for no log."""
        if isinstance(error, OSError):
            cause, mend = failure(error, self._settings.timeout_seconds)
            return TemporaryError(f"{self.place}: {cause}", mend)
        if isinstance(error, LoginError) and not isinstance(error.__context__, IMAPClientAbortError):
            return self._login_refused(str(error).removeprefix("b'").removesuffix("'"))
        if isinstance(error, CapabilityError):
            return TemporaryError(f"{self.place}: {error}", "it may want another port, or another `security`")
        if not isinstance(error, IMAPClientError) or isinstance(error, ProtocolError) or "unexpected" in str(error):
            return TemporaryError(f"{self.place}: its answer is not IMAP, or was cut off")
        return TemporaryError(f"{self.place}: {error}")

    def _login_refused(self, answer: str) -> MailslaError:
        message = f"{self.place} refused the login of {self._settings.user}: {answer}"
        if any(code in answer for code in _NOT_NOW):
            return TemporaryError(message)
        return PermanentError(message, "check user and password; some providers want an app password")


def buffered(client: IMAPClient) -> bool:
    """Whether an answer was read from the socket already, so that a poll would not see it."""
    connection = client.socket()
    deadline = connection.gettimeout()
    connection.setblocking(False)
    try:
        return bool(client._imap.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        connection.settimeout(deadline)


def told_of_mail(client: IMAPClient) -> bool:
    """Whether EXISTS came since the folder was selected, with the answer to whatever command."""
    _, data = client._imap.response("EXISTS")
    return bool(data != [None])

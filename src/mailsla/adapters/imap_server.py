"""An IMAP server: connecting to it, logging in, its failures as errors of ours, and two looks into imaplib."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailsla.adapters.network import (
    CUT_OFF,
    MEND_OF_CUT,
    MEND_OF_STARTTLS,
    NOT_ITS_PROTOCOL,
    failure,
    refuse_clear_text,
)
from mailsla.adapters.oauth import OAuthLogin
from mailsla.adapters.oauth_sasl import Mechanism, cause_of, first_response, last_response, mechanism_of
from mailsla.config.settings import MailboxSettings
from mailsla.errors import MailslaError, PermanentError, TemporaryError

_NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]")  # RFC 5530: of a login that may work later


class ImapServer:
    """The server of a mailbox. TLS is verified, and never left out where it is configured.

    `login`: OAuth2, or gives the password, at each use."""

    def __init__(self, settings: MailboxSettings, login: Callable[[], str] | OAuthLogin) -> None:
        refuse_clear_text(f"mailboxes.{settings.name}.security", settings.host, settings.security)
        self._settings = settings
        self._login = login
        self._access_token = ""  # of the last login
        self._port = settings.port or (993 if settings.security == "tls" else 143)
        self.place = f"mailbox {settings.name}: {settings.host}:{self._port}"

    def outlived(self) -> bool:
        """Whether the access token of the last login runs out: servers cut its connection then, better end it first."""
        return isinstance(self._login, OAuthLogin) and not self._login.fresh(self._access_token)

    def connect(self) -> IMAPClient:
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
            # It sends a search in two pieces: without this the second waits 40 ms for the server to acknowledge one.
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.normalise_times = False
            try:
                if settings.security == "starttls":
                    self._starttls(client, context)
                if isinstance(self._login, OAuthLogin):
                    self._by_token(client, self._login)
                else:
                    self._by_password(client, self._login())
            except BaseException:
                with suppress(OSError):
                    client.shutdown()
                raise
        except (OSError, IMAPClientError, ValueError) as error:
            raise self.translated(error) from None
        return client

    def _starttls(self, client: IMAPClient, context: ssl.SSLContext) -> None:
        """Or no password: also where it is not offered, refused, or made impossible by a greeting (PREAUTH)."""
        try:
            client.starttls(context)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise TemporaryError(f"{self.place} does not start TLS by STARTTLS: {error}", MEND_OF_STARTTLS) from None

    def _by_password(self, client: IMAPClient, password: str) -> None:
        user = self._settings.user
        if (user + password).isascii():
            client.login(client._imap._quote(user), password)  # imaplib quotes the password alone
        else:
            client.plain_login(user, password)  # imaplib sends LOGIN in ASCII only; PLAIN is UTF-8 (RFC 4616)

    def _by_token(self, client: IMAPClient, login: OAuthLogin) -> None:
        """A token that is refused is renewed once: it may have been taken back before its end."""
        offered = [name.removeprefix(b"AUTH=").decode("ascii", "replace") for name in client.capabilities()]
        mechanism = mechanism_of(offered)
        if mechanism is None:
            what = f"{self.place} offers neither XOAUTH2 nor OAUTHBEARER"
            raise PermanentError(what, "use a password there, or the host that your provider names for OAuth2")
        self._access_token = login.access_token()
        try:
            self._authenticate(client, mechanism)
        except LoginError as error:
            if any(code in str(error) for code in _NOT_NOW) or _cut_off(error):
                raise
            self._access_token = login.access_token(refused=self._access_token)
            self._authenticate(client, mechanism)

    def _authenticate(self, client: IMAPClient, mechanism: Mechanism) -> None:
        user, token, host = self._settings.user, self._access_token, self._settings.host
        responses = [first_response(mechanism, user, token, host, self._port), last_response(mechanism)]
        why = ""

        def respond(challenge: bytes) -> bytes | None:
            nonlocal why
            why = cause_of(challenge) or why
            return responses.pop(0) if responses else None  # None ends it

        try:
            client.sasl_login(mechanism, respond)
        except LoginError as error:
            if not why or _cut_off(error):
                raise
            raise LoginError(f"{error} ({why})") from None

    def translated(self, error: OSError | IMAPClientError | ValueError) -> MailslaError:
        """To be raised `from None`: an answer that could not be read may hold mail text, which is for no log."""
        if isinstance(error, OSError):
            cause, mend = failure(error, self._settings.timeout_seconds)
            return TemporaryError(f"{self.place}: {cause}", mend)
        if isinstance(error, LoginError) and not _cut_off(error):
            return self._login_refused(str(error).removeprefix("b'").removesuffix("'"))
        cut_off = isinstance(error, IMAPClientAbortError) and "socket error:" in str(error)
        if cut_off or isinstance(error, LoginError):  # imaplib repeats what came of a line, which may be mail text
            return TemporaryError(f"{self.place}: {CUT_OFF}", MEND_OF_CUT)
        if not isinstance(error, IMAPClientError) or isinstance(error, ProtocolError) or "unexpected" in str(error):
            return TemporaryError(f"{self.place}: its answer is not IMAP, or was cut off", NOT_ITS_PROTOCOL)
        return TemporaryError(f"{self.place}: {error}")

    def _login_refused(self, answer: str) -> MailslaError:
        message = f"{self.place} refused the login of {self._settings.user}: {answer}"
        if any(code in answer for code in _NOT_NOW):
            return TemporaryError(message)
        if isinstance(self._login, OAuthLogin):
            mend = f"allow IMAP for that user, or run `mailsla oauth login {self._login.account}`; see docs/oauth.md"
            return PermanentError(message, mend)
        return PermanentError(message, "check user and password; some providers want an app password")


def _cut_off(error: LoginError) -> bool:
    """Whether the connection ended in the middle of a login, which imapclient calls a refusal."""
    return isinstance(error.__context__, IMAPClientAbortError)


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

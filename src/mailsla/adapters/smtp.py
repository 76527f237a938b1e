"""Letters by SMTP submission (RFC 6409, 5321): one recipient an envelope, the connection kept over a batch.

The only room with asyncio; its event loop belongs to the thread that sends.
"""

import asyncio
import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from mailsla.adapters.network import MEND_OF_STARTTLS, NOT_ITS_PROTOCOL, failure, refuse_clear_text
from mailsla.adapters.oauth import OAuthLogin
from mailsla.adapters.oauth_sasl import Mechanism, cause_of, first_response, last_response, mechanism_of
from mailsla.adapters.stopping import Stop
from mailsla.config.settings import SendingSettings
from mailsla.errors import MailslaError, PermanentError, TemporaryError
from mailsla.ports.mail import Outcome, Sent

_ANSWER = 400  # characters of a server's words that are kept
_ADDRESS = re.compile(
    r"[!-;=?-~]+@[!-;=?-~]+"
)  # printable ASCII without < and >: nothing can leave the envelope's brackets
_ACCOUNT_CODES = frozenset({421, 454, 530, 534, 535, 538})  # RFC 5321, 4954: closing, or not (well) logged in
_GOODBYE = 5  # seconds at most for the answer to QUIT, which nobody needs
_NO_TLS = 454  # of STARTTLS (RFC 3207 section 4)
_NO_CODE = -1  # aiosmtplib's word for an answer that has none
_TOO_LARGE, _NO_SPACE = 552, 452  # of MAIL: RFC 1870 section 6.1, RFC 5321 section 4.2.3
_PORTS = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpProbe:
    """What `mailsla check` tells of the sending account."""

    extensions: tuple[str, ...]
    largest: int | None  # bytes that a mail may have (RFC 1870), None where the server does not say
    logged_in: bool


class SmtpTransport:
    """Implements ports.mail.Transport. `login`: OAuth2, or gives the password at each login; unused without a user."""

    def __init__(self, settings: SendingSettings, login: Callable[[], str] | OAuthLogin) -> None:
        refuse_clear_text("sending.security", settings.host, settings.security)
        self._settings = settings
        self._login = login
        self._port = settings.port or _PORTS[settings.security]
        self._place = f"sending account: {settings.host}:{self._port}"
        self._lock = threading.Lock()  # over the loop's life: `wake` comes from other threads
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Outcome] | None = None
        self._stop = Stop()
        self._client: SMTP | None = None
        self._in_doubt = False  # the letter's text is on its way, and its answer is not here

    def connect(self) -> Outcome:
        self._in_doubt = False
        return self._run_loop().run_until_complete(self._guarded(self._ready()))

    def send(self, sender: str, recipient: str, content: bytes) -> Outcome:
        if not _ADDRESS.fullmatch(recipient) or (sender and not _ADDRESS.fullmatch(sender)):
            return Outcome(Sent.REFUSED, "not an address that SMTP can carry in ASCII")
        self._in_doubt = False
        return self._run_loop().run_until_complete(self._guarded(self._deliver(sender, recipient, content)))

    def largest(self) -> int | None:
        return _largest(self._client) if self._client is not None else None

    def probe(self) -> SmtpProbe:
        """Connect and log in. Raises PermanentError when the login is refused, else TemporaryError."""
        client = self._run_loop().run_until_complete(self._connected())
        return SmtpProbe(
            extensions=tuple(sorted(client.esmtp_extensions)),
            largest=_largest(client),
            logged_in=bool(self._settings.user),
        )

    def wake(self) -> None:
        with self._lock:
            self._stop.ask()
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._cancel)

    def close(self) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.run_until_complete(self._quit())
            loop.close()

    def _run_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
            return self._loop

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _guarded(self, work: Coroutine[None, None, Outcome]) -> Outcome:
        """`work` with all that the network may do to it as an outcome."""
        self._task = asyncio.ensure_future(work)
        if self._stop.asked:
            self._task.cancel()
        try:
            outcome = await self._task
        except asyncio.CancelledError:
            outcome = self._broken("told to stop")
        except MailslaError as error:
            outcome = self._broken(" ".join(f"{error.message}; {error.mend}".split()).rstrip("; "))
        except SMTPResponseException as error:  # not an SMTP reply, or one too long
            outcome = self._broken(_words(error.code, error.message))
        except (SMTPException, OSError) as error:
            outcome = self._broken(f"{self._place}: {_cause(error, self._deadline())}")
        finally:
            self._task = None
        if outcome.sent in (Sent.UNKNOWN, Sent.ACCOUNT):
            self._drop()
        return outcome

    async def _ready(self) -> Outcome:
        await self._connected()
        return Outcome(Sent.ACCEPTED, "connected")

    async def _deliver(self, sender: str, recipient: str, content: bytes) -> Outcome:
        client = await self._connected()
        options = [f"SIZE={len(content)}"] if client.supports_extension("size") else []
        try:
            await client.mail(sender, options=options)
            await client.rcpt(recipient)
        except SMTPSenderRefused as error:
            return self._sender_refused(error)
        except SMTPRecipientRefused as error:
            return _refusal(error.code, error.message)
        go = await client.execute_command(b"DATA")
        if go.code != 354 or client.protocol is None:
            return _refusal(go.code, go.message)
        # Not client.data(): it has one deadline for both answers, and does not tell which of them is missing.
        self._in_doubt = True
        client.protocol.write(_transparent(content))
        answer = await client.protocol.read_response(timeout=self._settings.data_timeout_seconds)
        if answer.code // 100 not in (2, 4, 5):  # neither taken nor refused: it may have it all the same
            return self._broken(f"{self._place}: its answer is not SMTP; {NOT_ITS_PROTOCOL}")
        self._in_doubt = False
        if 200 <= answer.code < 300:
            return Outcome(Sent.ACCEPTED, _words(answer.code, answer.message))
        return _refusal(answer.code, answer.message)

    def _sender_refused(self, error: SMTPSenderRefused) -> Outcome:
        """Of the letter itself MAIL tells nothing but its size: a sender that it may not have is the mailbox's trouble,
        a server without space the account's. Or each letter would fail, and its customer count as unreachable."""
        words = _words(error.code, error.message)
        if error.code == _TOO_LARGE or (error.code < 500 and error.code != _NO_SPACE) or error.code in _ACCOUNT_CODES:
            return _refusal(error.code, error.message)
        what = f"{self._place} refuses mail from {error.sender or '<>'}: {words}"
        if error.code == _NO_SPACE:
            return Outcome(Sent.ACCOUNT, f"{what}; make room in the account, or on the server")
        return Outcome(Sent.SENDER, f"{what}; let its user send as that address, or set sending.bounce_address")

    async def _connected(self) -> SMTP:
        """The connection of before if it still answers, else a new one."""
        if self._client is not None:
            try:
                await self._client.rset()
                return self._client
            except (SMTPException, OSError):
                self._drop()  # servers close a connection that was idle; a new one tells whether more is wrong
        self._client = await self._connect()
        return self._client

    async def _connect(self) -> SMTP:
        settings, login = self._settings, self._login
        password = None if isinstance(login, OAuthLogin) or not settings.user else login()
        client = SMTP(
            hostname=settings.host,
            port=self._port,
            local_hostname=_own_name(),
            timeout=settings.timeout_seconds,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            username=None if password is None else settings.user,
            password=password,
            tls_context=ssl.create_default_context(),
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if isinstance(login, OAuthLogin):
                await self._by_token(client, login)
        except SMTPAuthenticationError as error:
            message = f"{self._place} refused the login of {settings.user}: {_words(error.code, error.message)}"
            if error.code < 500:
                raise TemporaryError(message) from error
            raise PermanentError(message, self._mend_of_login()) from error
        except SMTPResponseException as error:
            if error.code == _NO_CODE:
                raise TemporaryError(f"{self._place}: its answer is not SMTP", NOT_ITS_PROTOCOL) from None
            mend = MEND_OF_STARTTLS if error.code == _NO_TLS else ""
            raise TemporaryError(f"{self._place}: {_words(error.code, error.message)}", mend) from error
        except (SMTPException, OSError) as error:
            raise TemporaryError(f"{self._place}: {_cause(error, settings.timeout_seconds)}") from error
        return client

    async def _by_token(self, client: SMTP, login: OAuthLogin) -> None:
        """A token that is refused is renewed once: it may have been taken back before its end."""
        try:
            mechanism = mechanism_of(client.server_auth_methods)
            if mechanism is None:
                what = f"{self._place} offers neither XOAUTH2 nor OAUTHBEARER"
                raise PermanentError(what, "use a password there, or the host that your provider names for OAuth2")
            # Not on the loop: what the provider takes its time for has to end when we are told to stop.
            token = self._stop.run(login.access_token, _nothing)
            try:
                await self._authenticate(client, mechanism, token)
            except SMTPAuthenticationError as error:
                if error.code < 500:
                    raise
                token = self._stop.run(lambda: login.access_token(refused=token), _nothing)
                await self._authenticate(client, mechanism, token)
        except BaseException:
            client.close()
            raise

    async def _authenticate(self, client: SMTP, mechanism: Mechanism, token: str) -> None:
        """RFC 4954, with the first response in the command itself."""
        first = first_response(mechanism, self._settings.user, token, self._settings.host, self._port)
        answer = await client.execute_command(b"AUTH", mechanism.encode(), base64.b64encode(first))
        why = ""
        if answer.code == 334:
            why = cause_of(_decoded(answer.message))
            answer = await client.execute_command(base64.b64encode(last_response(mechanism)))
        if answer.code != 235:
            raise SMTPAuthenticationError(answer.code, f"{answer.message} ({why})" if why else answer.message)

    def _mend_of_login(self) -> str:
        if isinstance(self._login, OAuthLogin):
            return "allow SMTP AUTH for that user, or run `mailsla oauth login sending`; see docs/oauth.md"
        return "check user and password; some providers want an app password"

    async def _quit(self) -> None:
        if self._client is not None and not self._stop.asked:
            try:
                await self._client.quit(timeout=min(_GOODBYE, self._settings.timeout_seconds))
            except (SMTPException, OSError):
                self._drop()
        self._drop()
        await asyncio.sleep(0)  # lets the loop close the socket

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def _deadline(self) -> float:
        return self._settings.data_timeout_seconds if self._in_doubt else self._settings.timeout_seconds

    def _broken(self, answer: str) -> Outcome:
        """No definite answer: whether the letter went is unknown once its text was on the way."""
        return Outcome(Sent.UNKNOWN if self._in_doubt else Sent.ACCOUNT, answer)


def _largest(client: SMTP) -> int | None:
    """What it said to EHLO; 0 is no limit (RFC 1870)."""
    size = client.esmtp_extensions.get("size", "")
    return int(size) if size.isdigit() and int(size) else None


def _nothing(_: str) -> None:
    """For a token that comes after the end."""


def _decoded(challenge: str) -> bytes:
    try:
        return base64.b64decode(challenge)
    except ValueError:
        return b""


def _refusal(code: int, message: str) -> Outcome:
    words = _words(code, message)
    if code in _ACCOUNT_CODES:
        return Outcome(Sent.ACCOUNT, words)
    if 400 <= code < 600:
        return Outcome(Sent.REFUSED if code >= 500 else Sent.LATER, words)
    return Outcome(Sent.ACCOUNT, f"unexpected answer: {words}")


def _words(code: int, message: str) -> str:
    """The server's answer on one line, printable and short."""
    return re.sub(r"[^ -~]+", " ", f"{code} {message}")[:_ANSWER].strip()


def _cause(error: SMTPException | OSError, seconds: float) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    # A ConnectionAbortedError without a number is asyncio's word for a handshake that takes too long.
    if isinstance(error, SMTPTimeoutError) or (isinstance(cause, ConnectionAbortedError) and cause.errno is None):
        cause = TimeoutError()
    if isinstance(cause, SMTPServerDisconnected):
        cause = ConnectionResetError()
    if isinstance(cause, OSError) and not isinstance(cause, SMTPException):
        what, mend = failure(cause, seconds)
        return f"{what}; {mend}" if mend else what
    return f"{error}; {MEND_OF_STARTTLS}" if "STARTTLS" in str(error) else str(error)


def _own_name() -> str:
    """For EHLO: an address literal where this machine has no full name (RFC 5321, 4.1.4); asks no DNS."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _transparent(content: bytes) -> bytes:
    """With CRLF ends, dots doubled at the start of lines, and the final dot (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines) + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")

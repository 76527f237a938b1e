"""A provider's endpoints for OAuth2: what a login asks of them, and what renewing it does.

RFC 6749 (authorization code, refresh), 7636 (PKCE), 8628 (device code); over urllib, since msal asks of every authority
that it is one of Microsoft's. No token, code or secret is in any message.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from mailsla.adapters.network import failure
from mailsla.config.providers import Provider
from mailsla.errors import ConfigError, LoginNeeded, PermanentError, Problem, TemporaryError

_LARGEST = 256_000  # bytes of an answer
_WORDS = 300  # characters of a provider's words that are kept
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_USUAL = 3600  # seconds that an access token is good for where nobody says (RFC 6749, 5.1)
_CLIENT = ("invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope")  # not the login's fault
_LATER = ("temporarily_unavailable", "server_error", "slow_down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a provider grants; lives are in seconds from now, None where it does not say."""

    access_token: str
    life: int
    refresh_token: str  # "": the one that was there stays good
    refresh_life: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a person has to enter, and where (RFC 8628, 3.2); seconds."""

    device_code: str
    user_code: str
    url: str
    life: int
    interval: int


class OAuthServer:
    """The endpoints of one account. `secret` is called at each use; None where the client has none.

    Every method raises TemporaryError (network, 5xx), ConfigError (the client is refused), or LoginNeeded.
    """

    def __init__(
        self, account: str, provider: Provider, client_id: str, secret: Callable[[], str] | None, seconds: float
    ) -> None:
        self.provider = provider
        self._account = account
        self._client_id = client_id
        self._secret = secret
        self._seconds = seconds
        self._opener = build_opener(_NoRedirect)

    def refresh(self, refresh_token: str) -> Granted:
        """RFC 6749, 6. Raises LoginNeeded when the login is no longer good."""
        return self._granted({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def authorization_url(self, redirect: str, state: str, verifier: str) -> str:
        """Where a person says yes (RFC 6749, 4.1.1) with a challenge for `verifier` (RFC 7636, S256)."""
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect,
            "scope": " ".join(self.provider.scopes),
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **self.provider.asked,
        }
        there = self.provider.authorize_url
        return f"{there}{'&' if urlsplit(there).query else '?'}{urlencode(asked)}"

    def redeem(self, code: str, redirect: str, verifier: str) -> Granted:
        """RFC 6749, 4.1.3."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        return self._first(self._granted(asked))

    def device_code(self) -> DeviceCode:
        """RFC 8628, 3.1."""
        asked = {"client_id": self._client_id, "scope": " ".join(self.provider.scopes)}
        url = self.provider.device_url
        answer = self._accepted(url, self._post(url, asked))
        return DeviceCode(
            device_code=_text(url, answer, "device_code"),
            user_code=_text(url, answer, "user_code"),
            url=_text(url, answer, "verification_uri"),
            life=_seconds(answer, "expires_in") or 900,
            interval=5 if (pause := _seconds(answer, "interval")) is None else pause,
        )

    def device_granted(self, device: DeviceCode) -> Granted | int:
        """RFC 8628, 3.4; an int is how many seconds longer to wait between two tries, as nobody has said yes so far."""
        url = self.provider.token_url
        answer = self._post(url, self._client({"grant_type": _DEVICE, "device_code": device.device_code}))
        error = answer.get("error")
        if error in ("authorization_pending", "slow_down"):
            return 5 if error == "slow_down" else 0
        return self._first(self._read(url, answer))

    def _granted(self, asked: Mapping[str, str]) -> Granted:
        url = self.provider.token_url
        return self._read(url, self._post(url, self._client(asked)))

    def _first(self, granted: Granted) -> Granted:
        """Of a login: without a refresh token it would be over within the hour."""
        if not granted.refresh_token:
            host = _host(self.provider.token_url)
            mend = "add offline_access to scopes, or what your provider has in its place"
            raise PermanentError(f"{host} gave no refresh token", mend)
        return granted

    def _read(self, url: str, answer: Mapping[str, Any]) -> Granted:
        answer = self._accepted(url, answer)
        return Granted(
            access_token=_text(url, answer, "access_token"),
            life=_seconds(answer, "expires_in") or _USUAL,
            refresh_token=_text(url, answer, "refresh_token") if answer.get("refresh_token") else "",
            refresh_life=_seconds(answer, "refresh_token_expires_in") or None,
        )

    def _client(self, asked: Mapping[str, str]) -> dict[str, str]:
        """The client's credentials in the body, which Microsoft and Google both read (RFC 6749, 2.3.1)."""
        with_client = {**asked, "client_id": self._client_id}
        return with_client if self._secret is None else {**with_client, "client_secret": self._secret()}

    def _accepted(self, url: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer, when it is no error (RFC 6749, 5.2)."""
        error = answer.get("error")
        if not error:
            return answer
        words = _words(f"{error}: {answer['error_description']}" if answer.get("error_description") else str(error))
        if error in _LATER:
            raise TemporaryError(f"{_host(url)}: {words}")
        if error in _CLIENT:
            where = "sending.oauth" if self._account == "sending" else f"mailboxes.{self._account}.oauth"
            mend = "check client_id, client_secret (it may have run out), tenant and scopes; see docs/oauth.md"
            raise ConfigError((Problem(where, f"{_host(url)} refuses the application: {words}", mend),))
        raise LoginNeeded(self._account, f"{_host(url)} refuses the login: {words}")

    def _post(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """The JSON object of an answer, an error too."""
        head = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = Request(url, urlencode(form).encode(), head, method="POST")
        try:
            try:
                with self._opener.open(request, timeout=self._seconds) as response:
                    status, body = response.status, response.read(_LARGEST)
            except HTTPError as error:
                with error:
                    status, body = error.code, error.read(_LARGEST)
        except (OSError, HTTPException) as error:
            raise self._unreachable(url, error) from None  # urllib's errors may hold the request
        if status >= 500 or status == 429:
            raise TemporaryError(f"{_host(url)} answers with {status}")
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or (status != 200 and not answer.get("error")):
            mend = "check tenant and the endpoints in oauth; see docs/oauth.md"
            raise TemporaryError(f"{_host(url)} does not answer as an OAuth2 server (status {status})", mend)
        return answer

    def _unreachable(self, url: str, error: OSError | HTTPException) -> TemporaryError:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, OSError):
            what, mend = failure(cause, self._seconds)
            return TemporaryError(f"{_host(url)}: {what}", mend)
        return TemporaryError(f"{_host(url)}: its answer is not HTTP, or was cut off")


class _NoRedirect(HTTPRedirectHandler):
    """Secrets go where the configuration says, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _text(url: str, answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    # Printable ASCII (RFC 6749, A.12 and A.17): a token becomes part of a command.
    if not isinstance(value, str) or not re.fullmatch(r"[ -~]+", value):
        raise TemporaryError(f"{_host(url)}: its answer has no {key}")
    return value


def _seconds(answer: Mapping[str, Any], key: str) -> int | None:
    """A number, that some write as text; None where there is none."""
    value = answer.get(key)
    return int(str(value)) if str(value).isdecimal() else None


def _words(text: str) -> str:
    """The first line of a provider's words, printable and short: what follows are its ids of the request."""
    return re.sub(r"[^ -~]+", " ", (text.splitlines() or [""])[0])[:_WORDS].strip()

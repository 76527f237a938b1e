"""An OAuth2 provider on loopback: authorization with PKCE, device codes, refresh tokens that rotate, introspection.

`behaviour` says how it answers; `asked` has every form that came to the token endpoint. A refresh token is good once.
"""

import base64
import hashlib
import itertools
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT = "mailsla-tests"


@dataclass
class Behaviour:
    """May be changed between two requests."""

    life: int | None = 3600  # expires_in of access tokens; None: it does not say
    refresh_life: int | None = None  # refresh_token_expires_in
    rotates: bool = True
    secret: str = ""  # of the client; "": it has none
    pending: int = 0  # polls of a device that find nothing yet
    slow_down: int = 0  # of these, how many are told to slow down
    interval: int | None = 0  # between them
    denies: str = ""  # error of the authorization
    raw: tuple[int, bytes] | None = None  # instead of any answer: status and body
    redirect: str = ""  # instead of any answer: where to
    hangs: bool = False  # takes the request and says nothing


@dataclass
class _Code:
    user: str
    redirect: str
    challenge: str


@dataclass
class TokenEndpoint:
    """`with TokenEndpoint() as provider`. Whoever is asked says yes as `user`."""

    user: str = "ana"
    behaviour: Behaviour = field(default_factory=Behaviour)
    asked: list[dict[str, str]] = field(default_factory=list)
    good: dict[str, str] = field(default_factory=dict)  # access token -> its user
    refreshable: dict[str, str] = field(default_factory=dict)  # refresh token -> its user
    introspected: list[str] = field(default_factory=list)  # access tokens

    def __post_init__(self) -> None:
        self._codes: dict[str, _Code] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "TokenEndpoint":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def renewals(self) -> int:
        return sum(form["grant_type"] == "refresh_token" for form in self.asked)

    def forget_access(self) -> None:
        """All access tokens are taken back before their end; what renews them stays good."""
        self.good.clear()

    def revoke(self) -> None:
        """The person, or their administrator, takes everything back."""
        self.good.clear()
        self.refreshable.clear()

    def browse(self, url: str) -> str:
        """What a browser does with an authorization URL: the address that it is sent to."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        back = {"state": asked["state"]}
        if self.behaviour.denies:
            back |= {"error": self.behaviour.denies, "error_description": "not you"}
        else:
            back |= {"code": f"code-{next(self._numbers)}"}
            self._codes[back["code"]] = _Code(self.user, asked["redirect_uri"], asked["code_challenge"])
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def _answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if path == "/introspect":
                self.introspected.append(form["token"])
                user = self.good.get(form["token"])
                return 200, {"active": user is not None} | ({"username": user} if user else {})
            if path == "/device":
                said = {
                    "device_code": "device-1",
                    "user_code": "WDJB-MJHT",
                    "verification_uri": f"{self.base}/activate",
                }
                paced = {} if self.behaviour.interval is None else {"interval": self.behaviour.interval}
                return 200, {**said, **paced, "expires_in": 900}
            self.asked.append(form)
            if form.get("client_id") != CLIENT or form.get("client_secret", "") != self.behaviour.secret:
                return 401, {"error": "invalid_client", "error_description": "AADSTS7000222: the secret is expired."}
            return self._token(form)

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form["grant_type"] == "refresh_token":
            user = self.refreshable.get(form["refresh_token"])
            if user is None:
                words = "AADSTS700082: The refresh token has expired.\r\nTrace ID: 1"
                return 400, {"error": "invalid_grant", "error_description": words}
            if self.behaviour.rotates:
                del self.refreshable[form["refresh_token"]]
            return 200, self._grant(user, renewed=True)
        if form["grant_type"] == "authorization_code":
            code = self._codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if code is None or (code.redirect, code.challenge) != (form["redirect_uri"], challenge):
                return 400, {"error": "invalid_grant"}
            return 200, self._grant(code.user)
        assert (form["grant_type"], form["device_code"]) == ("urn:ietf:params:oauth:grant-type:device_code", "device-1")
        if self.behaviour.denies:
            return 400, {"error": self.behaviour.denies}
        if self.behaviour.slow_down:
            self.behaviour.slow_down -= 1
            return 400, {"error": "slow_down"}
        if self.behaviour.pending:
            self.behaviour.pending -= 1
            return 400, {"error": "authorization_pending"}
        return 200, self._grant(self.user)

    def _grant(self, user: str, renewed: bool = False) -> dict[str, Any]:
        number = next(self._numbers)
        access, refresh = f"access-{number}", f"refresh-{number}"
        self.good[access] = user
        said: dict[str, Any] = {"token_type": "Bearer", "access_token": access}
        if self.behaviour.life is not None:
            said["expires_in"] = self.behaviour.life
        if self.behaviour.refresh_life is not None:
            said["refresh_token_expires_in"] = self.behaviour.refresh_life
        if self.behaviour.rotates or not renewed:
            self.refreshable[refresh] = user
            said["refresh_token"] = refresh
        return said

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {key: values[0] for key, values in parse_qs(body, strict_parsing=True).items()}
                behaviour = provider.behaviour
                if behaviour.hangs:
                    provider._over.wait()
                elif behaviour.redirect:
                    self._say(302, b"", behaviour.redirect)
                elif behaviour.raw:
                    self._say(*behaviour.raw)
                else:
                    status, said = provider._answer(urlsplit(self.path).path, form)
                    self._say(status, json.dumps(said).encode())

            def _say(self, status: int, body: bytes, location: str = "") -> None:
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing between the lines of the tests."""

        return Handler

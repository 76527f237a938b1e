"""The loopback end of a login in a browser: waits for the one redirect that has its code (RFC 8252, 7.3)."""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mailsla.errors import PermanentError, TemporaryError

_WAIT = 1.0  # seconds between two looks at the deadline
_DONE = "<!doctype html><title>mailsla</title><p>{said} You may close this window.</p>"


def code_from(url: str, state: str) -> str:
    """The code in the address that the browser was sent to (RFC 6749, 4.1.2).

    Raises PermanentError when the provider says no, or it is the answer to another request.
    """
    said = {key: values[0] for key, values in parse_qs(urlsplit(url.strip()).query).items()}
    if said.get("state") != state:
        raise PermanentError(
            "that is not the answer to this login", "open the address above, and take what comes of it"
        )
    if "error" in said:
        words = ": ".join(said[key] for key in ("error", "error_description") if key in said)
        raise PermanentError(f"the provider refuses: {words}"[:400], "log in again and agree; see docs/oauth.md")
    if not said.get("code"):
        raise PermanentError("there is no code in that address", "paste all of it, as the browser shows it")
    return said["code"]


class Redirect:
    """Listens on a port of its own on 127.0.0.1, from the start on; to be closed."""

    def __init__(self, host: str) -> None:
        self._answers: list[str] = []
        self._server = _Listener(("127.0.0.1", 0), self._handler())
        self.url = f"http://{host}:{self._server.server_address[1]}/"

    def wait(self, state: str, seconds: float) -> str:
        """The code. Raises TemporaryError when nobody has said yes or no in time, else as `code_from`.

        What other programs of this machine ask here meanwhile, without our `state`, ends nothing.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._server.handle_request()
            while self._answers:
                url = self._answers.pop(0)
                if f"state={state}" in url:
                    return code_from(url, state)
        raise TemporaryError(f"nobody logged in within {seconds:g} s", "run it again")

    def close(self) -> None:
        self._server.server_close()

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        answers = self._answers

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # of a browser that connects ahead and says nothing

            def do_GET(self) -> None:
                answers.append(self.path)
                page = _DONE.format(said="No code came." if "code=" not in self.path else "mailsla has what it needs.")
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: Any) -> None:
                """The path has the code, which is for no log."""

        return Handler


class _Listener(HTTPServer):
    timeout = _WAIT

"""A headless Chromium, told what to do by the DevTools protocol through a pipe: no port, and no library."""

import json
import os
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# The protocol's file numbers: Chromium reads 3 and writes 4.
SWITCH = "exec {} 3<&{} 4>&{}"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe")


class Chromium:
    """One page in it. Commands are sent one after another; events in between are passed over."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number, self._session, self._rest = 0, "", b""
        target = self._do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._do("Page.enable")

    def picture(self, page: Path, width: int, scheme: str) -> bytes:
        """The whole page as a PNG, as wide as a window of so many pixels shows it."""
        self._do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._measured(width, 1)
        self._do("Page.navigate", url=page.resolve().as_uri())
        while self._next().get("method") != "Page.loadEventFired":
            pass
        size = self._do("Page.getLayoutMetrics")["cssContentSize"]
        self._measured(width, int(size["height"]))
        return b64decode(self._do("Page.captureScreenshot", format="png")["data"])

    def _measured(self, width: int, height: int) -> None:
        self._do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def _do(self, method: str, **params: object) -> dict[str, Any]:
        self._number += 1
        command = {"id": self._number, "method": method, "params": params}
        session = {"sessionId": self._session} if self._session else {}
        os.write(self._to, json.dumps(command | session).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise OSError(f"chromium: {method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._back, 1 << 20)
            if not more:
                raise OSError("chromium ended before its work was done")
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def started(program: str) -> Iterator[Chromium]:
    """A Chromium with a profile of its own, which ends with the block."""
    theirs_in, to = os.pipe()
    back, theirs_out = os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = SWITCH.format('"$0" "$@"', theirs_in, theirs_out)
        process = subprocess.Popen(
            ("sh", "-c", command, program, *FLAGS, f"--user-data-dir={profile}"),
            pass_fds=(theirs_in, theirs_out),
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Chromium(to, back)
        finally:
            os.close(to)
            os.close(back)
            process.terminate()
            process.wait(timeout=30)

"""The processes of an end-to-end test: the daemon as its admin starts it, and an SMTP server for its letters."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tests.e2e.waiting import until
from tests.servers.certificate import Certificate
from tests.servers.smtp_sink import Received, read_mails
from tests.shared import ROOT

MAILSLA = (sys.executable, "-m", "mailsla")
SMTP_LOGIN = ("acme", "sesame")


class SinkProcess:
    """Takes letters over STARTTLS with a login, and keeps them in `folder`; it outlives a daemon that is killed.

    `options`: further ones of tests.servers.smtp_sink, as `--data PATTERN=stall`.
    """

    def __init__(self, folder: Path, certificate: Certificate, *options: str, port: int = 0) -> None:
        self._folder = folder
        command = [sys.executable, "-m", "tests.servers.smtp_sink", "--dir", str(folder), "--port", str(port)]
        command += ["--security", "starttls", "--cert", str(certificate.cert), "--key", str(certificate.key)]
        command += ["--login", ":".join(SMTP_LOGIN), *options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().removeprefix("listening on "))

    def __enter__(self) -> "SinkProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def received(self) -> list[Received]:
        """All that it answered with 250, in order."""
        return read_mails(self._folder)


def sandboxed(command: Sequence[str], writable: Path) -> list[str]:
    """The command under the sandbox of the unit, where it may write into one folder alone."""
    return [sys.executable, "-m", "tests.e2e.sandbox", "--write", str(writable), "--", *command]


class Daemon:
    """`mailsla run` as a process. Its log lines are JSON objects in `log`, appended to over restarts.

    `program`: what runs mailsla; another than Python itself puts it into a sandbox, or in a hurry.
    """

    def __init__(
        self,
        config: Path,
        log: Path,
        environment: Mapping[str, str],
        options: Sequence[str] = (),
        program: Sequence[str] = MAILSLA,
    ) -> None:
        self._log = log
        self._before = len(self.lines())
        with log.open("ab") as file:
            command = [*program, "--config", str(config), "run", *options]
            if os.environ.get("MAILSLA_E2E_SANDBOX") == "1":
                command = sandboxed(command, config.parent)
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**os.environ, **environment},
            )

    def lines(self) -> list[str]:
        """What it and those before it have written to the log."""
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []

    def own_lines(self) -> list[str]:
        """What this process has written to the log."""
        return self.lines()[self._before :]

    def said(self, event: str) -> list[dict[str, object]]:
        """The log lines of this process about `event`."""
        lines = [json.loads(line) for line in self.own_lines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def until_said(self, event: str, within: float = 60) -> dict[str, object]:
        return until(lambda: self.said(event), within, lambda: f"log line {event!r}\n{self.tail()}")[0]

    def tail(self) -> str:
        return "\n".join(self.lines()[-30:])

    def terminate(self) -> int:
        """SIGTERM; its exit code. Raises subprocess.TimeoutExpired when it takes over 10 s (house.md)."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def kill(self) -> None:
        """SIGKILL, as when the machine goes down."""
        self.process.kill()
        self.process.wait()

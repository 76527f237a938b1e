"""Daemons that begin at once: children of a process that has imported mailsla and done nothing else with it.

Most of what a start costs is the import, in which no kill does anything; a forked child goes on as `mailsla run` does,
and is a process of its own to be killed. `python -m tests.crash.nursery` reads a line of JSON for each child.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType

from tests.e2e.processes import Daemon
from tests.shared import ROOT


class Child:
    """What the tests need of subprocess.Popen, of a process that is not ours to wait for."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle: int | None = os.pidfd_open(pid)
        except ProcessLookupError:  # it has ended, and nobody waits for it
            self._handle = None

    def send_signal(self, number: signal.Signals) -> None:
        """By its handle: the number may be another's by now."""
        if self._handle is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """0 when it has ended (how is not known), None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        if self._ended(timeout) is None:
            raise subprocess.TimeoutExpired("mailsla run", timeout or 0)
        return 0

    def _ended(self, within: float | None) -> int | None:
        if self._handle is None:
            return 0
        waiting = select.poll()
        waiting.register(self._handle, select.POLLIN)
        if not waiting.poll(None if within is None else within * 1000):
            return None
        os.close(self._handle)
        self._handle = None
        return 0


class ForkedDaemon(Daemon):
    """A Daemon that the nursery began."""

    def __init__(self, nursery: "Nursery", config: Path, log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        self._before = len(self.lines())
        self.process = nursery.begin(["--config", str(config), "run"], log, environment)  # type: ignore[assignment]


class Nursery:
    """`begin` children; `end` when they have been ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def begin(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> Child:
        """`mailsla ARGUMENTS` with further variables of the environment; what it says goes to the end of `log`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        wanted = {"arguments": list(arguments), "log": str(log), "environment": dict(environment)}
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()))

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Fork a child for each line of standard input."""
    from mailsla.cli import main as mailsla
    from tests.crash.choking import choke

    choke()
    _read_ahead()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for the children
    for line in sys.stdin:
        wanted = json.loads(line)
        if pid := os.fork():
            print(pid, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(wanted["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        for number, file in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
            os.dup2(file, number)
        os.environ.update(wanted["environment"])
        sys.argv = ["mailsla", *wanted["arguments"]]
        mailsla()
        return


def _read_ahead() -> None:
    """Import what a daemon runs on, and read the files that ship with mailsla: word lists and catalogues."""
    from mailsla import bootstrap
    from mailsla.adapters import letters
    from mailsla.adapters.shipped import shipped
    from mailsla.cli import run  # noqa: F401 - for what it imports

    for name in ("load_lexicon", "load_signals", "load_languages"):
        once = cache(getattr(bootstrap, name))
        once()
        setattr(bootstrap, name, once)
    folders = [shipped("templates")]
    catalogues = letters.read_catalogues(folders)
    letters.read_catalogues = lambda wanted: catalogues if list(wanted) == folders else {}


if __name__ == "__main__":
    main()

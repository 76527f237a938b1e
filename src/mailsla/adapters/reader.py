"""Reads a mail within hard bounds: an ordinary one here, a suspicious one in a limited child process."""

import logging
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass

from mailsla.core.mail.parse import parse
from mailsla.core.mail.parsed import ParsedMail, from_json
from mailsla.core.mail.prescan import prescan
from mailsla.errors import TemporaryError, Unparseable
from mailsla.ports.mail import Woken

# The libraries log what they meet in a mail, which is not ours to log.
for _name in ("mailparser", "flufl.bounce", "inscriptis"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

OUT_OF_MEMORY = 71


@dataclass(frozen=True, slots=True)
class Bounds:
    """For one mail in the child: seconds of CPU, bytes of memory above the bare child, seconds of wall clock."""

    cpu_s: int = 5
    memory: int = 512 * 1024 * 1024
    wall_s: float = 30.0


class Reader:
    """Reads mails; safe to share between threads, holds nothing but the children that read now.

    A suspicious mail gets a child of its own, which ends with it. mail.md asks for a child that ends when idle;
    this one is idle as soon as it has answered, no hostile mail shares a process with the next one, and the
    0.3 s of its start are spent on suspicious mails alone.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._woken = False

    def wake(self) -> None:
        """From any thread: no child reads on, and none is started any more."""
        with self._lock:
            self._woken = True
            for child in self._children:
                child.kill()

    def read(self, raw: bytes, attempt: int = 1) -> ParsedMail:
        """The mail as read; `attempt` counts from 1, from the second on the child reads it.

        Raises Unparseable when the child died or went over its bounds, TemporaryError when none can be started, Woken
        when `wake` ended it.
        """
        if attempt == 1 and not prescan(raw).suspicious:
            return parse(raw)
        return self._in_child(raw)

    def _in_child(self, raw: bytes) -> ParsedMail:
        bounds = self._bounds
        command = [sys.executable, "-m", "mailsla.adapters.reader_child", str(bounds.cpu_s), str(bounds.memory)]
        with self._started(command) as child:
            try:
                answer, _ = child.communicate(raw, timeout=bounds.wall_s)
            except subprocess.TimeoutExpired as error:
                child.kill()
                raise Unparseable(f"reading the mail took over {bounds.wall_s:g} s") from error
            finally:
                with self._lock:
                    self._children.remove(child)
        if child.returncode != 0:
            if self._woken:
                raise Woken("told to stop while a mail was read")
            raise Unparseable(f"reading the mail {_cause(child.returncode, bounds)}")
        try:
            return from_json(answer.decode("ascii"))
        except (ValueError, KeyError, TypeError) as error:
            raise Unparseable("the reading process gave an answer that is none") from error

    def _started(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._woken:
                raise Woken("told to stop before a mail was read")
            try:
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                )
            except OSError as error:
                raise TemporaryError(f"the reading process can't be started: {error}") from error
            self._children.add(child)
            return child


def _environment() -> dict[str, str]:
    """What the child needs to find Python and us; no secret of ours goes along."""
    return {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "HOME") if name in os.environ}


def _cause(code: int, bounds: Bounds) -> str:
    if code == OUT_OF_MEMORY:
        return f"took over {bounds.memory // 2**20} MB"
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"took over {bounds.cpu_s} s of CPU or was killed"
    return f"ended with signal {-code}" if code < 0 else f"ended with exit code {code}"

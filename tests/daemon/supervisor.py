"""What systemd does with the unit: it starts the daemon, hears it, kills one that is silent, and starts it again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class Supervisor:
    """Type=notify, WatchdogSec=, Restart=on-failure, RestartPreventExitStatus=78; without RestartSec."""

    def __init__(self, command: Sequence[str], folder: Path, watchdog: float, environment: Mapping[str, str]) -> None:
        self._command, self._log, self._watchdog = command, folder / "log", watchdog
        name = folder / "systemd"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(name))
        told = {"NOTIFY_SOCKET": str(name), "WATCHDOG_USEC": str(int(watchdog * 1e6))}
        self._environment = {**os.environ, **environment, **told}
        self._process: subprocess.Popen[bytes] | None = None
        self._heard_at = 0.0
        self.ready = False
        self.ends: list[int] = []  # exit codes; negative: the signal

    def start(self) -> None:
        """Once; `turn` starts it again."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)
        self.ready, self._heard_at = False, time.monotonic()

    def turn(self) -> bool:
        """Hear what it says within a moment, and do what systemd would; whether it runs and is ready."""
        process = self._process
        assert process is not None
        self._hear()
        if process.poll() is None and self.ready and time.monotonic() - self._heard_at > self._watchdog:
            process.send_signal(signal.SIGABRT)
            process.wait(10)
        if process.poll() is not None:
            self.ends.append(process.returncode)
            if process.returncode not in (0, 78):
                self.start()
        return self.ready

    def stop(self) -> int | None:
        """SIGTERM; the exit code, None when it did not end within 10 s."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None
        finally:
            self._socket.close()

    def _hear(self) -> None:
        self._socket.settimeout(0.05)
        try:
            said = self._socket.recv(4096)
        except TimeoutError:
            return
        if said in (b"READY=1", b"WATCHDOG=1"):
            self.ready, self._heard_at = True, time.monotonic()

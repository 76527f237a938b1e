"""Tell systemd how the daemon is (sd_notify(3)); says nothing where no systemd listens."""

import os
import socket


def notify(state: str) -> None:
    """`state`: "READY=1", "WATCHDOG=1", "STATUS=...", "STOPPING=1". Raises OSError when systemd's socket is broken."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.connect("\0" + address[1:] if address.startswith("@") else address)
            channel.sendall(state.encode())


def watchdog_seconds() -> float | None:
    """How often WATCHDOG=1 is to be said: half of WatchdogSec. None when systemd does not watch this process."""
    interval = os.environ.get("WATCHDOG_USEC")
    if interval is None or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(interval) / 2_000_000

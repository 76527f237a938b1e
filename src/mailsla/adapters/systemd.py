"""Tell systemd how the daemon is (sd_notify(3)); says nothing where no systemd listens."""

import os
import socket

import structlog

log = structlog.get_logger()

_PATIENCE = 5.0  # seconds; nothing else is attended to while systemd takes no more


def notify(state: str) -> None:
    """`state`: "READY=1", "WATCHDOG=1", "STATUS=...", "STOPPING=1". What can't be said is logged, and stops nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(_PATIENCE)
            channel.connect("\0" + address[1:] if address.startswith("@") else address)
            channel.sendall(state.encode())
    except OSError as error:  # no descriptor left, or systemd is busy or starts anew: the next word may get through
        log.error("systemd not told", state=state.partition("\n")[0], cause=str(error))


def watchdog_seconds() -> float | None:
    """How often WATCHDOG=1 is to be said: half of WatchdogSec. None when systemd does not watch this process."""
    interval = os.environ.get("WATCHDOG_USEC")
    if interval is None or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return int(interval) / 2_000_000

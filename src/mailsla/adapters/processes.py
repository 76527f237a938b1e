"""What this process is called among all that share a database, and whether another one of this machine has ended."""

import os
import socket
from pathlib import Path


def process_name(unique: str) -> str:
    """ "HOST/SYSTEM/PID/UNIQUE": the host for people; `unique` tells two processes apart that had one number."""
    return "/".join((socket.gethostname().replace("/", "-"), _system(), str(os.getpid()), unique))


def has_ended(other: str, own: str) -> bool:
    """Whether the process called `other` runs no more; False too when nobody can say, as of another machine.

    `own`: the name of this process.
    """
    system, pid = _within(other)
    if not system or system != _within(own)[0]:
        return False
    if pid == os.getpid():
        return other != own
    try:
        os.kill(pid, 0)  # signal 0 only asks
    except ProcessLookupError:
        return True
    except PermissionError:  # it runs, as another user
        return False
    return False


def _within(name: str) -> tuple[str, int]:
    """The system and the number of the process; ("", 0) for what is no such name."""
    match name.split("/"):
        case [_, system, pid, _] if pid.isdecimal():
            return system, int(pid)
    return "", 0


def _system() -> str:
    """Within what a process number means one process: a boot of a kernel, and a container (its pid namespace).

    "" where there is no /proc: then nothing is known of other processes, and what they hold is waited for.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
        return f"{boot[:13]}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""

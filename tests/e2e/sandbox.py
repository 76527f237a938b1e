"""`python -m tests.e2e.sandbox --write FOLDER -- COMMAND`: a command under the unit's sandbox, without systemd.

Applied, as the unit has it: NoNewPrivileges, CapabilityBoundingSet= (empty), SystemCallFilter (the unit's own lines, by
`systemd-analyze syscall-filter`), SystemCallErrorNumber, SystemCallArchitectures=native, RestrictAddressFamilies,
MemoryDenyWriteExecute (prctl), ProtectSystem=strict (all is read-only, /proc and /sys too, but FOLDER), PrivateTmp (for
/var/tmp, where TMPDIR leads), PrivateIPC, PrivateMounts, UMask, LimitCORE.
Not applied: DynamicUser and PrivateUsers (the user stays root, with no capability), ProtectHome (Python may lie there),
PrivateDevices and DevicePolicy, ProtectProc and ProcSubset, RestrictRealtime, RestrictSUIDSGID, RestrictNamespaces and
LockPersonality beyond what the filter refuses, MemoryMax, TasksMax. Needs root and Linux 6.3.
"""

import ctypes
import os
import re
import resource
import socket
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT

UNIT = ROOT / "systemd" / "mailsla.service"
ABSENT = "root, Linux 6.3, systemd-analyze or libseccomp absent, needed for the unit's sandbox"
_NEW_MOUNTS_AND_IPC = 0x00020000 | 0x08000000
_PRIVATE, _BIND = (1 << 18) | 16384, 4096
_MOUNT_SETATTR, _AT_FDCWD, _RECURSIVE, _READ_ONLY = 442, -100, 0x8000, 1
_NO_NEW_PRIVILEGES, _DROP_CAPABILITY, _SET_MDWE = 38, 24, 65
_ALLOW, _EPERM, _EQUAL = 0x7FFF0000, 0x00050001, 4
_libc = ctypes.CDLL(None, use_errno=True)


class _Attributes(ctypes.Structure):
    _fields_ = (("set", ctypes.c_uint64), ("clear", ctypes.c_uint64), ("how", ctypes.c_uint64), ("ns", ctypes.c_uint64))


class _Argument(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def available() -> bool:
    """Whether this machine can."""
    release = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return False
    return os.geteuid() == 0 and release >= (6, 3) and Path("/usr/bin/systemd-analyze").exists()


def allowed() -> set[str]:
    """The system calls that the unit's lines leave, in their order."""
    names: set[str] = set()
    for line in UNIT.read_text("utf-8").splitlines():
        key, _, value = line.partition("=")
        if key == "SystemCallFilter":
            these = {name for word in value.lstrip("~").split() for name in _calls(word)}
            names = names - these if value.startswith("~") else names | these
    return names


def _calls(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    shown = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager", word], capture_output=True, text=True, check=True
    )
    words = [
        line.strip() for line in shown.stdout.splitlines()[1:] if line.strip() and not line.strip().startswith("#")
    ]
    return {name for one in words for name in _calls(one)}


def _families() -> list[int]:
    (line,) = re.findall(r"^RestrictAddressFamilies=(.*)$", UNIT.read_text("utf-8"), re.M)
    return [getattr(socket, name) for name in line.split()]


def _did(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _mount(source: bytes, target: Path | str, kind: bytes | None, flags: int) -> None:
    _did(_libc.mount(source, os.fsencode(target), kind, ctypes.c_ulong(flags), None))


def _attributes(path: Path | str, how: _Attributes) -> None:
    where = ctypes.c_char_p(os.fsencode(path))
    size = ctypes.c_size_t(ctypes.sizeof(how))
    _did(_libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, where, _RECURSIVE, ctypes.byref(how), size))


def _see_read_only(writable: list[Path]) -> None:
    _did(_libc.unshare(_NEW_MOUNTS_AND_IPC))
    _mount(b"none", "/", None, _PRIVATE)
    for folder in writable:
        _mount(os.fsencode(folder), folder, None, _BIND)
    _mount(b"none", "/var/tmp", b"tmpfs", 0)
    _attributes("/", _Attributes(_READ_ONLY, 0, 0, 0))
    for folder in (*writable, "/var/tmp"):
        _attributes(folder, _Attributes(0, _READ_ONLY, 0, 0))


def _give_up_rights() -> None:
    for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        _did(_libc.prctl(_DROP_CAPABILITY, capability, 0, 0, 0))
    _did(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _did(_libc.prctl(_SET_MDWE, 1, 0, 0, 0))


def _filter(names: set[str]) -> None:
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(_EPERM))
    for name in names - {"socket"}:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            seccomp.seccomp_rule_add_array(rules, _ALLOW, number, 0, None)
    for family in _families():
        first = _Argument(0, _EQUAL, family, 0)
        number = seccomp.seccomp_syscall_resolve_name(b"socket")
        _did(seccomp.seccomp_rule_add_array(rules, _ALLOW, number, 1, ctypes.byref(first)))
    _did(seccomp.seccomp_load(rules))


def main() -> None:
    """Becomes the command."""
    split = sys.argv.index("--")
    writable = [Path(name) for name in sys.argv[1:split] if name != "--write"]
    names = allowed()
    _see_read_only(writable)
    os.environ["TMPDIR"] = "/var/tmp"
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _give_up_rights()
    _filter(names)
    os.execv(sys.argv[split + 1], sys.argv[split + 1 :])


if __name__ == "__main__":
    main()

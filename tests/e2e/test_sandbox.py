"""The daemon does its work under the sandbox of its unit. `MAILSLA_E2E_SANDBOX=1 make e2e` runs all stories so."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.core.mail.killers import KILLERS
from tests.e2e import sandbox
from tests.e2e.conftest import DeskMaker
from tests.e2e.mails import complaint
from tests.e2e.processes import sandboxed
from tests.e2e.waiting import until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not sandbox.available(), reason=sandbox.ABSENT),
]

ANA = "ana@mail.example"
REFUSED = """
import ctypes, mmap, os, socket, sys
def fails(do):
    try:
        do()
    except OSError as error:
        return error.strerror
    return "done"
def mount():
    if ctypes.CDLL(None, use_errno=True).mount(b"none", b"/mnt", b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
print(fails(lambda: open(sys.argv[1] + "/there", "w")))
print(fails(lambda: open(sys.argv[1] + "/../beside", "w")))
print(fails(lambda: open("/proc/sys/kernel/hostname", "w")))
print(fails(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)))
print(fails(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)))
print(fails(mount))
print(fails(lambda: os.sched_setaffinity(0, {0})))
print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapEff", "NoNewPrivs"))])
"""


def test_the_sandbox_refuses_what_the_unit_refuses(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    done = subprocess.run(
        sandboxed([sys.executable, "-c", REFUSED, str(state)], state), capture_output=True, text=True, check=True
    )
    read_only, denied = "Read-only file system", "Operation not permitted"
    expected = ["done", read_only, read_only, denied, "Permission denied", denied, denied, "['0000000000000000', '1']"]
    assert done.stdout.splitlines() == expected


@pytest.mark.dovecot
def test_a_complaint_is_answered_under_the_sandbox(make_desk: DeskMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile mail too, whose reading takes a child with limits of its own."""
    monkeypatch.setenv("MAILSLA_E2E_SANDBOX", "1")
    desk = make_desk()
    daemon = desk.open()
    filtered = Path(f"/proc/{daemon.process.pid}/status").read_text()
    assert "Seccomp:\t2" in filtered and "CapEff:\t0000000000000000" in filtered
    desk.send(complaint(ANA))
    desk.send(KILLERS["parameters"]())
    until(lambda: len(daemon.said("mail")) == 2, 60, daemon.tail)
    assert daemon.said("mail failed") == []
    assert Counter(letter.recipient for letter in desk.quiet())[ANA] == 1
    assert daemon.said("loop failed") == daemon.said("mailbox rests") == []
    assert daemon.terminate() == 0

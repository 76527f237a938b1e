"""Names of processes: two never share one, and of this machine's it is known which have ended."""

import subprocess
import sys

import pytest

from mailsla.adapters.processes import has_ended, process_name

OWN = process_name("a")
HOST, SYSTEM, PID, _ = OWN.split("/")
NAME = f"import sys; sys.path[:] = {sys.path!r}; from mailsla.adapters.processes import process_name"


def test_a_process_that_runs_has_not_ended_until_it_has() -> None:
    command = [sys.executable, "-c", f"{NAME}; print(process_name('b'), flush=True); sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        name = other.stdout.readline().strip()
        assert not has_ended(name, OWN)
        other.kill()
        other.wait()
    assert has_ended(name, OWN)


@pytest.mark.parametrize(
    ("other", "ended"),
    [
        (OWN, False),
        (f"{HOST}/{SYSTEM}/{PID}/before", True),  # this process has its number now
        (f"{HOST}/{SYSTEM}/1/b", False),
        (f"{HOST}/another-boot.1/{PID}/before", False),
        (f"{HOST}//{PID}/before", False),
        ("demo", False),
        ("", False),
    ],
    ids=[
        "itself",
        "its number before",
        "another",
        "before a boot",
        "no system",
        "a name",
        "nothing",
    ],  # the same each run
)
def test_of_others_nobody_can_say(other: str, ended: bool) -> None:
    assert has_ended(other, OWN) is ended

"""The reader: ordinary mails here, suspicious ones in a limited child, each within its bounds or cleanly refused."""

import os
import resource
import subprocess
import sys
import time

import pytest

from mailsla.adapters.reader import Bounds, Reader
from mailsla.core.mail.parse import parse
from mailsla.errors import Unparseable
from mailsla.ports.mail import Woken
from tests.adapters.source_contract import later
from tests.core.mail.killers import HEAD, KILLERS

ORDINARY = HEAD + b"\r\nThe lamp is broken.\r\n"


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_an_ordinary_mail_starts_no_process() -> None:
    before = children_cpu()
    assert Reader().read(ORDINARY) == parse(ORDINARY)
    assert children_cpu() == before


def test_the_second_attempt_is_read_by_a_child_with_the_same_result() -> None:
    before = children_cpu()
    assert Reader().read(ORDINARY, attempt=2) == parse(ORDINARY)
    assert children_cpu() > before


@pytest.mark.parametrize("name", ["parts", "nested", "addresses", "subject", "large"])
def test_a_killer_is_read_within_the_bounds(name: str) -> None:
    begun = time.monotonic()
    mail = Reader().read(KILLERS[name]())
    assert time.monotonic() - begun < 20
    assert mail.subject.startswith("lamp")
    assert mail.problems


def test_fifty_megabytes_of_attachment_are_read_within_the_bounds() -> None:
    line = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n"
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x\r\n"
        b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + line * 600_000
        + b"--x--\r\n"
    )
    [attachment] = Reader().read(raw).attachments
    assert attachment.size == 600_000 * 60


@pytest.mark.parametrize(
    ("bounds", "cause"),
    [
        (Bounds(memory=1024 * 1024), "MB"),
        (Bounds(wall_s=0.05), "0.05 s"),
    ],
    ids=["memory", "wall"],
)
def test_over_a_bound_it_is_refused_by_name(bounds: Bounds, cause: str) -> None:
    with pytest.raises(Unparseable, match=cause):
        Reader(bounds).read(KILLERS["large"]())


def test_a_child_is_ended_when_the_daemon_stops_and_no_other_is_started() -> None:
    reader = Reader()
    begun = time.monotonic()
    with later(0.2, do=reader.wake), pytest.raises(Woken):
        reader.read(KILLERS["large"](), attempt=2)
    assert time.monotonic() - begun < 2
    with pytest.raises(Woken):
        reader.read(ORDINARY, attempt=2)
    assert reader.read(ORDINARY) == parse(ORDINARY)
    children = subprocess.run(["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True).stdout
    assert f"{sys.executable} -m mailsla.adapters.reader_child" not in children


def test_the_child_gets_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailsla.adapters import reader

    monkeypatch.setitem(os.environ, "MAILSLA_PASSWORD", "secret")
    assert "MAILSLA_PASSWORD" not in reader._environment()

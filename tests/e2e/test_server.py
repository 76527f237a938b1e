"""What the daemon does on the mail server and tells systemd: IDLE, marks, sd_notify."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import SUPPORT, Desk, Mailbox
from tests.e2e.mails import complaint
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA, BEN = "ana@mail.example", "ben@mail.example"
HOUR = "poll_seconds = 3600"


def test_idle_brings_a_mail_at_once(make_desk: DeskMaker, record_property: Callable[[str, object], None]) -> None:
    """Both mailboxes are polled once an hour, and one may not IDLE: its mail stays where it is."""
    told = Mailbox("support", settings=HOUR)
    polled = Mailbox("sales", settings=f"{HOUR}\nidle = false")
    desk = make_desk(mailboxes=(told, polled))
    daemon = desk.open()
    desk.send(complaint(BEN), "sales")
    desk.send(complaint(ANA), "support")
    begun = time.monotonic()
    until(lambda: ANA in {letter.recipient for letter in desk.sink.received()}, 30, daemon.tail)
    seconds = time.monotonic() - begun
    record_property("measured", f"IDLE: acknowledged {seconds:.2f} s after the mail was in Dovecot (polling: 1 hour)")
    assert desk.query("SELECT mailbox FROM intake") == [("support",)]


def test_a_mail_is_marked_once_it_is_dealt_with_and_never_as_read(desk: Desk) -> None:
    """A person who reads the same mailbox sees no change (mail.md section 1)."""
    desk.open()
    desk.send(complaint(ANA))
    desk.quiet()
    desk.send(complaint(BEN))  # the next look at the server sets the mark of what was done before it
    desk.quiet()
    until(lambda: {"$mailsla"} in desk.dovecot.flags(desk.user()).values(), 20, lambda: "no mark is set")
    assert all(flags <= {"$mailsla"} for flags in desk.dovecot.flags(desk.user()).values())


def test_systemd_is_told_of_start_life_and_end(make_desk: DeskMaker, tmp_path: Path) -> None:
    desk = make_desk(mailboxes=(SUPPORT,))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(20)
        daemon = desk.start({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"})
        assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        assert daemon.terminate() == 0
        systemd.setblocking(False)
        said = [b""]
        while said[-1] != b"STOPPING=1":
            said.append(systemd.recv(100))
    assert set(said[1:-1]) <= {b"WATCHDOG=1"}

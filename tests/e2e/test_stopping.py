"""SIGTERM, restart and a second daemon: nothing is lost, nothing is said twice unless it says so (house.md)."""

import time
from collections import Counter

import pytest

from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import Desk
from tests.e2e.mails import complaint
from tests.e2e.processes import SinkProcess
from tests.e2e.waiting import until
from tests.servers.smtp_sink import STALLED

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA, BEN = "ana@mail.example", "ben@mail.example"


def stops_in_time(desk: Desk) -> None:
    assert desk.daemon is not None
    begun = time.monotonic()
    assert desk.daemon.terminate() == 0, desk.daemon.tail()
    assert time.monotonic() - begun < 10
    assert desk.daemon.said("stopped")


def recipients(desk: Desk) -> Counter[str]:
    return Counter(letter.recipient for letter in desk.quiet())


def test_sigterm_ends_a_daemon_that_idles(desk: Desk) -> None:
    desk.open()
    desk.send(complaint(ANA))
    desk.quiet()
    stops_in_time(desk)


def test_sigterm_ends_a_send_that_waits_and_the_letter_goes_out_after_the_restart(make_desk: DeskMaker) -> None:
    """The server had the letter and had not answered: it may come twice, and its row says so (mail.md section 5)."""
    desk = make_desk(sink_options=("--data", "ana@.*=stall"))
    daemon = desk.open()
    desk.send(complaint(ANA))
    until((desk.folder / "sink" / STALLED).exists, 20, daemon.tail)
    stops_in_time(desk)
    desk.sink.end()
    desk.sink = SinkProcess(desk.folder / "sink", desk.dovecot.certificate, port=desk.sink.port)
    desk.start()
    assert recipients(desk) == {ANA: 1, "sam@acme.example": 1}
    rows = desk.query("SELECT recipient, state, possibly_twice FROM letters ORDER BY id")
    assert rows == [(ANA, "sent", 1), ("sam@acme.example", "sent", 0)]


def test_a_restarted_daemon_goes_on_where_the_last_one_stopped(desk: Desk) -> None:
    desk.open()
    desk.send(complaint(ANA))
    desk.quiet()
    stops_in_time(desk)
    desk.send(complaint(BEN))  # while nobody looks
    desk.start()
    assert recipients(desk) == {ANA: 1, BEN: 1, "sam@acme.example": 2}
    stops_in_time(desk)
    desk.start().until_said("running")
    desk.send(complaint(BEN, 2))
    assert recipients(desk) == {ANA: 1, BEN: 2, "sam@acme.example": 3}


def test_what_was_in_the_mailbox_before_the_first_start_is_left_alone(desk: Desk) -> None:
    desk.send(complaint(ANA))
    desk.sent -= 1  # start_from = "now": it has no row
    desk.open()
    desk.send(complaint(BEN))
    assert recipients(desk) == {BEN: 1, "sam@acme.example": 1}
    assert desk.query("SELECT requester FROM tickets") == [(BEN,)]


def test_a_second_daemon_on_the_same_database_is_refused(desk: Desk) -> None:
    desk.open()
    second = desk.run("run", check=False)
    assert second.returncode == 75
    assert b"another mailsla runs on this database" in second.stderr
    desk.send(complaint(ANA))
    assert recipients(desk) == {ANA: 1, "sam@acme.example": 1}

"""A daemon that stands still (SIGSTOP) while its letter is with the server, which has not answered; its time runs out.

Whoever goes on sends the letter once more and marks it; the one that comes back writes nothing about it.
"""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.checker import faults
from tests.crash.mix import complaint_of
from tests.crash.shared_desk import SharedDesk, twice
from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import Desk
from tests.e2e.mails import complaint
from tests.e2e.processes import SinkProcess
from tests.e2e.waiting import until
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.smtp_sink import STALLED

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA = "ana@mail.example"
STALLS = ("--data", "ana@.*=stall")
LETTER = "SELECT state, attempts, claimed_by, outcome FROM letters WHERE recipient = 'ana@mail.example'"
SENDING = "SELECT id FROM letters WHERE state = 'sending'"


@pytest.fixture
def shared(tmp_path: Path, dovecot: Dovecot, postgres: Postgres) -> Iterator[SharedDesk]:
    """A desk with two daemons, not started, whose server says nothing to a letter to Ana."""
    opened = SharedDesk(tmp_path, dovecot, postgres, STALLS)
    yield opened
    opened.close()


def stalls(desk: Desk) -> None:
    """Until the letter is with the server."""
    until((desk.folder / "sink" / STALLED).exists, 60, desk._state)


def answers_again(desk: Desk) -> None:
    """The server comes back, and answers; connections to it are broken."""
    desk.sink.end()
    desk.sink = SinkProcess(desk.folder / "sink", desk.dovecot.certificate, port=desk.sink.port)


@pytest.mark.postgresql
def test_the_one_that_comes_back_writes_nothing_about_the_letter(shared: SharedDesk) -> None:
    shared.open_both()
    brought = [complaint_of(ANA, complaint(ANA))]
    shared.send(brought[0].raw)
    stalls(shared)
    until(lambda: len(shared.query(SENDING)) == 1, 60, shared._state)  # the other may be sending its agent's
    stopped = shared.daemons[shared.sender()]
    stopped.process.send_signal(signal.SIGSTOP)
    answers_again(shared)
    shared.execute("UPDATE letters SET claimed_until = 1 WHERE state = 'sending'")  # as if its lease were over
    shared.quiet()
    before = shared.query(LETTER)
    assert [row[:2] for row in before] == [("sent", 2)]
    stopped.process.send_signal(signal.SIGCONT)
    until(lambda: any("another daemon has dealt with it" in line for line in stopped.own_lines()), 60, stopped.tail)
    received = shared.quiet()
    assert shared.query(LETTER) == before
    assert faults(shared.query, received, brought, int(time.time())) == []
    assert twice(shared) == 1
    for daemon in shared.daemons.values():
        assert daemon.terminate() == 0


def test_on_sqlite_nobody_goes_on_while_it_is_there_and_a_restart_does(make_desk: DeskMaker) -> None:
    desk = make_desk(sink_options=STALLS)
    daemon = desk.open()
    desk.send(complaint(ANA))
    stalls(desk)
    daemon.process.send_signal(signal.SIGSTOP)
    refused = desk.run("run", check=False)
    assert refused.returncode == 75 and b"another mailsla runs on this database" in refused.stderr
    answers_again(desk)
    daemon.kill()
    desk.start()
    received = [letter.recipient for letter in desk.quiet()]
    assert sorted(received) == [ANA, "sam@acme.example"]
    assert desk.query("SELECT state, attempts, possibly_twice FROM letters WHERE recipient = ?", ANA) == [
        ("sent", 2, 1)
    ]

"""`mailsla check --live` beside the daemon, which may fetch its letters before they are taken away again."""

import os
import subprocess

import pytest

from tests.e2e.desk import Desk
from tests.e2e.processes import MAILSLA
from tests.e2e.waiting import until
from tests.servers.loopback import report

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]


def test_letters_that_the_daemon_fetches_first_become_no_tickets(desk: Desk) -> None:
    """They land in the mailbox one by one, the next one when the daemon has dealt with the one before."""
    daemon = desk.open()
    command = [*MAILSLA, "--config", str(desk.config), "check", "--live", "--wait", "60"]
    with subprocess.Popen(command, env={**os.environ, **desk.environment}, stdout=subprocess.PIPE, text=True) as check:
        until(lambda: len(desk.sink.received()) == 3, 30, daemon.tail)
        plain, tagged, lost = desk.sink.received()
        for raw in (plain.content, tagged.content, report(lost)):
            desk.send(raw)
            if raw != report(lost):  # with the last one the check has all that it waits for, and takes them away
                desk.quiet()
        assert check.wait(60) == 0
    assert len(daemon.said("mail")) >= 2  # of the last one it may be too late
    assert desk.query("SELECT count(*) FROM tickets") == [(0,)]
    assert len(desk.sink.received()) == 3  # nothing was answered
    assert b"Nothing is here" in desk.run("queue", "list").stdout
    assert desk.dovecot.flags(desk.user()) == {}

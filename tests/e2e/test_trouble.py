"""What an admin gets wrong or the world breaks: one clear message, the right exit code, and nothing is lost."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import SUPPORT, Desk, Mailbox
from tests.e2e.mails import complaint
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA, BEN, CAI = "ana@mail.example", "ben@mail.example", "cai@mail.example"


def execute(desk: Desk, statement: str) -> None:
    with closing(sqlite3.connect(desk.database)) as connection, connection:
        connection.execute(statement)


def test_a_database_of_a_newer_version_is_refused(desk: Desk) -> None:
    execute(desk, "UPDATE alembic_version SET version_num = '9999'")
    refused = desk.run("run", check=False)
    assert refused.returncode == 78
    assert b"9999" in refused.stderr
    assert b"mend: upgrade mailsla" in refused.stderr


def test_a_database_that_is_not_there_is_refused(desk: Desk) -> None:
    desk.database.unlink()
    refused = desk.run("run", check=False)
    assert refused.returncode == 78
    assert b"mailsla db upgrade" in refused.stderr


def test_a_mailbox_that_fails_holds_up_no_other_and_the_operator_is_told(make_desk: DeskMaker) -> None:
    """One refuses the password, one is not there; the third is served."""
    sales = Mailbox("sales", credential="wrong")
    old = Mailbox("old", settings='folder = "no-such-folder"')
    desk = make_desk(mailboxes=(sales, old, SUPPORT))
    daemon = desk.open(watched=["support"])
    until(lambda: len(daemon.said("mailbox rests")) == 2, 20, daemon.tail)
    desk.send(complaint(ANA))
    came = Counter(letter.recipient for letter in desk.quiet())
    assert came == {ANA: 1, "sam@acme.example": 1, "operator@acme.example": 2}
    assert {line["mailbox"] for line in daemon.said("mailbox rests")} == {"sales", "old"}
    assert daemon.terminate() == 0


def test_a_secret_that_is_not_there_is_said_at_start(make_desk: DeskMaker) -> None:
    desk = make_desk(mailboxes=(Mailbox("sales", credential="absent"), SUPPORT))
    daemon = desk.open(watched=["support"])
    [line] = daemon.said("secret not readable")
    assert line["key"] == "mailboxes.sales.password"
    assert "absent: No such file" in str(line["cause"])
    assert daemon.terminate() == 0


def test_an_account_that_refuses_the_login_rests_and_no_letter_fails(desk: Desk) -> None:
    """Mail that comes in meanwhile does not make it try again: that would lock the account (mail.md section 5)."""
    daemon = desk.open(environment={"SMTP_PASSWORD": "wrong"})
    desk.send(complaint(ANA))
    daemon.until_said("sending account rests")
    for sender in (BEN, CAI):
        desk.send(complaint(sender))
    until(lambda: len(daemon.said("mail")) == 3, 20, daemon.tail)
    assert daemon.terminate() == 0
    assert len(daemon.said("sending account rests")) == 1
    assert desk.sink.received() == []
    assert set(desk.query("SELECT state FROM letters")) <= {("queued",)}
    desk.open()
    came = Counter(letter.recipient for letter in desk.quiet())
    assert came == {ANA: 1, BEN: 1, CAI: 1, "sam@acme.example": 3, "operator@acme.example": 1}


def test_deliver_while_the_daemon_runs(desk: Desk) -> None:
    """An MTA pipes a mail in; the daemon answers it like any other."""
    desk.open()
    desk.run("deliver", stdin=complaint(ANA))
    desk.sent += 1
    assert Counter(letter.recipient for letter in desk.quiet()) == {ANA: 1, "sam@acme.example": 1}


def test_deliver_asks_to_try_again_while_the_database_is_locked(desk: Desk) -> None:
    with closing(sqlite3.connect(desk.database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        refused = desk.run("deliver", stdin=complaint(ANA), check=False)
    assert refused.returncode == 75
    assert b"mailsla: " in refused.stderr
    desk.run("deliver", stdin=complaint(ANA))
    assert desk.query("SELECT count(*) FROM intake") == [(1,)]


def test_deliver_asks_to_try_again_while_the_database_is_absent(desk: Desk) -> None:
    """An MTA must keep the mail, whatever the admin has yet to mend."""
    desk.database.unlink()
    refused = desk.run("deliver", stdin=complaint(ANA), check=False)
    assert refused.returncode == 75
    assert b"mailsla db upgrade" in refused.stderr

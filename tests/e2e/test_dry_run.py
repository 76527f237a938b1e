"""`mailsla run --dry-run` and `mailsla mailbox check` on a real mailbox: all is told, and nothing is touched."""

import json
from collections.abc import Callable

import pytest

from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import SUPPORT, Desk, Mailbox
from tests.e2e.letter import Letter
from tests.e2e.mails import complaint
from tests.e2e.processes import Daemon
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA, BEN, SAM = "ana@mail.example", "ben@mail.example", "sam@acme.example"


def files(desk: Desk) -> dict[str, bytes]:
    """The desk's files but the log; SQLite's side files hold nothing once the last one has left."""
    paths = [path for path in desk.folder.rglob("*") if path.is_file() and path.name != "log"]
    return {str(path): path.read_bytes() for path in paths if not path.name.endswith(("-shm", "-wal"))}


def told(daemon: Daemon, event: str, key: str) -> Callable[[], list[object]]:
    return lambda: [line[key] for line in daemon.said(event)]


def test_all_decisions_are_told_and_nothing_is_touched(desk: Desk) -> None:
    desk.open()
    desk.send(complaint(ANA))
    [acknowledgement] = [Letter(each) for each in desk.quiet() if each.recipient == ANA]
    assert desk.daemon is not None and desk.daemon.terminate() == 0
    desk.send(complaint(BEN))
    answer = complaint(ANA, 2, "It came today.").replace(b"support@acme.example", acknowledgement.reply_to.encode())
    desk.send(answer)
    flags, before, sent = desk.dovecot.flags(desk.user()), files(desk), len(desk.sink.received())
    daemon = desk.start(options=("--dry-run",))
    letters = told(daemon, "would send", "to")
    until(lambda: sorted(map(str, letters())) == [BEN, SAM, SAM], 30, daemon.tail)
    first = json.loads(daemon.own_lines()[0])
    assert first["event"].startswith("dry run: nothing is sent, nothing is marked; ")
    assert told(daemon, "mail read", "sender")() == [BEN, ANA]
    became = told(daemon, "mail", "became")()
    assert became[0] == "new_ticket (a new complaint)"
    assert str(became[1]).startswith("append (")
    assert daemon.terminate() == 0, daemon.tail()
    [over] = daemon.said("dry run over")
    assert (over["mails"], over["letters"]) == (2, 3)
    assert all(json.loads(line)["dry_run"] for line in daemon.own_lines())
    assert desk.dovecot.flags(desk.user()) == flags
    assert files(desk) == before
    assert len(desk.sink.received()) == sent
    desk.start()  # for the daemon all that is still to do
    assert sorted(each.recipient for each in desk.quiet()[sent:]) == [BEN, SAM, SAM]


def test_it_runs_beside_the_daemon_and_before_there_is_a_database(make_desk: DeskMaker) -> None:
    """`mark = "move"`: what the daemon would move stays where it is."""
    desk = make_desk(mailboxes=(Mailbox("support", settings='mark = "move"\nstart_from = "all"'),))
    desk.send(complaint(ANA))
    desk.database.unlink()
    daemon = desk.start(options=("--dry-run",))
    until(told(daemon, "would send", "to"), 30, daemon.tail)
    assert told(daemon, "mail read", "sender")() == [ANA]
    assert daemon.terminate() == 0
    assert not desk.database.exists()
    assert desk.dovecot.flags(desk.user()) == {1: set()}
    desk.run("db", "upgrade")
    desk.open()
    desk.quiet()
    beside = Daemon(desk.config, desk.folder / "log-beside", desk.environment, ("--dry-run",))
    beside.until_said("running")
    desk.send(complaint(BEN))
    desk.quiet()
    until(told(beside, "would send", "to"), 40, beside.tail)
    assert beside.terminate() == 0
    assert desk.query("SELECT count(*) FROM intake") == [(2,)]


def test_a_mailbox_check_names_what_is_missing_and_touches_nothing(desk: Desk) -> None:
    for number in (1, 2):
        desk.send(complaint(ANA, number))
    desk.sent = 0  # they were there before
    desk.open()
    desk.send(complaint(BEN))
    desk.quiet()
    assert desk.daemon is not None and desk.daemon.terminate() == 0
    desk.send(complaint(BEN, 2))
    flags = desk.dovecot.flags(desk.user())
    said = desk.run("mailbox", "check", check=False)
    assert said.stdout.decode().splitlines()[0] == "support: server 4, held 1, before 2, missing 1"
    assert said.returncode == 1
    assert desk.dovecot.flags(desk.user()) == flags
    desk.start()
    desk.quiet()
    [row] = json.loads(desk.run("mailbox", "check", "--json").stdout)
    assert (row["server"], row["held"], row["before"], row["missing"]) == (4, 2, 2, [])


def test_a_server_that_is_not_there_is_exit_code_75(make_desk: DeskMaker) -> None:
    desk = make_desk(mailboxes=(SUPPORT,))
    desk.config.write_text(desk.config.read_text().replace(f"port = {desk.dovecot.tls_port}", "port = 1"))
    said = desk.run("mailbox", "check", "--json", check=False)
    assert said.returncode == 75
    [row] = json.loads(said.stdout)
    assert row["problem"]

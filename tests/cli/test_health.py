"""`mailsla health`: says what is wrong and ends with an exit code, with a daemon and without."""

import sqlite3
from contextlib import closing

import pytest

from mailsla import bootstrap
from mailsla.flows import leases
from mailsla.ports.mail import Outcome, Sent
from tests.cli.broken import held, quarantined
from tests.cli.command import Said, run
from tests.flows.mails import ANA, address, write
from tests.flows.office import HOUR, MINUTE, Office


@pytest.fixture(autouse=True)
def clock(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "system_clock", lambda: office.now)


def wrong(said: Said) -> list[str]:
    return [check["what"] for check in said.json["checks"] if not check["well"]]


def test_all_is_well(office: Office) -> None:
    leases.arrive(office.services)
    said = run("health")
    assert said.code == 0
    assert "ok       daemon: one runs" in said.out
    assert "ok       unprocessed: none" in said.out
    assert "All is well." in said.out
    assert run("health", "--json").json["well"] is True


def test_a_daemon_that_does_not_run_is_said(office: Office) -> None:
    said = run("health")
    assert said.code == 1
    assert "PROBLEM  daemon: none runs on this database" in said.out
    assert "1 problem." in said.out


def test_mail_that_nobody_looks_at_is_a_problem_after_a_quarter_of_an_hour(office: Office) -> None:
    office.arrive(write(ANA))
    office.now += 15 * MINUTE
    leases.arrive(office.services)
    assert run("health").code == 0
    office.now += 1
    said = run("health", "--json")
    assert said.code == 1
    assert wrong(said) == ["unprocessed"]
    (check,) = [one for one in said.json["checks"] if one["what"] == "unprocessed"]
    assert (check["count"], check["seconds"], check["most_seconds"]) == (1, 901, 900)
    assert check["since"] == "2026-11-16T09:00:00Z"
    assert "1 mail not looked at yet, for 15 min (at most 15 min)" in run("health").words


def test_letters_that_stay_are_a_problem_after_an_hour_unless_their_server_wants_them_later(office: Office) -> None:
    office.postbox.answers(address(ANA), *[Outcome(Sent.LATER, "451 greylisted")] * 9)
    office.receive(write(ANA))
    office.wait(2 * HOUR)
    leases.arrive(office.services)
    assert wrong(run("health", "--json")) == []
    office.arrive(write("bea@mail.example"))
    office.prepare()
    office.now += HOUR + 1
    leases.arrive(office.services)
    assert wrong(run("health", "--json")) == ["unsent"]


def test_what_waits_for_a_person_is_a_problem_after_four_hours(office: Office) -> None:
    held(office)
    office.now += 4 * HOUR + 1
    leases.arrive(office.services)
    assert "held" in wrong(run("health", "--json"))


def test_each_queue_for_a_person_has_its_own_line(office: Office) -> None:
    office.postbox.answers(address(ANA), *[Outcome(Sent.UNKNOWN, "cut after DATA")] * 2)
    office.receive(write(ANA))
    office.wait(HOUR)
    quarantined(office)
    office.now += 4 * HOUR + 1
    leases.arrive(office.services)
    said = run("health", "--json")
    assert wrong(said) == ["quarantined", "in_doubt"]
    counts = {check["what"]: check["count"] for check in said.json["checks"]}
    assert (counts["quarantined"], counts["in_doubt"], counts["held"], counts["failed"]) == (1, 1, 0, 0)


def test_a_mailbox_that_was_never_read_is_said(office: Office) -> None:
    maildir = 'address = "sales@acme.example"\nkind = "maildir"\npath = "in"'
    office.restart([('address = "sales@acme.example"\nkind = "pipe"', maildir)])
    leases.arrive(office.services)
    said = run("health")
    assert said.code == 1
    assert "PROBLEM  mailbox sales: never read yet (at most 20 min)" in said.out


def test_a_database_that_is_locked_is_said_with_its_own_exit_code(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailsla.adapters.db import engine

    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect("mailsla.db", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        said = run("health", "--json")
        assert said.code == 75
        assert wrong(said) == ["database"]
        assert "locked" in said.json["checks"][0]["cause"]
        assert "locked" in run("health").err


def happened(office: Office, name: str, at: int) -> None:
    with office.services.store.begin() as uow:
        uow.occasions.note(name, at)
        uow.commit()


def test_the_age_of_the_last_backup_is_said_and_judged_only_where_a_limit_is_set(office: Office) -> None:
    leases.arrive(office.services)
    assert "ok       backup: none was made yet: mailsla db backup FILE" in run("health").out
    assert run("db", "backup", "before.db").code == 0
    office.now += 26 * HOUR
    leases.arrive(office.services)
    assert run("health").code == 0
    assert "ok       backup: last one 26 h ago" in run("health").out
    office.restart([("[database]", "[limits]\nbackup_alarm_seconds = 90000\n\n[database]")])
    said = run("health", "--json")
    assert (said.code, wrong(said)) == (1, ["backup"])
    (check,) = [one for one in said.json["checks"] if one["what"] == "backup"]
    assert (check["seconds"], check["most_seconds"]) == (26 * HOUR, 90000)


def test_the_room_on_the_disk_is_said_and_too_little_is_a_problem(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases.arrive(office.services)
    (check,) = [one for one in run("health", "--json").json["checks"] if one["what"] == "database"]
    assert check["size_bytes"] > 100_000
    monkeypatch.setattr(bootstrap, "space_of", lambda settings: (10**9, 150 * 10**6))
    said = run("health")
    assert said.code == 1
    assert "PROBLEM  database: 1.0 GB, 150.0 MB free on its disk" in said.out


def test_a_restore_without_a_reconcile_is_a_problem(office: Office) -> None:
    maildir = 'address = "sales@acme.example"\nkind = "maildir"\npath = "in"'
    office.restart([('address = "sales@acme.example"\nkind = "pipe"', maildir)])
    happened(office, "restored", office.now - HOUR)
    (check,) = [one for one in run("health", "--json").json["checks"] if one["what"] == "restore"]
    assert check["count"] == len([box for box in office.services.settings.mailboxes if box.kind != "pipe"])
    assert "restore" in wrong(run("health", "--json"))
    assert "PROBLEM  restore: 60 min ago" in run("health").out
    happened(office, "reconciled:support", office.now)
    happened(office, "reconciled:sales", office.now)
    assert "restore" not in wrong(run("health", "--json"))

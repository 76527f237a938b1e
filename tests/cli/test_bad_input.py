"""Bad input, whichever command it reaches: one clear message (thing, cause, mend), and the exit code of its kind."""

import sqlite3
from pathlib import Path

import pytest

from mailsla.adapters.db import engine
from tests.cli.command import run
from tests.flows.mails import ANA, write
from tests.flows.office import Office

READING = [("ticket", "list"), ("ticket", "show", "1001"), ("ticket", "why", "1001"), ("queue", "list")]
ACTING = [("ticket", "resolve", "1001"), ("ticket", "reply", "1001", "-m", "Hello"), ("queue", "retry", "M1")]
ON_A_DATABASE = [*READING, *ACTING, ("queue", "show", "M1")]


@pytest.mark.parametrize("command", [*ON_A_DATABASE, ("check",)])
def test_no_configuration(command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(*command)
    assert said.code == 78
    assert "mailsla init" in said.words


@pytest.mark.parametrize("command", [*ON_A_DATABASE, ("check",), ("explain", "mail.eml")])
def test_a_configuration_that_was_named_and_is_not_there(command: tuple[str, ...], tmp_path: Path) -> None:
    said = run("--config", str(tmp_path / "absent.toml"), *command)
    assert said.code == 78
    assert "there is no such file" in said.words


@pytest.mark.parametrize("command", [*ON_A_DATABASE, ("explain", "mailsla.toml"), ("check",)])
def test_a_missing_setting(command: tuple[str, ...], office: Office, tmp_path: Path) -> None:
    config = tmp_path / "mailsla.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('prefix = "ACME"', ""), encoding="utf-8")
    said = run(*command)
    assert said.code == 78
    told = said.words
    assert "instance.prefix: is missing" in told
    assert "mend: add: prefix = " in told


@pytest.mark.parametrize("command", ON_A_DATABASE)
def test_no_database(command: tuple[str, ...], office: Office, tmp_path: Path) -> None:
    office.close()
    for path in tmp_path.glob("mailsla.db*"):
        path.unlink()
    said = run(*command)
    assert said.code == 78
    assert "mend: run `mailsla db upgrade`" in said.err


@pytest.mark.parametrize("command", [*ON_A_DATABASE, ("explain", "mailsla.toml"), ("check",)])
def test_a_database_of_a_newer_version(command: tuple[str, ...], office: Office, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mailsla.db") as database:
        database.execute("update alembic_version set version_num = '9999'")
    said = run(*command)
    assert said.code == 78
    told = said.words
    assert "newer" in told
    assert "mend: upgrade mailsla" in told


@pytest.mark.parametrize("command", [*ON_A_DATABASE, ("check",), ("db", "upgrade")])
def test_a_file_that_is_no_database(command: tuple[str, ...], office: Office, tmp_path: Path) -> None:
    office.close()
    for path in tmp_path.glob("mailsla.db-*"):
        path.unlink()
    (tmp_path / "mailsla.db").write_bytes(b"these are the minutes of the meeting\n" * 100)
    said = run(*command)
    assert said.code == 78
    assert f"{tmp_path}/mailsla.db:thefileisnoSQLitedatabase" in said.words.replace(" ", "")  # long paths are cut
    assert "mend: put a backup in its place (`mailsla db restore FILE`), or name another file in" in said.words


def test_deliver_lets_the_mta_keep_the_mail_of_a_wrong_set_up(office: Office, tmp_path: Path) -> None:
    office.close()
    (tmp_path / "mailsla.db").write_bytes(b"these are the minutes of the meeting\n" * 100)
    assert run("deliver", "--mailbox", "support", stdin=b"From: ana@mail.example\n\nHi\n").code == 75


@pytest.mark.parametrize("command", [("ticket", "list"), ("explain", "mailsla.toml"), ("db", "upgrade")])
def test_a_locked_database_says_what_to_do_now(
    command: tuple[str, ...], office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    other = sqlite3.connect(tmp_path / "mailsla.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = run(*command)
    other.close()
    assert said.code == 75
    assert "database is locked" in said.words
    assert f"mend: another process holds it: try again in a moment; if that does not help, `fuser {tmp_path}" in (
        said.words
    )


@pytest.mark.parametrize(
    ("verb", "reference"),
    [
        *((verb, "ACME-9999") for verb in ("show", "why", "resolve", "reopen", "wait", "note", "reply")),
        *(("show", reference) for reference in ("9999", "GLOBEX-1001", "", "1001; drop table tickets")),
    ],
)
def test_a_reference_that_names_no_ticket(verb: str, reference: str, office: Office) -> None:
    office.receive(write(ANA))
    said = run("ticket", verb, reference, stdin=b"a text\n")
    assert (said.code, said.out) == (1, "")
    assert f'there is no ticket "{reference}"' in said.err
    assert "mend: see `mailsla ticket list --all`" in said.err


@pytest.mark.parametrize(("name", "mend"), [("smam", "did you mean: --mine sam"), ("zzz", "there are: ")])
def test_an_agent_that_is_none(name: str, mend: str, office: Office) -> None:
    said = run("ticket", "list", "--mine", name)
    assert said.code == 1
    assert f'there is no agent "{name}"' in said.err
    assert f"mend: {mend}" in said.err


@pytest.mark.parametrize("sender", ["ana", "ana@a.example, bea@b.example", "ana@a.example\nBcc: x@y.example", ""])
def test_a_sender_that_is_no_one_address(sender: str, office: Office) -> None:
    said = run("ticket", "open", "--mailbox", "support", "--from", sender, "--subject", "Lamp", "-m", "Broken")
    assert said.code == 2
    assert "is not one mail address" in said.err
    assert office.tickets() == []


def test_a_subject_can_not_add_a_header(office: Office) -> None:
    subject = "Lamp\nBcc: mallory@elsewhere.example"
    assert run("ticket", "open", "--mailbox", "support", "--from", ANA, "--subject", subject, "-m", "Broken").code == 0
    assert office.ticket().subject == "Lamp Bcc: mallory@elsewhere.example"


def test_a_complaint_needs_to_know_its_mailbox_where_there_are_several(office: Office) -> None:
    said = run("ticket", "open", "--from", ANA, "--subject", "Lamp", "-m", "Broken")
    assert said.code == 78
    assert "use one of: sales, support" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("ticket",),
        ("ticket", "show"),
        ("ticket", "list", "--status", "nonsense"),
        ("ticket", "fly", "1001"),
        ("explain",),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], office: Office) -> None:
    said = run(*arguments)
    assert said.code == 2
    assert "Usage: " in said.err

"""`mailsla check`: all that is wrong at once, each with its mend, and an exit code that says of what kind it is."""

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla.cli import probes
from tests.cli.command import Said, run
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

IMAP = """kind = "imap"
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password = {{ env = "IMAP_PASSWORD" }}"""
SMTP = """kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set-up as `mailsla init --yes` makes it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert run("init", "--yes").code == 0
    return tmp_path


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def change(folder: Path, *changes: tuple[str, str]) -> None:
    config = folder / "mailsla.toml"
    text = config.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    config.write_text(text, encoding="utf-8")


def with_imap(folder: Path, port: int, user: str = "ana") -> None:
    change(folder, ('kind = "maildir"', IMAP.format(port=port, user=user) + "\n#"), ('path = "mail/in"', ""))


def with_smtp(folder: Path, port: int) -> None:
    head, sending, rest = (folder / "mailsla.toml").read_text(encoding="utf-8").partition("[sending]\n")
    rest = rest.replace('kind = "maildir"', SMTP.format(port=port) + "#", 1).replace('path = "mail/out"', "", 1)
    (folder / "mailsla.toml").write_text(head + sending + rest, encoding="utf-8")


def states(said: Said) -> dict[str, str]:
    """What was looked at -> the worst that was found there."""
    found: dict[str, str] = {}
    for one in said.json:
        found[one["what"]] = max(
            found.get(one["what"], "ok"), one["state"], key=["ok", "warning", "temporary", "wrong"].index
        )
    return found


def test_a_new_set_up_is_well(folder: Path) -> None:
    said = run("check")
    assert (said.code, said.err) == (0, "")
    assert "PROBLEM" not in said.out
    assert said.out.splitlines()[-1] == "no problems, 2 warnings."
    found = states(run("check", "--json"))
    assert [what for what, state in found.items() if state == "ok"] == [
        "configuration",
        "action links of support",
        "database",
        "mailbox support",
        "sending account",
        "letters",
    ]


def test_a_warning_is_no_problem(folder: Path) -> None:
    said = run("check")
    assert "warning  sending.kind: " in said.out
    assert "mend: " in said.words


def test_who_gets_english_in_place_of_their_language_is_told(folder: Path) -> None:
    own = folder / "templates/locales/cs/LC_MESSAGES/mailsla.po"
    own.parent.mkdir(parents=True)
    own.write_text('msgid "Hello,"\nmsgstr "Dobrý den,"\n', encoding="utf-8")
    change(folder, ('#templates = "templates"', 'templates = "templates"'))
    change(folder, ('language = "en"                     # en | de', 'language = "fr"  # en | de'))
    said = run("check")
    assert said.code == 0
    assert "to customers in de, en, es, fr, it, nl, pl, pt; to agents and the operator in de, en" in said.words
    assert "agents.sam.language: letters to agents are written in de, en only: sam gets them in English" in said.words
    assert "letters in cs: to customers they are in English as long as texts are missing" in said.words


def test_every_problem_of_the_configuration_is_told_at_once(folder: Path) -> None:
    change(folder, ('name = "acme"', 'name = "A C M E"'), ('members = ["sam", "kim"]', 'members = ["sam", "joe"]'))
    said = run("check")
    assert said.code == 78
    assert said.out.count("PROBLEM") == 2
    assert said.out.count("mend: ") == 2
    assert 'did you mean "jo"?' in said.words


@pytest.mark.parametrize(
    ("old", "new", "skipped"),
    [
        ('prefix = "ACME"', "", set()),
        ('members = ["sam", "kim"]', 'members = ["sam", "joe"]', set()),
        ('[database]\nurl = "sqlite:///mailsla.db"', "[database]\nurl = 7", {"database"}),
        ('kind = "maildir"                    # imap', 'kind = "imapp"  #', {"mailbox support"}),
        ('path = "mail/in"', 'pfad = "mail/in"', {"mailbox support"}),
        ('name = "support"', "", {"mailbox 1"}),
        ('zone = "Europe/Berlin"              # of times', 'zone = "Berlin"  #', set()),
        ('[calendars.office]\nzone = "Europe/Berlin"', '[calendars.office]\nzone = "Europe/Berln"', set()),
        ('path = "mail/out"', "", {"sending account"}),
        ('#templates = "templates"', 'templates = "absent"', {"letters"}),
    ],
)
def test_what_no_fault_touches_is_checked_all_the_same(folder: Path, old: str, new: str, skipped: set[str]) -> None:
    change(folder, (old, new))
    said = run("check", "--json")
    assert said.code == 78
    found = states(said)
    everything = {"database", "mailbox support", "sending account", "letters"}
    left = everything - skipped - ({"mailbox support"} if "mailbox 1" in skipped else set())
    assert {what for what in everything if found.get(what) == "ok"} == left
    told = [one["said"] for one in said.json if one["what"] == "not checked"]
    assert [one.partition(":")[0] for one in told] == [", ".join(sorted(skipped))] * bool(skipped)


def test_a_text_that_is_no_toml_leaves_nothing_to_check(folder: Path) -> None:
    change(folder, ('name = "acme"', "name = acme"))
    said = run("check")
    assert said.code == 78
    assert "not checked: database, mailboxes, sending account, letters" in said.words


def test_a_calendar_that_never_opens(folder: Path) -> None:
    text = (folder / "mailsla.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("weekly.")]
    (folder / "mailsla.toml").write_text("\n".join(lines), encoding="utf-8")
    said = run("check")
    assert said.code == 78
    assert "never opens" in said.words


def test_a_calendar_that_opened_in_the_past_alone(folder: Path) -> None:
    text = (folder / "mailsla.toml").read_text(encoding="utf-8")
    dated = re.sub(r"(?m)^weekly\..*$", "", text).replace(
        "[calendars.office]", '[calendars.office]\nexceptions.2020-01-01 = ["09:00-12:00"]'
    )
    (folder / "mailsla.toml").write_text(dated, encoding="utf-8")
    for command in ("check", "run"):
        said = run(command)
        assert said.code == 78
        assert "it never opens in the next ten years" in said.words


def test_no_database(folder: Path) -> None:
    for path in folder.glob("mailsla.db*"):
        path.unlink()
    said = run("check")
    assert said.code == 78
    assert "it is not there yet" in said.words
    assert "mend: mailsla db upgrade" in said.words
    assert not (folder / "mailsla.db").exists()


def test_a_database_in_a_folder_that_is_not_there(folder: Path) -> None:
    change(folder, ('"sqlite:///mailsla.db"', '"sqlite:///var/db/mailsla.db"'))
    said = run("check", "--json")
    assert said.code == 78
    (database,) = [one for one in said.json if one["what"] == "database"]
    assert database["said"] == f"{folder}/var/db/mailsla.db: there is no folder {folder}/var/db"
    assert database["mend"] == f"make the folder: mkdir -p {folder}/var/db; then: mailsla db upgrade"
    (folder / "var" / "db").mkdir(parents=True)
    assert run("db", "upgrade").code == 0
    assert run("check").code == 0


def test_a_folder_where_the_database_is_to_be(folder: Path) -> None:
    change(folder, ('"sqlite:///mailsla.db"', '"sqlite:///mail"'))
    said = run("check")
    assert said.code == 78
    assert "it is a folder" in said.words


def test_no_maildir_and_no_right_to_the_other(folder: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (folder / "mail" / "in" / part).rmdir()
    (folder / "mail" / "out" / "new").rmdir()
    (folder / "mail" / "out" / "new").write_text("a file", encoding="utf-8")
    said = run("check", "--json")
    assert said.code == 78
    found = states(said)
    assert (found["mailbox support"], found["sending account"]) == ("wrong", "wrong")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_database_that_can_not_be_written(folder: Path) -> None:
    (folder / "mailsla.db").chmod(0o400)
    said = run("check")
    assert said.code == 78
    assert "it can't be written" in said.words


def test_a_letter_of_the_operator_that_does_not_render(folder: Path) -> None:
    own = folder / "own" / "emails" / "acknowledgement"
    own.mkdir(parents=True)
    (own / "body.txt").write_text("{{ letter.nonsense }}\n", encoding="utf-8")
    change(folder, ('#templates = "templates"', 'templates = "own"'))
    said = run("check")
    assert said.code == 78
    assert "acknowledgement/body.txt:1" in said.out.replace("\n", "").replace(" ", "")


def test_a_letter_of_the_operator_in_a_wrong_place(folder: Path) -> None:
    (folder / "own" / "acknowledgement").mkdir(parents=True)
    (folder / "own" / "acknowledgement" / "body.txt").write_text("Hello,\n", encoding="utf-8")
    change(folder, ('#templates = "templates"', 'templates = "own"'))
    said = run("check")
    assert said.code == 78
    assert "no letter uses this file" in said.words
    assert 'did you mean "emails/acknowledgement/body.txt"?' in said.words


@pytest.mark.dovecot
def test_a_mailbox_that_is_reached_says_what_is_there(
    folder: Path, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver("check-ok", b"From: ana@mail.example\r\n\r\nHi\r\n")
    monkeypatch.setenv("IMAP_PASSWORD", dovecot.password)
    with_imap(folder, dovecot.port, "check-ok")
    said = run("check")
    assert said.code == 0, said.out
    assert "check-ok at 127.0.0.1, folder INBOX: 1 mail; the server announces new mail" in said.words
    assert dovecot.flags("check-ok") == {1: set()}


@pytest.mark.dovecot
def test_a_wrong_password_and_no_password_are_to_be_mended(
    folder: Path, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_imap(folder, dovecot.port)
    monkeypatch.setenv("IMAP_PASSWORD", "hunter2-wrong")
    said = run("check")
    assert said.code == 78
    assert "refused the login of ana" in said.words
    assert "mend: check user and password" in said.words
    assert "hunter2" not in said.out + said.err
    monkeypatch.delenv("IMAP_PASSWORD")
    missing = run("check")
    assert missing.code == 78
    assert "IMAP_PASSWORD is not set" in missing.words


@pytest.mark.dovecot
def test_a_folder_that_is_not_there(folder: Path, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", dovecot.password)
    with_imap(folder, dovecot.port)
    change(folder, ('name = "support"', 'name = "support"\nfolder = "Complaints"'))
    said = run("check")
    assert said.code == 78
    assert "has no folder Complaints" in said.words
    assert "INBOX" in said.words


def test_servers_that_can_not_be_reached_are_temporary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "x")
    with_imap(folder, free_port())
    with_smtp(folder, free_port())
    said = run("check")
    assert said.code == 75
    assert said.out.count("PROBLEM") == 2
    assert said.out.count("it refuses connections") == 2


def test_a_secret_that_is_missing_is_told_though_its_server_is_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMAP_PASSWORD", raising=False)
    with_imap(folder, free_port())
    with_smtp(folder, free_port())
    change(folder, ('kind = "smtp"', 'kind = "smtp"\nuser = "ana"\npassword = { file = "pw" }'))
    said = run("check", "--json")
    assert said.code == 78
    told = {one["what"]: one["said"] for one in said.json if one["state"] != "ok"}
    assert "it refuses connections" in told["mailbox support"]
    assert told["mailboxes.support.password"] == "the environment variable IMAP_PASSWORD is not set"
    assert told["sending.password"] == f"file {folder}/pw: No such file or directory"
    (folder / "pw").write_text("hunter2")
    (folder / "pw").chmod(0o644)
    mends = [one["mend"] for one in run("check", "--json").json if one["what"] == "sending.password"]
    assert mends == [f"chmod 600 {folder}/pw"]


@pytest.mark.dovecot
def test_a_secret_that_is_missing_is_told_once(folder: Path, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMAP_PASSWORD", raising=False)
    with_imap(folder, dovecot.port)
    assert run("check").words.count("IMAP_PASSWORD is not set") == 1


def test_what_is_to_be_mended_outweighs_what_may_pass(folder: Path) -> None:
    with_smtp(folder, free_port())
    (folder / "mailsla.db").unlink()
    assert run("check").code == 78


def test_a_sending_account_that_is_reached(folder: Path, smtp_sink: SmtpSink) -> None:
    with_smtp(folder, smtp_sink.port)
    said = run("check")
    assert said.code == 0, said.out
    assert "ok sending account: 127.0.0.1, without a login" in said.words
    assert smtp_sink.received == []


def test_a_server_that_hangs_holds_up_nothing(folder: Path, silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "x")
    monkeypatch.setattr(probes, "NETWORK_SECONDS", 1)
    with_imap(folder, silent_port)
    with_smtp(folder, silent_port)
    said = run("check", "--json")
    assert said.code == 75
    found = states(said)
    assert (found["mailbox support"], found["sending account"]) == ("temporary", "temporary")
    assert (found["database"], found["letters"]) == ("ok", "ok")


def test_a_server_that_never_comes_to_an_end_is_left_behind(
    folder: Path, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that lets each operation begin in time would hold the check for ever; here the bound is nought."""
    monkeypatch.setenv("IMAP_PASSWORD", "x")
    monkeypatch.setattr(probes, "ALL_SECONDS", 0)
    with_imap(folder, silent_port)
    said = run("check")
    assert said.code == 75
    assert "no end within 0 s" in said.words

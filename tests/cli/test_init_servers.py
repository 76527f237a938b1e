"""`mailsla init` with real servers: each answer is tried at once, and what does not work is said and asked again."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailsla.config.load import load
from mailsla.config.settings import Secret
from tests.cli.command import Said, run
from tests.servers.dovecot import Dovecot
from tests.servers.loopback import Loopback

ADDRESS = "help@acme.example"
REST = ["ops@acme.example", "sam@acme.example", "", "", "", "", "", "", ""]  # from the operator on, mostly defaults

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.filterwarnings("ignore::getpass.GetPassWarning"),  # standard input is no terminal here
]


@pytest.fixture
def server(tmp_path: Path, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    monkeypatch.chdir(tmp_path)
    with Loopback(dovecot, "wizard", ADDRESS) as server:
        yield server


def typed(*answers: str) -> Said:
    return run("init", stdin="".join(f"{answer}\n" for answer in answers).encode())


def test_the_questions_of_a_real_mailbox(server: Loopback, dovecot: Dovecot, tmp_path: Path) -> None:
    said = typed(
        ADDRESS, f"127.0.0.1:{dovecot.port}", "wizard", dovecot.password, f"127.0.0.1:{server.port}", "", *REST
    )
    assert said.code == 0, said.words
    assert "ok: logged in as wizard; INBOX has 0 mails; the server announces new mail" in said.out
    settings = load(tmp_path / "mailsla.toml")
    [mailbox] = settings.mailboxes
    secret = Secret(file=str(tmp_path / "secrets" / "imap"))
    assert (mailbox.kind, mailbox.host, mailbox.port, mailbox.security) == ("imap", "127.0.0.1", dovecot.port, "none")
    assert (mailbox.user, mailbox.password, settings.sending.password) == ("wizard", secret, secret)
    assert dovecot.password not in (tmp_path / "mailsla.toml").read_text(encoding="utf-8")
    assert stat.S_IMODE((tmp_path / "secrets" / "imap").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert said.out.splitlines()[-2].startswith("  mailsla check --live ")
    assert said.out.splitlines()[-1].startswith("  mailsla run --dry-run ")
    assert run("check").code == 0


def test_a_wrong_answer_is_said_with_its_mend_and_asked_again(
    server: Loopback, dovecot: Dovecot, tmp_path: Path
) -> None:
    said = typed(
        ADDRESS, "127.0.0.1:1", "y", f"127.0.0.1:{dovecot.port}",
        "wizard", "", "file:wrong", "guess", "y", "wizard", "", "file:right", dovecot.password,
        f"127.0.0.1:{server.port}", "", *REST,
    )  # fmt: skip
    assert said.code == 0, said.words
    assert "does not work: mailbox support: 127.0.0.1:1: it refuses connections mend: check host and port" in said.words
    assert "refused the login of wizard" in said.words
    assert "mend: check user and password" in said.words
    assert not (tmp_path / "wrong").exists()  # what was mistyped is not kept
    assert (tmp_path / "right").read_text(encoding="utf-8") == f"{dovecot.password}\n"


def test_a_cause_that_no_port_changes_is_said_once() -> None:
    said = typed(ADDRESS, "mail.acme.invalid", "n")
    told = "does not work: mailbox support: mail.acme.invalid: its name can't be resolved:"
    assert said.words.count("can't be resolved") == 1
    assert told in said.words


def test_a_person_can_go_on_with_what_does_not_work_yet(server: Loopback, tmp_path: Path) -> None:
    said = typed(
        ADDRESS, "127.0.0.1:1", "n", "wizard", "", "env:NOT_SET", "", "n", f"127.0.0.1:{server.port}", "n",
        "wizard", "", "env:NOT_SET", "", "n", *REST,
    )  # fmt: skip
    assert said.code == 0, said.words
    assert load(tmp_path / "mailsla.toml").mailboxes[0].password == Secret(env="NOT_SET")
    assert run("check").code == 78


def script(dovecot: Dovecot, server: Loopback, *more: str) -> Said:
    return run(
        "init", "--yes", "--address", ADDRESS, "--imap", f"127.0.0.1:{dovecot.port}", "--user", "wizard",
        "--password", "env:PW", "--smtp", f"127.0.0.1:{server.port}", *more,
    )  # fmt: skip


def test_options_answer_for_a_script(
    server: Loopback, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PW", dovecot.password)
    said = script(dovecot, server, "--agents", "sam@acme.example", "--hours", "tue 10:00-12:00", "--prefix", "AB")
    assert (said.code, said.err) == (0, "")
    settings = load(tmp_path / "mailsla.toml")
    assert (settings.prefix, settings.calendars["office"].weekly) == ("AB", {"tue": (("10:00", "12:00"),)})


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--password", "env:NOT_SET"], 78, "NOT_SET is not set"),
        (["--password", "hunter2"], 2, "a password itself is never written down"),
        (["--imap", "127.0.0.1:1"], 75, "it refuses connections"),
        (["--folder", "Nowhere"], 1, "has no folder Nowhere"),
        (["--database", "mysql://x"], 2, "is no database that mailsla can use"),
        (["--database", "postgresql+psycopg://127.0.0.1:1/mailsla"], 75, "mend"),
        (["--agents", "sam"], 2, '--agents: "sam" is no mail address'),
        (["--hours", "always"], 2, "mon-fri 09:00-17:00, sat"),
    ],
)
def test_a_script_is_told_and_nothing_is_written(
    server: Loopback,
    dovecot: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    more: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.setenv("PW", dovecot.password)
    done = script(dovecot, server, *more)
    assert done.code == code, done.words
    assert said in done.words
    assert list(tmp_path.iterdir()) == []


def test_untested_answers_are_taken_as_they_are(server: Loopback, dovecot: Dovecot, tmp_path: Path) -> None:
    assert script(dovecot, server, "--imap", "imap.acme.example", "--untested").code == 0
    assert load(tmp_path / "mailsla.toml").mailboxes[0].host == "imap.acme.example"


def test_google_is_offered_oauth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers = ["", "y", "id-1", "s3cret", "", "", *REST]
    said = run("init", "--untested", "--address", "acme@gmail.com", stdin="\n".join([*answers, ""]).encode())
    assert said.code == 0, said.words
    settings = load(tmp_path / "mailsla.toml")
    for account in (settings.mailboxes[0], settings.sending):
        assert account.oauth is not None
        assert (account.oauth.provider, account.oauth.client_id) == ("google", "id-1")
        assert account.oauth.tokens == tmp_path / "oauth" / "login.json"
    assert (tmp_path / "secrets" / "oauth").read_text(encoding="utf-8") == "s3cret\n"
    assert "mailsla oauth login support" in said.out

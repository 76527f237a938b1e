"""`mailsla check --live`: mails itself through a real SMTP server into a real mailbox, and says what came of it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailsla.cli import probes_auth
from mailsla.config.load import load
from mailsla.core.mail.parse import parse
from tests.cli.command import Said, run
from tests.servers.dovecot import Dovecot
from tests.servers.loopback import Loopback

ADDRESS = "help@acme.example"
OTHERS = b"From: ana@mail.example\r\nSubject: Lamp\r\n\r\nBroken.\r\n"

pytestmark = pytest.mark.dovecot


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """Each test has a mailbox of its own."""
    return "".join(char if char.isalnum() else "-" for char in request.node.name.lower())


@pytest.fixture
def server(tmp_path: Path, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A set-up as `mailsla init` makes it for this server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv("PW", dovecot.password)
    with Loopback(dovecot, user, ADDRESS) as server:
        said = run(
            "init", "--yes", "--address", ADDRESS, "--agents", "sam@acme.example", "--manager", "jo@acme.example",
            "--imap", f"127.0.0.1:{dovecot.port}", "--user", user, "--password", "env:PW",
            "--smtp", f"127.0.0.1:{server.port}",
        )  # fmt: skip
        assert said.code == 0, said.words
        dovecot.deliver(user, OTHERS)
        yield server


def live(*arguments: str) -> dict[str, tuple[str, str]]:
    """What was looked at -> state, and what was said with its mend."""
    said = run("check", "--live", "--json", "--wait", "2", *arguments)
    return found(said)


def found(said: Said) -> dict[str, tuple[str, str]]:
    prefix = "mailbox support: "
    return {
        one["what"].removeprefix(prefix): (one["state"], f"{one['said']} | {one['mend']}")
        for one in said.json
        if one["what"].startswith(prefix) or one["what"].startswith("live")
    }


def test_a_server_that_does_all_right(server: Loopback, dovecot: Dovecot, user: str) -> None:
    said = run("check", "--live", "--json", "--wait", "20")
    assert said.code == 0, said.out
    states = {what: state for what, (state, _) in found(said).items()}
    assert states == dict.fromkeys(
        ["round trip", "From", "Message-ID", "clock", "addresses with a token", "delivery report",
         "Authentication-Results", "capabilities"], "ok"
    )  # fmt: skip
    assert found(said)["capabilities"][1] == "IDLE, MOVE, keywords, UIDPLUS | "
    assert "Sent 3 mails to help@acme.example; waiting up to" in said.err
    assert len(server.ways.taken) == 3


def test_it_takes_its_own_mails_away_and_touches_no_other(server: Loopback, dovecot: Dovecot, user: str) -> None:
    with dovecot.login(user) as client:
        client.select_folder("INBOX")
        client.add_flags(1, [b"\\Deleted"])  # a person's: an EXPUNGE without UIDs would take it
    live()
    assert dovecot.flags(user) == {1: {"\\Deleted"}}


@pytest.mark.parametrize(
    ("ways", "what", "state", "said"),
    [
        ({"plus": False, "reports": False}, "addresses with a token", "wrong", "did not come"),
        ({"keeps_to": False}, "addresses with a token", "wrong", "takes the token away"),
        ({"sender": "robot@host.example"}, "From", "wrong", "by robot@host.example: customers would"),
        ({"message_id": "1@host.example"}, "Message-ID", "warning", "another Message-ID"),
        ({"reports": False}, "delivery report", "warning", "none came for an impossible address"),
        ({"stamp": "mx.acme.example; spf=pass"}, "Authentication-Results", "warning", "mx.acme.example wrote one"),
        ({"lost": True}, "round trip", "wrong", "is not in INBOX"),
        ({"when": datetime.now(UTC) - timedelta(hours=2)}, "clock", "warning", "behind this machine's"),
        ({"when": datetime.now(UTC) + timedelta(hours=2)}, "clock", "warning", "ahead of this machine's"),
    ],
    ids=["no-plus", "no-tag", "from", "message-id", "no-report", "stamp", "lost", "behind", "ahead"],
)
def test_what_a_server_does_is_said_with_its_mend(
    server: Loopback, ways: dict[str, object], what: str, state: str, said: str
) -> None:
    for name, value in ways.items():
        setattr(server.ways, name, value)
    told = live()
    assert told[what][0] == state, told
    assert said in told[what][1]
    assert not told[what][1].endswith("| ")  # each has a mend


def test_what_is_taken_for_spam_is_found_there(server: Loopback, dovecot: Dovecot, user: str) -> None:
    with dovecot.login(user) as client:
        client.create_folder("Junk")
    server.ways.folder = "Junk"
    state, said = live()["round trip"]
    assert (state, said.partition(":")[0]) == ("wrong", "our letter was put into Junk")
    assert dovecot.flags(user, "Junk") == {}


def test_a_daemon_that_moves_the_letters_away_is_no_matter(server: Loopback, dovecot: Dovecot, user: str) -> None:
    """Into a folder that it makes for the first of them."""
    config = Path("mailsla.toml")
    config.write_text(
        config.read_text(encoding="utf-8").replace('#mark = "keyword"', 'mark = "move"'), encoding="utf-8"
    )
    server.ways.folder = "mailsla-done"
    told = live("--wait", "20")
    assert {state for state, _ in told.values()} == {"ok"}, told
    assert dovecot.flags(user, "mailsla-done") == {}


def test_what_the_server_refuses(server: Loopback) -> None:
    server.behaviour.rcpt[r"help\+.*"] = "550 no such user"
    server.behaviour.rcpt[r".*\.invalid"] = "550 no such domain"
    told = live()
    assert told["addresses with a token"][0] == "wrong"
    assert "550 no such user" in told["addresses with a token"][1]
    assert told["delivery report"] == ("ok", "an impossible address is refused at once: 550 no such domain | ")


def test_a_sender_that_is_refused(server: Loopback) -> None:
    server.behaviour.mail[".*"] = "553 sender not owned by user"
    told = live()
    assert told["round trip"][0] == "wrong"
    assert "let the account send as help@acme.example" in told["round trip"][1]
    assert set(told) == {"round trip", "capabilities"}  # that a probe was refused says nothing of its recipient


def test_a_set_up_on_files_has_nothing_to_wait_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "--yes").code == 0
    assert "letters are written into" in live()["live"][1]


def test_the_mails_that_it_sends_become_no_tickets(server: Loopback, tmp_path: Path) -> None:
    """Nor do they when a server rewrites all that tells them, or reports them."""
    server.ways.sender, server.ways.message_id = "robot@host.example", "1@host.example"
    live()
    for number, raw in enumerate(server.ways.taken):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    said = run("explain", "--jsonl", *(f"{number}.eml" for number in range(3)))
    assert said.out.count('"disposition": "own"') == 3, said.out


SAM = b"From: Sam <sam@acme.example>\r\nTo: help@acme.example\r\nSubject: mailsla probe abcdefghij\r\n\r\nhere\r\n"
PROVEN = b"Authentication-Results: mx.acme.example; dmarc=pass header.from=acme.example\r\n"
ELSEWHERE = b"Authentication-Results: mx.host.example; dmarc=pass header.from=acme.example\r\n"
SIGNED_IN = b"Authentication-Results: mx.acme.example; auth=pass smtp.auth=sam1\r\n"
SPF = b"Authentication-Results: mx.acme.example; spf=pass smtp.mailfrom=acme.example\r\n"


@pytest.mark.parametrize(
    ("configured", "raw", "states", "said"),
    [
        ("none", PROVEN + SAM, ["warning"], 'set authserv_id = "mx.acme.example"'),
        ("mx.acme.example", PROVEN + SAM, ["ok"], 'authserv_id = "mx.acme.example" fits, and proves sam'),
        ("none", ELSEWHERE + SAM, ["warning", "warning"], "does not look like a server of yours"),
        ("none", SIGNED_IN + SAM, ["warning"], 'login = "sam1" under [agents.sam]'),
        ("none", SPF + SAM, ["warning"], "proves nothing of sam@acme.example (spf=pass smtp.mailfrom=acme.example)"),
        ("mx.acme.example", SPF + SAM, ["wrong"], "publish DMARC"),
        ("none", SAM, ["warning"], 'authserv_id = "none" fits'),
        ("mx.acme.example", SAM, ["wrong"], "every agent's mail would be held"),
        ("none", PROVEN + SAM.replace(b"sam@", b"eve@"), ["warning"], "eve@acme.example, who is no agent"),
    ],
)
def test_what_an_agents_mail_says_of_authentication(
    server: Loopback, configured: str, raw: bytes, states: list[str], said: str
) -> None:
    settings = load(Path("mailsla.toml"))
    mailbox = replace(settings.mailboxes[0], authserv_id=configured)
    told = probes_auth.judged(settings, mailbox, parse(raw))
    assert [one.state.value for one in told] == states
    assert said in " ".join(f"{one.said} {one.mend}" for one in told)


def test_an_agent_is_asked_to_write_once(server: Loopback, dovecot: Dovecot, user: str) -> None:
    command = [sys.executable, "-m", "mailsla", "check", "--live", "--auth-probe", "--wait", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as check:
        assert check.stderr is not None and check.stdout is not None
        told = ""
        while "Waiting up to" not in told:
            told += (line := check.stderr.readline())
            assert line, told
        code = told.rpartition("mailsla probe ")[2][:10]
        dovecot.deliver(user, (PROVEN + SAM).replace(b"abcdefghij", code.encode()))
        out = check.stdout.read()
    assert "Ask an agent (sam@acme.example, jo@acme.example) to write one mail" in told
    assert f"(a link: mailto:help@acme.example?subject=mailsla%20probe%20{code})" in told
    assert 'set authserv_id = "mx.acme.example"' in " ".join(out.split())


@pytest.mark.parametrize("arguments", [["--auth-probe"], ["--wait", "5"]])
def test_what_belongs_to_live_is_refused_without_it(arguments: list[str]) -> None:
    assert run("check", *arguments).code == 2

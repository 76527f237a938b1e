"""`mailsla oauth`: a login by each of the three ways, and what is known of logins."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from mailsla.adapters.oauth_server import DeviceCode, OAuthServer
from mailsla.cli.oauth import _awaited
from mailsla.config.providers import provider_of
from mailsla.errors import TemporaryError
from tests.adapters.logins import oauth_settings
from tests.cli.command import run
from tests.servers import dovecot as dovecots
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.servers.token_endpoint import CLIENT, TokenEndpoint

IMAP = """kind = "imap"
host = "localhost"
port = {port}
security = "none"
user = "ana"
"""
SMTP = """kind = "smtp"
host = "localhost"
port = {port}
security = "none"
user = "ana"
"""
OAUTH = """
[{table}]
provider = "other"
client_id = "{client}"
scopes = ["mail"]
token_url = "{base}/token"
{more}
"""


@pytest.fixture
def provider() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as provider:
        yield provider


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    assert run("init", "--yes").code == 0
    return tmp_path


def with_oauth(folder: Path, provider: TokenEndpoint, imap: int = 143, smtp: int = 25, keys: str = "device") -> None:
    """Both accounts; `keys`: the endpoints that the configuration has."""
    config = folder / "mailsla.toml"
    text = config.read_text(encoding="utf-8")
    more = "\n".join(f'{key}_url = "{provider.base}/{key}"' for key in keys.split())

    def table(name: str) -> str:
        return OAUTH.format(table=name, client=CLIENT, base=provider.base, more=more)

    head, sending, rest = text.partition("[sending]\n")
    head = re.sub(r'^kind = "maildir".*\npath = .*\n', IMAP.format(port=imap), head, count=1, flags=re.MULTILINE)
    rest = re.sub(r'^kind = "maildir".*\npath = .*\n', SMTP.format(port=smtp), rest, count=1, flags=re.MULTILINE)
    rest = rest.replace("[letters]", f"{table('sending.oauth')}\n[letters]", 1)
    config.write_text(head + table("mailboxes.oauth") + sending + rest, encoding="utf-8")


def begun(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "mailsla", "oauth", "login", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=dict(os.environ))


def address_in(process: "subprocess.Popen[str]") -> str:
    """The URL that it tells a person to open."""
    assert process.stderr is not None
    return next(line.strip() for line in process.stderr if line.startswith("  http"))


class TestLogin:
    def test_by_device_code(self, folder: Path, provider: TokenEndpoint) -> None:
        with_oauth(folder, provider)
        provider.behaviour.pending = 2
        said = run("oauth", "login", "support")
        assert said.code == 0
        assert "Log in as ana." in said.err
        assert f"Open {provider.base}/activate on any device, and enter the code WDJB-MJHT" in said.err
        assert "Next: mailsla check" in said.words
        assert (folder / "oauth" / "support.json").stat().st_mode & 0o777 == 0o600
        assert not [token for token in (*provider.good, *provider.refreshable) if token in said.out + said.err]

    def test_in_a_browser_on_this_machine(self, folder: Path, provider: TokenEndpoint) -> None:
        with_oauth(folder, provider, keys="authorize")
        with begun("sending") as process:
            address = provider.browse(address_in(process))
            assert address.startswith("http://127.0.0.1:")
            with urlopen(address, timeout=10) as answer:
                assert "mailsla has what it needs" in answer.read().decode()
            out, err = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "Logged in" in out
        assert "code-" not in out + err
        assert (folder / "oauth" / "sending.json").exists()

    def test_in_a_browser_elsewhere(self, folder: Path, provider: TokenEndpoint) -> None:
        with_oauth(folder, provider, keys="authorize device")
        with begun("support", "--paste") as process:
            address = provider.browse(address_in(process))
            assert address.startswith("http://127.0.0.1/?")
            process.communicate(f"{address}\n", timeout=20)
        assert process.returncode == 0
        assert (folder / "oauth" / "support.json").exists()

    def test_a_no_leaves_the_login_that_was_there(self, folder: Path, provider: TokenEndpoint) -> None:
        with_oauth(folder, provider)
        assert run("oauth", "login", "support").code == 0
        before = (folder / "oauth" / "support.json").read_bytes()
        provider.behaviour.denies = "access_denied"
        said = run("oauth", "login", "support")
        assert said.code == 1
        assert "refuses the login: access_denied mend: run `mailsla oauth login support`" in said.words
        assert (folder / "oauth" / "support.json").read_bytes() == before

    def test_nobody_to_paste(self, folder: Path, provider: TokenEndpoint) -> None:
        with_oauth(folder, provider, keys="authorize")
        assert run("oauth", "login", "support", "--paste").code == 1

    def test_an_account_that_has_no_oauth(self, folder: Path, provider: TokenEndpoint) -> None:
        said = run("oauth", "login", "support")
        assert said.code == 78
        assert "support: no account of this name has a table `oauth`" in said.words
        with_oauth(folder, provider)
        said = run("oauth", "login", "suport")
        assert said.code == 78
        assert "those that have: support, sending" in said.words

    @pytest.mark.parametrize(
        ("keys", "way", "mend"),
        [("authorize", "--device", "use --browser, or --paste"), ("device", "--browser", "set it, or use --device")],
    )
    def test_a_way_that_the_provider_does_not_have(
        self, folder: Path, provider: TokenEndpoint, keys: str, way: str, mend: str
    ) -> None:
        with_oauth(folder, provider, keys=keys)
        said = run("oauth", "login", "support", way)
        assert said.code == 78
        assert mend in said.words

    def test_a_device_code_is_asked_no_more_often_than_the_provider_says(self, provider: TokenEndpoint) -> None:
        server = OAuthServer("support", provider_of(oauth_settings(provider, Path("x"))), CLIENT, None, 5)
        provider.behaviour.pending, provider.behaviour.slow_down = 1, 2
        device = DeviceCode(device_code="device-1", user_code="x", url="x", life=900, interval=5)
        pauses: list[float] = []
        _awaited(server, device, pauses.append)
        assert pauses == [5, 10, 15, 15]

    def test_a_device_code_runs_out(self, provider: TokenEndpoint) -> None:
        server = OAuthServer("support", provider_of(oauth_settings(provider, Path("x"))), CLIENT, None, 5)
        provider.behaviour.pending = 1000
        device = DeviceCode(device_code="device-1", user_code="x", url="x", life=30, interval=5)
        with pytest.raises(TemporaryError, match="nobody entered the code within 30 s"):
            _awaited(server, device, lambda _: None)


class TestStatus:
    def test_says_of_each_when_it_was_made_and_ends(self, folder: Path, provider: TokenEndpoint) -> None:
        with_oauth(folder, provider)
        provider.behaviour.refresh_life = 7 * 24 * 3600
        run("oauth", "login", "support")
        support, sending = run("oauth", "status", "--json").json
        assert support["account"] == "support"
        assert support["logged_in_at"] == support["renewed_at"] < support["ends_at"]
        assert (sending["account"], sending["logged_in_at"]) == ("sending", None)

    def test_none(self, folder: Path) -> None:
        assert run("oauth", "status").out == "No account logs in by OAuth2.\n"


class TestCheck:
    @pytest.mark.dovecot
    def test_logs_in_to_both_servers(self, folder: Path, provider: TokenEndpoint) -> None:
        if not dovecots.available():
            pytest.skip(dovecots.ABSENT)
        server = Dovecot(f"{provider.base}/introspect")
        try:
            server.start()
            with SmtpSink(tokens=lambda user, token: provider.good.get(token) == user) as sink:
                with_oauth(folder, provider, server.port, sink.port)
                said = run("check")
                assert said.code == 78
                assert "mend: run `mailsla oauth login support`" in said.words
                assert "mend: run `mailsla oauth login sending`" in said.words
                for account in ("support", "sending"):
                    assert run("oauth", "login", account).code == 0
                said = run("check")
                assert said.code == 0
                assert "ana at localhost, folder INBOX: 0 mails" in said.words
                assert "logged in as ana" in said.words
        finally:
            server.remove()

    def test_says_that_a_login_ends_soon(self, folder: Path, provider: TokenEndpoint) -> None:
        with SmtpSink(tokens=lambda user, token: provider.good.get(token) == user) as sink:
            with_oauth(folder, provider, smtp=sink.port)
            provider.behaviour.refresh_life = 2
            run("oauth", "login", "sending")
            kept = folder / "oauth" / "sending.json"
            kept.write_text(re.sub(r'"refresh_life": 2', '"refresh_life": 900', kept.read_text()))
            said = run("check")
        assert "unless a person renews it mend: run `mailsla oauth login sending`" in said.words

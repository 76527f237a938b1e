"""A mailbox whose server wants OAuth2: who has to log in is told how, and afterwards the daemon goes on by itself."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import DeskMaker
from tests.e2e.desk import Desk, Mailbox
from tests.e2e.mails import complaint
from tests.e2e.waiting import until
from tests.servers import dovecot as dovecots
from tests.servers.dovecot import Dovecot
from tests.servers.token_endpoint import CLIENT, TokenEndpoint

pytestmark = [pytest.mark.e2e, pytest.mark.dovecot]

ANA, OPERATOR = "ana@mail.example", "operator@acme.example"


@pytest.fixture
def provider() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as provider:
        yield provider


@pytest.fixture
def dovecot(provider: TokenEndpoint) -> Iterator[Dovecot]:
    """In place of the one that tests share: it asks our provider."""
    with dovecots.running(f"{provider.base}/introspect") as server:
        yield server


@pytest.fixture
def desk(make_desk: DeskMaker, provider: TokenEndpoint) -> Desk:
    oauth = f"""
provider = "other"
client_id = "{CLIENT}"
scopes = ["mail"]
device_url = "{provider.base}/device"
token_url = "{provider.base}/token"
"""
    desk = make_desk(mailboxes=(Mailbox("support", oauth=oauth),))
    provider.user = desk.user()
    return desk


def alerts(desk: Desk) -> list[str]:
    return [letter.content.decode() for letter in desk.sink.received() if letter.recipient == OPERATOR]


def test_the_operator_is_told_to_log_in_and_then_mail_is_answered(desk: Desk, provider: TokenEndpoint) -> None:
    daemon = desk.start()
    until(lambda: bool(alerts(desk)), 20, daemon.tail)
    assert "mailsla oauth login support" in alerts(desk)[0]
    assert "nobody logged in" in str(daemon.said("mailbox rests")[0]["cause"])
    assert daemon.terminate() == 0

    desk.run("oauth", "login", "support")
    daemon = desk.open()
    desk.send(complaint(ANA))
    assert ANA in [letter.recipient for letter in desk.quiet()]
    assert daemon.terminate() == 0
    log = (desk.folder / "log").read_text()
    assert not [token for token in (*provider.good, *provider.refreshable) if token in log]


def test_the_operator_is_told_before_a_login_ends(desk: Desk, provider: TokenEndpoint) -> None:
    provider.behaviour.refresh_life = 3600
    desk.run("oauth", "login", "support")
    file = desk.folder / "oauth" / "support.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "refresh_life": 90 * 24 * 3600}))  # 90 days ago
    daemon = desk.open()
    until(lambda: bool(alerts(desk)), 20, daemon.tail)
    assert "mailsla oauth login support" in alerts(desk)[0]
    assert daemon.said("login ends")
    assert daemon.terminate() == 0

"""Mail servers that take an access token: a real Dovecot that asks the provider, and the SMTP sink."""

import itertools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailsla.adapters.imap import ImapSource
from mailsla.adapters.oauth import OAuthLogin
from mailsla.adapters.oauth_sasl import cause_of, first_response, mechanism_of
from mailsla.adapters.smtp import SmtpTransport
from mailsla.config.settings import SendingSettings
from mailsla.errors import LoginNeeded, PermanentError, TemporaryError
from mailsla.ports.mail import Outcome, Sent
from tests.adapters.logins import Logins
from tests.adapters.source_contract import fetched, later, mail, mailbox_at
from tests.servers import dovecot as dovecots
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ImapScript
from tests.servers.smtp_sink import SmtpSink
from tests.servers.token_endpoint import TokenEndpoint

MECHANISMS = ("XOAUTH2", "OAUTHBEARER")
BY_TOKEN = {"CAPABILITY": [b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\nTAG OK done\r\n"]}
LETTER = b"Subject: x\r\n\r\nwords\r\n"

_users = (f"token{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def provider() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as provider:
        yield provider


@pytest.fixture(scope="module", params=MECHANISMS)
def server(request: pytest.FixtureRequest, provider: TokenEndpoint) -> Iterator[Dovecot]:
    """One that offers a single mechanism of the two."""
    with dovecots.running(f"{provider.base}/introspect", request.param.lower()) as server:
        yield server


@pytest.fixture
def logins(provider: TokenEndpoint, tmp_path: Path) -> Logins:
    """Of a user of their own."""
    provider.user = next(_users)
    provider.asked.clear()
    return Logins(provider, tmp_path)


def made(logins: Logins) -> OAuthLogin:
    user = logins.provider.user
    login = logins.of(user)
    granted = login.server.device_granted(login.server.device_code())
    assert not isinstance(granted, int)
    login.keep(granted)
    return login


Open = Callable[[Dovecot, OAuthLogin], ImapSource]


@pytest.fixture
def open_box(logins: Logins) -> Iterator[Open]:
    opened: list[ImapSource] = []

    def box(server: Dovecot, login: OAuthLogin) -> ImapSource:
        opened.append(ImapSource(mailbox_at(server.port, logins.provider.user), login))
        return opened[-1]

    yield box
    for source in opened:
        source.close()


@pytest.mark.dovecot
class TestImap:
    def test_the_mailbox_of_the_user_is_read(self, server: Dovecot, logins: Logins, open_box: Open) -> None:
        server.deliver(logins.provider.user, mail("by token"))
        source = open_box(server, made(logins))
        assert len(fetched(source, source.survey().uids)) == 1

    def test_a_token_that_was_taken_back_is_renewed_once(self, server: Dovecot, logins: Logins, open_box: Open) -> None:
        login = made(logins)
        logins.provider.forget_access()
        assert open_box(server, login).survey().uids == ()
        assert logins.provider.renewals == 1

    def test_a_refusal_that_stays_is_said_with_its_cause_and_mend(
        self, server: Dovecot, logins: Logins, open_box: Open
    ) -> None:
        """Somebody logged in as another user than the configured one."""
        login = made(logins)
        source = open_box(server, login)
        for token in (*logins.provider.good, *logins.provider.refreshable):
            (logins.provider.good if token in logins.provider.good else logins.provider.refreshable)[token] = "mallory"
        with pytest.raises(PermanentError) as caught:
            source.survey()
        assert logins.provider.renewals == 1
        for word in ("mailbox support", logins.provider.user, "AUTHENTICATIONFAILED", "`mailsla oauth login support`"):
            assert word in str(caught.value)
        assert not any(token in str(caught.value) for token in logins.provider.good)

    def test_it_recovers_alone_once_somebody_logged_in(self, server: Dovecot, logins: Logins, open_box: Open) -> None:
        login = logins.of(logins.provider.user)
        source = open_box(server, login)
        with pytest.raises(LoginNeeded):
            source.survey()
        made(logins)
        assert source.survey().uids == ()

    def test_a_connection_is_made_anew_before_its_token_ends(
        self, server: Dovecot, logins: Logins, open_box: Open
    ) -> None:
        source = open_box(server, made(logins))
        source.survey()
        client = source._client
        source.survey()
        assert source._client is client
        logins.now += 3300
        assert source.survey().uids == ()
        assert source._client is not client
        assert logins.provider.renewals == 1

    def test_no_token_is_in_a_log(
        self, server: Dovecot, logins: Logins, open_box: Open, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        source = open_box(server, made(logins))
        source.survey()
        assert not [token for token in logins.provider.good if token in caplog.text]


class TestImapTrouble:
    def test_a_server_without_the_mechanisms(self, logins: Logins, open_box: Open) -> None:
        with ImapScript() as script, pytest.raises(PermanentError, match="offers neither XOAUTH2 nor OAUTHBEARER"):
            open_box(script, made(logins)).survey()  # type: ignore[arg-type]

    def test_the_cause_that_a_challenge_names_is_told(self, logins: Logins, open_box: Open) -> None:
        script = ImapScript(
            BY_TOKEN
            | {
                "AUTHENTICATE": [b"+ \r\n"],
                "dXNlcj": [b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"],  # {"status":"400"}
                "$": [b"TAG NO SASL authentication failed\r\n"],
            },
        )
        with script, pytest.raises(PermanentError, match=r"SASL authentication failed \(400\)"):
            open_box(script, made(logins)).survey()  # type: ignore[arg-type]

    def test_a_login_that_may_work_later_renews_nothing(self, logins: Logins, open_box: Open) -> None:
        script = ImapScript(BY_TOKEN | {"AUTHENTICATE": [b"TAG NO [UNAVAILABLE] busy\r\n"]})
        with script, pytest.raises(TemporaryError, match="UNAVAILABLE"):
            open_box(script, made(logins)).survey()  # type: ignore[arg-type]
        assert logins.provider.renewals == 0

    def test_a_provider_that_hangs_does_not_hold_up_the_end(self, logins: Logins, open_box: Open) -> None:
        login = made(logins)
        logins.now += 3600
        script = ImapScript(BY_TOKEN)
        logins.provider.behaviour.hangs = True
        try:
            with script:
                source = open_box(script, login)  # type: ignore[arg-type]
                with later(0.2, source.wake), pytest.raises(TemporaryError, match="told to stop"):
                    source.survey()
        finally:
            logins.provider.behaviour.hangs = False


Connect = Callable[..., SmtpTransport]


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[SmtpTransport] = []

    def to(sink: SmtpSink, login: OAuthLogin, user: str) -> SmtpTransport:
        settings = SendingSettings(
            host="localhost", port=sink.port, security="none", user=user, timeout_seconds=5, data_timeout_seconds=5
        )
        opened.append(SmtpTransport(settings, login))
        return opened[-1]

    yield to
    for transport in opened:
        transport.close()


def sink_of(provider: TokenEndpoint, *mechanisms: str) -> SmtpSink:
    return SmtpSink(tokens=lambda user, token: provider.good.get(token) == user, mechanisms=mechanisms or MECHANISMS)


def send(transport: SmtpTransport) -> Outcome:
    return transport.send("support@acme.example", "anna@customer.example", LETTER)


class TestSmtp:
    @pytest.mark.parametrize("mechanisms", [("XOAUTH2",), ("OAUTHBEARER",), MECHANISMS])
    def test_a_letter_goes(self, logins: Logins, connect: Connect, mechanisms: tuple[str, ...]) -> None:
        with sink_of(logins.provider, *mechanisms) as sink:
            assert send(connect(sink, made(logins), logins.provider.user)).sent is Sent.ACCEPTED
            assert len(sink.received) == 1

    @pytest.mark.parametrize("mechanism", MECHANISMS)
    def test_a_token_that_was_taken_back_is_renewed_once(
        self, logins: Logins, connect: Connect, mechanism: str
    ) -> None:
        login = made(logins)
        logins.provider.forget_access()
        with sink_of(logins.provider, mechanism) as sink:
            assert send(connect(sink, login, logins.provider.user)).sent is Sent.ACCEPTED
        assert logins.provider.renewals == 1

    @pytest.mark.parametrize("mechanism", MECHANISMS)
    def test_a_refusal_that_stays_is_the_accounts_trouble(
        self, logins: Logins, connect: Connect, mechanism: str
    ) -> None:
        with SmtpSink(tokens=lambda user, token: False, mechanisms=(mechanism,)) as sink:
            outcome = send(connect(sink, made(logins), logins.provider.user))
        assert outcome.sent is Sent.ACCOUNT
        assert "refused the login" in outcome.answer
        assert "(invalid_token)" in outcome.answer
        assert "`mailsla oauth login sending`" in outcome.answer
        assert logins.provider.renewals == 1

    def test_a_person_is_needed(self, logins: Logins, connect: Connect) -> None:
        login = made(logins)
        logins.provider.revoke()
        with sink_of(logins.provider) as sink:
            outcome = send(connect(sink, login, logins.provider.user))
            assert outcome.sent is Sent.ACCOUNT
            assert "invalid_grant" in outcome.answer
            assert "run `mailsla oauth login" in outcome.answer
            made(logins)
            assert send(connect(sink, login, logins.provider.user)).sent is Sent.ACCEPTED

    def test_a_server_without_the_mechanisms(self, logins: Logins, connect: Connect, smtp_sink: SmtpSink) -> None:
        outcome = send(connect(smtp_sink, made(logins), logins.provider.user))
        assert outcome.sent is Sent.ACCOUNT
        assert "offers neither XOAUTH2 nor OAUTHBEARER" in outcome.answer

    def test_a_provider_that_hangs_does_not_hold_up_the_end(self, logins: Logins, connect: Connect) -> None:
        login = made(logins)
        logins.now += 3600
        logins.provider.behaviour.hangs = True
        try:
            with sink_of(logins.provider) as sink:
                transport = connect(sink, login, logins.provider.user)
                with later(0.2, transport.wake):
                    outcome = send(transport)
        finally:
            logins.provider.behaviour.hangs = False
        assert (outcome.sent, outcome.answer) == (Sent.ACCOUNT, "told to stop")

    def test_check_sees_the_login(self, logins: Logins, connect: Connect) -> None:
        with sink_of(logins.provider) as sink:
            assert connect(sink, made(logins), logins.provider.user).probe().logged_in


class TestMechanisms:
    @pytest.mark.parametrize(
        ("offered", "taken"),
        [
            (["PLAIN"], None),
            ([], None),
            (["plain", "xoauth2"], "XOAUTH2"),
            (["OAUTHBEARER"], "OAUTHBEARER"),
            (["OAUTHBEARER", "XOAUTH2"], "XOAUTH2"),
        ],
    )
    def test_which_is_taken(self, offered: list[str], taken: str | None) -> None:
        assert mechanism_of(offered) == taken

    def test_the_example_of_rfc_7628_section_4_1(self) -> None:
        assert first_response(
            "OAUTHBEARER", "user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", "server.example.com", 143
        ) == (
            b"n,a=user@example.com,\1host=server.example.com\1port=143\1"
            b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"
        )

    def test_commas_in_names_are_quoted(self) -> None:
        assert first_response("OAUTHBEARER", "a,b=c", "t", "h", 1).startswith(b"n,a=a=2Cb=3Dc,\1")

    @pytest.mark.parametrize(
        ("challenge", "cause"),
        [
            (b'{"status":"invalid_token","scope":"mail"}', "invalid_token"),
            (b'{"status":"400\\r\\nX"}', "400 X"),
            (b"", ""),
            (b"{}", ""),
            (b"[1]", ""),
            (b"\xff", ""),
        ],
    )
    def test_the_cause_of_a_refusal(self, challenge: bytes, cause: str) -> None:
        assert cause_of(challenge) == cause

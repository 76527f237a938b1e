"""What is asked of a provider, and each way that it can answer."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from mailsla.adapters.oauth_redirect import code_from
from mailsla.adapters.oauth_server import OAuthServer
from mailsla.config.providers import Provider, provider_of
from mailsla.config.settings import OAuthSettings
from mailsla.errors import ConfigError, LoginNeeded, MailslaError, PermanentError, TemporaryError
from tests.adapters.logins import oauth_settings
from tests.servers.token_endpoint import CLIENT, TokenEndpoint

VERIFIER = "v" * 52


@pytest.fixture
def provider() -> Iterator[TokenEndpoint]:
    with TokenEndpoint() as provider:
        yield provider


def server_of(provider: TokenEndpoint, secret: str = "", seconds: float = 5) -> OAuthServer:
    settings = oauth_settings(provider, Path("unused"))
    return OAuthServer("support", provider_of(settings), CLIENT, (lambda: secret) if secret else None, seconds)


class TestAuthorizationCode:
    def test_with_pkce(self, provider: TokenEndpoint) -> None:
        server = server_of(provider)
        url = server.authorization_url("http://127.0.0.1:7/", "our-state", VERIFIER)
        back = provider.browse(url)
        granted = server.redeem(code_from(back, "our-state"), "http://127.0.0.1:7/", VERIFIER)
        assert provider.good[granted.access_token] == "ana"
        assert provider.refreshable[granted.refresh_token] == "ana"
        assert VERIFIER not in url

    def test_what_is_asked(self, provider: TokenEndpoint) -> None:
        url = server_of(provider).authorization_url("http://127.0.0.1:7/", "our-state", VERIFIER)
        asked = parse_qs(urlsplit(url).query)
        assert asked["scope"] == ["mail offline_access"]
        assert asked["state"] == ["our-state"]
        assert len(asked["code_challenge"][0]) == 43

    def test_the_challenge_of_rfc_7636_appendix_b(self, provider: TokenEndpoint) -> None:
        url = server_of(provider).authorization_url("http://x/", "s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        assert "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&" in url

    def test_another_verifier_is_refused(self, provider: TokenEndpoint) -> None:
        server = server_of(provider)
        back = provider.browse(server.authorization_url("http://127.0.0.1:7/", "s", VERIFIER))
        with pytest.raises(LoginNeeded, match="invalid_grant"):
            server.redeem(code_from(back, "s"), "http://127.0.0.1:7/", VERIFIER.upper())

    def test_a_provider_that_gives_no_refresh_token(self, provider: TokenEndpoint) -> None:
        provider.behaviour.raw = (200, b'{"access_token": "a", "expires_in": 3600}')
        with pytest.raises(PermanentError, match="no refresh token\n  mend: add offline_access"):
            server_of(provider).redeem("code", "http://x/", VERIFIER)


class TestDeviceCode:
    def test_is_polled_until_somebody_said_yes(self, provider: TokenEndpoint) -> None:
        server = server_of(provider)
        provider.behaviour.pending, provider.behaviour.slow_down = 2, 1
        device = server.device_code()
        assert (device.user_code, device.url, device.interval, device.life) == (
            "WDJB-MJHT",
            f"{provider.base}/activate",
            0,
            900,
        )
        assert [server.device_granted(device) for _ in range(3)] == [5, 0, 0]
        granted = server.device_granted(device)
        assert not isinstance(granted, int)
        assert provider.good[granted.access_token] == "ana"

    def test_the_interval_is_five_seconds_where_nobody_says(self, provider: TokenEndpoint) -> None:
        provider.behaviour.interval = None
        assert server_of(provider).device_code().interval == 5

    @pytest.mark.parametrize("error", ["access_denied", "expired_token"])
    def test_no_is_an_end(self, provider: TokenEndpoint, error: str) -> None:
        provider.behaviour.denies = error
        server = server_of(provider)
        with pytest.raises(LoginNeeded, match=error):
            server.device_granted(server.device_code())


class TestTrouble:
    def test_a_client_that_is_refused_is_a_matter_of_the_configuration(self, provider: TokenEndpoint) -> None:
        provider.behaviour.secret = "right"
        with pytest.raises(
            ConfigError, match=r"mailboxes\.support\.oauth: .*invalid_client: AADSTS7000222(.|\n)*run out"
        ):
            server_of(provider, "wrong").refresh("r")

    def test_the_secret_is_sent_when_there_is_one(self, provider: TokenEndpoint) -> None:
        provider.behaviour.secret = "right"
        provider.refreshable["r"] = "ana"
        assert server_of(provider, "right").refresh("r").access_token in provider.good

    @pytest.mark.parametrize(
        ("status", "body", "said"),
        [
            (500, b"{}", "answers with 500"),
            (429, b'{"error": "invalid_grant"}', "answers with 429"),
            (400, b'{"error": "temporarily_unavailable"}', "temporarily_unavailable"),
            (200, b"<html>Sign in</html>", "does not answer as an OAuth2 server"),
            (200, b"[]", "does not answer as an OAuth2 server"),
            (200, b'{"token_type": "Bearer"}', "its answer has no access_token"),
            (200, b'{"access_token": 7}', "its answer has no access_token"),
            (200, b'{"access_token": "a\\r\\nDELETE"}', "its answer has no access_token"),
            (404, b"{}", "does not answer as an OAuth2 server"),
            (200, b"\xff", "does not answer as an OAuth2 server"),
        ],
    )
    def test_what_is_no_answer_may_work_later(
        self, provider: TokenEndpoint, status: int, body: bytes, said: str
    ) -> None:
        """None of them ends a login that is good: the operator's network may be between."""
        provider.behaviour.raw = (status, body)
        with pytest.raises(TemporaryError, match=said):
            server_of(provider).refresh("r")

    def test_a_redirect_does_not_take_the_secret_elsewhere(self, provider: TokenEndpoint) -> None:
        with TokenEndpoint() as elsewhere:
            provider.behaviour.redirect = f"{elsewhere.base}/token"
            with pytest.raises(TemporaryError, match=r"does not answer as an OAuth2 server \(status 302\)"):
                server_of(provider, "secret").refresh("r")
            assert elsewhere.asked == []

    def test_one_that_hangs_is_left_in_time(self, provider: TokenEndpoint) -> None:
        provider.behaviour.hangs = True
        with pytest.raises(TemporaryError, match="no answer within"):
            server_of(provider, seconds=0.2).refresh("r")

    def test_one_that_is_not_there(self, provider: TokenEndpoint) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        gone = Provider(token_url=f"http://127.0.0.1:{port}/token")
        with pytest.raises(TemporaryError, match=f"127.0.0.1:{port}: it refuses connections"):
            OAuthServer("support", gone, CLIENT, None, 5).refresh("r")

    def test_one_that_does_not_speak_http(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            there = Provider(token_url=f"http://127.0.0.1:{listener.getsockname()[1]}/token")
            listener.settimeout(5)

            def gibberish() -> None:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"220 smtp ready\r\n\r\n")

            threading.Thread(target=gibberish, daemon=True).start()
            with pytest.raises(TemporaryError, match="its answer is not HTTP"):
                OAuthServer("support", there, CLIENT, None, 5).refresh("r")

    def test_no_message_has_a_secret_code_or_token(
        self, provider: TokenEndpoint, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        provider.behaviour.secret = "other"
        said = []
        for raw in (None, (500, b"{}"), (200, b"x"), (400, b'{"error": "invalid_grant"}')):
            provider.behaviour.raw = raw
            try:
                server_of(provider, "hunter2").redeem("hunter2-code", "http://x/", "hunter2-verifier")
            except MailslaError as error:
                said.append(str(error))
        assert len(said) == 4
        assert "hunter2" not in "".join(said) + caplog.text


class TestProviders:
    def test_microsoft_with_a_tenant(self) -> None:
        known = provider_of(OAuthSettings(provider="microsoft", client_id="x", tenant="acme.example"))
        assert known.token_url == "https://login.microsoftonline.com/acme.example/oauth2/v2.0/token"
        assert known.device_url == "https://login.microsoftonline.com/acme.example/oauth2/v2.0/devicecode"
        assert "offline_access" in known.scopes

    def test_google_has_no_device_code_for_mail(self) -> None:
        known = provider_of(OAuthSettings(provider="google", client_id="x"))
        assert (known.device_url, known.scopes) == ("", ("https://mail.google.com/",))
        assert known.asked == {"access_type": "offline", "prompt": "consent"}

    def test_what_is_configured_wins(self) -> None:
        known = provider_of(OAuthSettings(provider="google", client_id="x", token_url="https://t/", scopes=("s",)))
        assert (known.token_url, known.scopes) == ("https://t/", ("s",))

"""Logins at the tests' own provider, with a clock that stands still until it is moved."""

from dataclasses import replace
from pathlib import Path

from mailsla import bootstrap
from mailsla.adapters.oauth import OAuthLogin
from mailsla.config.settings import MailboxSettings, OAuthSettings, SendingSettings
from tests.servers.token_endpoint import CLIENT, TokenEndpoint

START = 1_800_000_000


def oauth_settings(provider: TokenEndpoint, tokens: Path, **changes: object) -> OAuthSettings:
    made = OAuthSettings(
        provider="other",
        client_id=CLIENT,
        scopes=("mail", "offline_access"),
        authorize_url=f"{provider.base}/authorize",
        device_url=f"{provider.base}/device",
        token_url=f"{provider.base}/token",
        tokens=tokens,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


class Logins:
    """Of one person at one provider; several may share the file, as processes do."""

    def __init__(self, provider: TokenEndpoint, folder: Path) -> None:
        self.provider = provider
        self.file = folder / "oauth" / "support.json"
        self.now = START

    def of(self, user: str = "ana", **changes: object) -> OAuthLogin:
        """That of the mailbox support."""
        oauth = oauth_settings(self.provider, self.file, **changes)
        mailbox = MailboxSettings(
            name="support", address="support@acme.example", user=user, oauth=oauth, timeout_seconds=5
        )
        login = bootstrap.oauth_of(mailbox, now=lambda: self.now)
        assert login is not None
        return login

    def of_sending(self, user: str = "ana") -> OAuthLogin:
        oauth = oauth_settings(self.provider, self.file)
        login = bootstrap.oauth_of(SendingSettings(user=user, oauth=oauth, timeout_seconds=5), now=lambda: self.now)
        assert login is not None
        return login

    def make(self) -> OAuthLogin:
        """A person logs in."""
        login = self.of()
        granted = login.server.device_granted(login.server.device_code())
        assert not isinstance(granted, int)
        login.keep(granted)
        return login

"""Where a login by OAuth2 is made: the endpoints of providers that mailsla knows, and those of the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailsla.config.settings import OAuthSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The endpoints of RFC 6749 and 8628; one that is "" is not offered."""

    token_url: str
    authorize_url: str = ""
    device_url: str = ""
    scopes: tuple[str, ...] = ()
    loopback: str = "127.0.0.1"  # the host of redirects to this machine (RFC 8252, 7.3)
    asked: Mapping[str, str] = field(default_factory=dict)  # its own parameters of the authorization request


# Each scope is for IMAP and SMTP alike, so that one login can serve both.
_MICROSOFT = Provider(
    token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    authorize_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
    device_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
    scopes=(
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
    ),
    loopback="localhost",  # the only host whose port it does not compare
    asked={"prompt": "select_account"},
)
_GOOGLE = Provider(  # no device_url: what it grants there does not reach mail
    token_url="https://oauth2.googleapis.com/token",
    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
    scopes=("https://mail.google.com/",),
    asked={"access_type": "offline", "prompt": "consent"},  # without both a second login gives no refresh token
)
_KNOWN = {"microsoft": _MICROSOFT, "google": _GOOGLE, "other": Provider(token_url="")}


def provider_of(oauth: OAuthSettings) -> Provider:
    """The provider with the configured tenant, endpoints and scopes."""
    known = _KNOWN[oauth.provider]
    tenant = oauth.tenant or "common"
    return Provider(
        token_url=oauth.token_url or known.token_url.format(tenant=tenant),
        authorize_url=oauth.authorize_url or known.authorize_url.format(tenant=tenant),
        device_url=oauth.device_url or known.device_url.format(tenant=tenant),
        scopes=oauth.scopes or known.scopes,
        loopback=known.loopback,
        asked=known.asked,
    )

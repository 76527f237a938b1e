"""Cross-checks of logins by OAuth2: of mailboxes and of the sending account."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailsla.config.faults import Fault
from mailsla.config.formats import loopback
from mailsla.config.lines import KeyPath
from mailsla.config.providers import provider_of
from mailsla.config.settings import MailboxSettings, OAuthSettings, SendingSettings, Settings

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")


def faults_of_oauth(settings: Settings) -> Iterator[Fault]:
    """All of this file's checks."""
    accounts: list[tuple[KeyPath, MailboxSettings | SendingSettings]] = [
        *((("mailboxes", index), mailbox) for index, mailbox in enumerate(settings.mailboxes)),
        (("sending",), settings.sending),
    ]
    shared: dict[object, tuple[OAuthSettings, str]] = {}
    for where, account in accounts:
        oauth, at = account.oauth, (*where, "oauth")
        if oauth is None:
            continue
        if account.kind not in ("imap", "smtp"):
            yield Fault(at, f'is of no use for kind = "{account.kind}"', "remove it")
            continue
        if isinstance(account, MailboxSettings) and account.name == "sending":
            what = "is how `mailsla oauth login` calls the account that letters leave by"
            yield Fault((*where, "name"), what, "give the mailbox another name")
        if account.password is not None:
            yield Fault(at, "there is a password too", "remove one of them")
        yield from _endpoints(oauth, at)
        yield from _client(oauth, at)
        first = shared.setdefault(oauth.tokens, (oauth, account.user))
        if first != (oauth, account.user):
            what = "is that of another account, whose user or settings of oauth differ: it holds one login"
            yield Fault((*at, "tokens"), what, "give each its own, or make user and oauth the same to share a login")


def _endpoints(oauth: OAuthSettings, at: KeyPath) -> Iterator[Fault]:
    provider = provider_of(oauth)
    if not provider.token_url:
        mend = 'add: token_url = "https://login.acme.example/token"'
        yield Fault((*at, "token_url"), 'is missing for provider = "other"', mend)
    if not provider.device_url and not provider.authorize_url:
        what = 'is missing for provider = "other", and so is device_url: nobody could log in'
        yield Fault((*at, "authorize_url"), what, 'add: authorize_url = "https://login.acme.example/authorize"')
    if not provider.scopes:
        yield Fault((*at, "scopes"), 'is missing for provider = "other"', 'add: scopes = ["mail", "offline_access"]')
    for key in ("token_url", "authorize_url", "device_url"):
        yield from _url(getattr(oauth, key), (*at, key))
    for index, scope in enumerate(oauth.scopes):
        if not scope or not all("!" <= char <= "~" and char not in '"\\' for char in scope):
            yield Fault((*at, "scopes", index), f'"{scope}" is no scope (RFC 6749, 3.3)', "write one in each text")


def _url(url: str, at: KeyPath) -> Iterator[Fault]:
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        yield Fault(at, f'"{url}" is no URL of an endpoint', "write all of it: https://login.acme.example/token")
    elif parts.scheme == "http" and not loopback(parts.hostname):
        yield Fault(at, f"tokens would go to {parts.hostname} in clear text", "write https://")


def _client(oauth: OAuthSettings, at: KeyPath) -> Iterator[Fault]:
    if not oauth.client_id:
        yield Fault((*at, "client_id"), "is empty", "write the id that the provider gave to your application")
    if oauth.tenant and oauth.provider != "microsoft":
        yield Fault((*at, "tenant"), "only Microsoft has tenants", "remove it")
    elif oauth.tenant and not _TENANT.fullmatch(oauth.tenant):
        mend = "write the id or a domain of your organisation: acme.example"
        yield Fault((*at, "tenant"), f'"{oauth.tenant}" is no tenant', mend)
    if oauth.provider == "google" and oauth.client_secret is None:
        mend = 'add: client_secret = { credential = "google" }, { file = ... } or { env = ... }'
        yield Fault((*at, "client_secret"), "is missing: Google wants it of desktop applications too", mend)

"""Tries what is answered to `mailsla init`: reaches the servers, logs in, looks at the folder and the database."""

import re
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import replace

from mailsla.cli.probe_database import place_of
from mailsla.config.answers import Account, Security
from mailsla.config.formats import Wrong, host_and_port, loopback, wrong_domain
from mailsla.config.settings import MailboxSettings, SendingSettings
from mailsla.errors import MailslaError, PermanentError, TemporaryError

SECONDS = 10  # of each network operation
Ways = tuple[Security, Security]
_USUAL: Mapping[int, Security] = {993: "tls", 143: "starttls", 465: "tls", 587: "starttls"}


def wrong_server(text: str) -> Wrong:
    """HOST or HOST:PORT."""
    host, port = server_of(text)
    if not 0 <= port < 65536:
        return f"{port} is no port", "use one from 1 to 65535, or leave it out"
    return wrong_domain(host)


def server_of(text: str) -> tuple[str, int]:
    """Host and port; 0 where it has none."""
    try:
        return host_and_port(text)
    except ValueError:
        return text, 0


def reached_imap(host: str, port: int) -> Account:
    """How the server takes connections: by TLS, by STARTTLS, on this machine also without. Raises what came of each."""
    return _reached(host, port, ("tls", "starttls"), _greeted)


def reached_smtp(host: str, port: int) -> Account:
    """The same for a sending account, whose way is STARTTLS first (RFC 6409)."""
    return _reached(host, port, ("starttls", "tls"), wants_login)


def mailbox(account: Account, login: Callable[[], str]) -> str:
    """Logs in and looks at the folder; what is there in words."""
    from mailsla.adapters.imap import ImapSource

    with closing(ImapSource(_mailbox(account), login)) as source:
        probe = source.probe()
    idle = "announces new mail" if "IDLE" in probe.capabilities else "does not announce new mail, and is asked instead"
    mails = "1 mail" if probe.count == 1 else f"{probe.count} mails"
    return f"logged in as {account.user}; {probe.folder} has {mails}; the server {idle}"


def wants_login(account: Account) -> bool:
    """Whether the sending server offers a login; a relay on this machine often has none."""
    from mailsla.adapters.smtp import SmtpTransport

    with closing(SmtpTransport(_sending(replace(account, user="")), lambda: "")) as transport:
        return "auth" in transport.probe().extensions


def sender(account: Account, login: Callable[[], str]) -> str:
    """Logs in."""
    from mailsla.adapters.smtp import SmtpTransport

    with closing(SmtpTransport(_sending(account), login)) as transport:
        transport.probe()
    return f"logged in as {account.user}" if account.user else "without a login"


def way_of(account: Account, default: str) -> str:
    """How it was reached, in words."""
    return {"tls": "by TLS", "starttls": "by STARTTLS", "none": "without TLS, on this machine"}[
        account.security or default
    ]


def database(url: str) -> str:
    """Whether it can be used, or made there."""
    from mailsla.adapters.db.engine import database_file
    from mailsla.adapters.db.migrate import state

    file = database_file(url)
    broken = place_of(file) if file is not None else None
    if broken is not None:
        raise PermanentError(broken.said, broken.mend)
    found = state(url)
    if found == "newer":
        raise PermanentError("the database is of a newer version of mailsla", "upgrade mailsla, or name another one")
    return {"absent": "it is made at the end", "current": "it is there already, and stays as it is"}.get(
        found, "it is there, of an earlier version, and is brought up to this one at the end"
    )


def _reached(host: str, port: int, ways: Ways, attempt: Callable[[Account], object]) -> Account:
    """The first of the ways that works; the first is the default, which the configuration need not say."""
    causes: dict[str, MailslaError] = {}
    possible = (_USUAL[port],) if port in _USUAL else ways
    for security in (*possible, *(("none",) if loopback(host) else ())):
        account = Account(host=host, port=port, security="" if security == ways[0] else security)
        try:
            attempt(account)
        except (TemporaryError, PermanentError) as error:
            causes[security] = error
        else:
            return account
    raise _together(host, causes)


def _together(host: str, causes: Mapping[str, MailslaError]) -> TemporaryError:
    """What came of each way; once where it is the same, whatever the port."""
    said = {way: error.message for way, error in causes.items()}
    mend = next((error.mend for error in causes.values() if error.mend), "")
    everywhere = {re.sub(rf"{re.escape(host)}:\d+", host, message) for message in said.values()}
    if len(everywhere) == 1:
        return TemporaryError(everywhere.pop() if len(set(said.values())) > 1 else said.popitem()[1], mend)
    return TemporaryError("; ".join(f"{way}: {message}" for way, message in said.items()), mend)


class _Greeted(Exception):
    """The password is asked for: the server was reached, its TLS is good, and no login is tried."""


def _greeted(account: Account) -> None:
    from mailsla.adapters.imap_server import ImapServer

    def no_password() -> str:
        raise _Greeted

    with suppress(_Greeted):
        ImapServer(_mailbox(account), no_password).connect()


def _mailbox(account: Account) -> MailboxSettings:
    return MailboxSettings(
        name="support",
        address="",
        host=account.host,
        port=account.port,
        security=account.security or "tls",
        user=account.user,
        folder=account.folder or "INBOX",
        timeout_seconds=SECONDS,
    )


def _sending(account: Account) -> SendingSettings:
    return SendingSettings(
        host=account.host,
        port=account.port,
        security=account.security or "starttls",
        user=account.user,
        timeout_seconds=SECONDS,
    )

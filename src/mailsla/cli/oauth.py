"""`mailsla oauth`: logs in to mail servers by OAuth2, and says until when logins are good."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from mailsla.cli.output import clean, iso, json_option, print_rows
from mailsla.errors import ConfigError, Problem, TemporaryError

if TYPE_CHECKING:
    from mailsla.adapters.oauth import OAuthLogin
    from mailsla.adapters.oauth_server import DeviceCode, Granted, OAuthServer
    from mailsla.config.providers import Provider

Way = Literal["device", "browser", "paste"]
PATIENCE = 600  # seconds that a login in a browser may take


@click.group(name="oauth")
def command() -> None:
    """Log in to mail servers by OAuth2; docs/oauth.md has the steps."""


@command.command()
@click.argument("account")
@click.option("--device", "way", flag_value="device", help="Enter a code on any device; the default for Microsoft.")
@click.option("--browser", "way", flag_value="browser", help="In a browser on this machine; the default for Google.")
@click.option("--paste", "way", flag_value="paste", help="In a browser elsewhere; paste the address it ends up at.")
@click.pass_obj
def login(config: Path | None, account: str, way: Way | None) -> None:
    """Log in once; the daemon renews the login from then on.

    ACCOUNT is the name of a mailbox, or "sending". Run it as the user that mailsla runs as. A login that is there is
    replaced once the new one is made; the daemon takes it up by itself.

    \b
    Example: mailsla oauth login support
             mailsla oauth login sending --paste
    """
    from mailsla import bootstrap
    from mailsla.config.load import find, load

    settings = load(find(config))
    logins = bootstrap.logins_of(settings)
    if account not in logins:
        there = f"those that have: {', '.join(logins)}" if logins else "write one: docs/oauth.md has examples"
        raise ConfigError((Problem(account, "no account of this name has a table `oauth`", there),))
    user = settings.sending.user if account == "sending" else settings.mailbox(account).user
    made = logins[account]
    provider = made.server.provider
    way = _possible(way, account, provider)
    click.echo(f"Log in as {clean(user)}.", err=True)
    if way == "device":
        granted = _by_device(made.server, time.sleep)
    else:
        ids = bootstrap.RandomIds()
        state, verifier = ids.token(), ids.token() + ids.token()  # RFC 7636, 4.1: 43 to 128 characters
        by = _by_paste if way == "paste" else _by_browser
        granted = by(made.server, provider.loopback, state, verifier)
    made.keep(granted)
    click.echo(f"Logged in; kept in {made.path}.\n\nNext:\n  mailsla check   # whether the server takes it")


@command.command()
@json_option
@click.pass_obj
def status(config: Path | None, as_json: bool) -> None:
    """Say of each login when it was made and renewed, and when it ends.

    \b
    Example: mailsla oauth status --json
    """
    from mailsla import bootstrap
    from mailsla.config.load import find, load

    rows = list(_rows(bootstrap.logins_of(load(find(config)))))
    columns = ("account", "logged_in_at", "renewed_at", "ends_at", "file")
    print_rows(columns, rows, as_json, "No account logs in by OAuth2.")


def _rows(logins: Mapping[str, "OAuthLogin"]) -> Iterator[dict[str, object]]:
    for name, one in logins.items():
        kept = one.kept()
        yield {
            "account": name,
            "logged_in_at": iso(kept.logged_in_at) if kept else None,
            "renewed_at": iso(kept.renewed_at) if kept else None,
            "ends_at": iso(kept.refresh_until) if kept else None,
            "file": str(one.path),
        }


def _possible(way: Way | None, account: str, provider: "Provider") -> Way:
    """The way that is asked for, else the provider's own."""
    if way is None:
        return "device" if provider.device_url else "browser"
    if way == "device" and not provider.device_url:
        what, mend = "its provider has no device code for mail", "use --browser, or --paste on a machine without one"
        raise ConfigError((Problem(f"{account}: oauth", what, mend),))
    if way != "device" and not provider.authorize_url:
        raise ConfigError((Problem(f"{account}: oauth", "authorize_url is missing", "set it, or use --device"),))
    return way


def _by_device(server: "OAuthServer", pause: Callable[[float], None]) -> "Granted":
    device = server.device_code()
    click.echo(f"Open {clean(device.url)} on any device, and enter the code {clean(device.user_code)}", err=True)
    return _awaited(server, device, pause)


def _awaited(server: "OAuthServer", device: "DeviceCode", pause: Callable[[float], None]) -> "Granted":
    """RFC 8628, 3.5: no more often than the provider says, until the code has run out."""
    interval, waited = device.interval, 0
    while waited <= device.life:
        pause(interval)
        waited += max(interval, 1)
        granted = server.device_granted(device)
        if not isinstance(granted, int):
            return granted
        interval += granted
    raise TemporaryError(f"nobody entered the code within {device.life} s", "run it again")


def _by_browser(server: "OAuthServer", host: str, state: str, verifier: str) -> "Granted":
    from mailsla.adapters.oauth_redirect import Redirect

    with closing(Redirect(host)) as redirect:
        click.echo("Open this in a browser on this machine (elsewhere: stop, and use --paste):", err=True)
        click.echo(f"  {server.authorization_url(redirect.url, state, verifier)}", err=True)
        code = redirect.wait(state, PATIENCE)
    return server.redeem(code, redirect.url, verifier)


def _by_paste(server: "OAuthServer", host: str, state: str, verifier: str) -> "Granted":
    """The browser is sent to an address of its own machine, where nobody answers: what it shows has the code."""
    from mailsla.adapters.oauth_redirect import code_from

    redirect = f"http://{host}/"
    click.echo("Open this in a browser on any machine:", err=True)
    click.echo(f"  {server.authorization_url(redirect, state, verifier)}", err=True)
    click.echo(f"After the login it shows an error, for it can't open {redirect}?...: that is right.", err=True)
    address = click.prompt("Paste the whole address that it shows then", err=True)
    return server.redeem(code_from(address, state), redirect, verifier)

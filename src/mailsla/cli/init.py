"""`mailsla init`: sets mailsla up in a folder, from a preset, by questions whose answers are tried at once."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.asking import Asking
from mailsla.config import FILE_NAME, preset
from mailsla.config.settings import Settings
from mailsla.errors import ConfigError, PermanentError, Problem

if TYPE_CHECKING:
    from mailsla.cli.interview import SetUp

OPTIONS = (  # each answers one question
    ("address", "The address that customers write to."),
    ("imap", 'Its IMAP server, HOST or HOST:PORT; "files" = try it out with mail in files.'),
    ("user", "The login at both servers."),
    ("password", "Where the password is: file:PATH, env:NAME or credential:NAME."),
    ("folder", "The folder of the mailbox."),
    ("smtp", "The sending server, HOST or HOST:PORT."),
    ("smtp-user", 'The login at the sending server, where it is another; "none" = without.'),
    ("smtp-password", "Where its password is, where it is another."),
    ("oauth-client", "The client id of your application at Google or Microsoft, in place of passwords."),
    ("operator", "The address for alerts and the daily digest."),
    ("agents", "Who answers: addresses, with commas between."),
    ("manager", "Who is told before a promise is missed: an address."),
    ("zone", "The time zone, such as Europe/Berlin."),
    ("language", "The language of customers: de, en, es, fr, it, nl, pl or pt. Agents read de or en."),
    ("hours", 'Opening hours: "mon-fri 09:00-17:00".'),
    ("prefix", "The prefix of references: ACME gives ACME-1042."),
    ("database", "The database's URL."),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for name, said in reversed(OPTIONS):
        command = click.option(f"--{name}", name.replace("-", "_"), metavar="TEXT", help=said)(command)
    return command


@click.command()
@click.option("--preset", "name", type=click.Choice(preset.names()), help="What is promised.  [default: standard]")
@click.option(
    "--yes", is_flag=True, help="Ask nothing: the options, and defaults for the rest; alone, the bare preset."
)
@click.option("--untested", is_flag=True, help="Do not try servers and logins.")
@_with_options
@click.pass_obj
def command(config: Path | None, /, name: str | None, yes: bool, untested: bool, **given: str | None) -> None:
    """Set mailsla up in this folder.

    Asks what it has to know and tries each answer; an option answers its question. Writes a commented mailsla.toml,
    and makes the database. Passwords never stand in mailsla.toml. What is in a mailbox when `mailsla run` first looks
    stays as it is; what arrives from then on is new.

    \b
    Example: mailsla init
             mailsla init --preset standard --yes      # files to try it out, no questions
    """
    path = (config or Path(FILE_NAME)).absolute()
    if path.exists():
        mend = "edit it, or move it away, or run init in another folder"
        raise ConfigError((Problem(str(path), "is here already, and init overwrites nothing", mend),))
    if yes and not any(given.values()):
        _set_up(path, preset.text(name or preset.STANDARD))
        return
    from mailsla.cli.interview import interview  # slow to import, and --help needs none of it

    options = {option.replace("_", "-"): value for option, value in given.items()} | {"preset": name}
    made = interview(Asking(options, quiet=yes), path.parent, tries=not untested)
    _set_up(path, made.text, made)


def _set_up(path: Path, text: str, made: "SetUp | None" = None) -> None:
    """The file is written last, so that an init that failed can be run again."""
    from mailsla import bootstrap
    from mailsla.config.load import parse

    settings = parse(text, path.parent, path.name)
    with _writing():
        _make_maildirs(settings)
        for secret, value in (made.secrets if made else {}).items():
            _write_secret(secret, value)
    if made is None or made.database_works:
        bootstrap.upgrade_database(settings)
        bootstrap.first_sight(settings)
    with _writing(), path.open("x", encoding="utf-8") as file:
        file.write(text)
    _say(path, settings, made)


@contextmanager
def _writing() -> Iterator[None]:
    """What the file system refuses, with its mend."""
    try:
        yield
    except OSError as error:
        mend = "run init in a folder that you may write in"
        raise PermanentError(f"{error.filename}: can't be made: {error.strerror}", mend) from error


def _make_maildirs(settings: Settings) -> None:
    """The folders of each Maildir (maildir(5)): mail is written in tmp, and moved to new when it is whole."""
    paths = [mailbox.path for mailbox in settings.mailboxes if mailbox.kind == "maildir"]
    if settings.sending.kind == "maildir":
        paths.append(settings.sending.path)
    for path in paths:
        if path is not None:
            for folder in ("tmp", "new", "cur"):
                (path / folder).mkdir(parents=True, exist_ok=True)


def _write_secret(path: Path, value: str) -> None:
    """For its owner alone, from the first byte on; one that is there is never replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(value + "\n")


def _say(path: Path, settings: Settings, made: "SetUp | None") -> None:
    click.echo(f"\nWritten: {path}")
    for secret in made.secrets if made else ():
        click.echo(f"Written: {secret} (a password; only you may read it)")
    for mailbox in settings.mailboxes:
        click.echo(f"Mail to {mailbox.address} is read from {mailbox.path or mailbox.host}.")
    click.echo(f"Letters go to {settings.sending.path or settings.sending.host}.")
    click.echo("\nNext:")
    commands = _next(settings, made)
    width = max(len(one) for one, _ in commands)
    for one, said in commands:
        click.echo(f"  {one.ljust(width)}   # {said}")


def _next(settings: Settings, made: "SetUp | None") -> list[tuple[str, str]]:
    """The next two commands."""
    first: list[tuple[str, str]] = []
    if made and not made.database_works:
        first.append(("mailsla db upgrade", "make the database, once it can be reached"))
    if settings.sending.oauth is not None:
        first.append(("mailsla oauth login support", "log in, for both servers"))
    if settings.sending.kind == "maildir":
        check = ("mailsla check", "everything that is wrong, with the mend")
        run = ("mailsla run", "the daemon")
    else:
        check = ("mailsla check --live", "sends itself a mail and waits for it; says what to mend")
        run = ("mailsla run --dry-run", "what it would do with each mail; sends nothing. Then: mailsla run")
    return [*first, check, run][:2]

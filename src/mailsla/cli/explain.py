"""`mailsla explain`: what would happen to a mail, each decision with its reason; touches nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from mailsla.cli.output import DONE, FAILED, clean, message_of
from mailsla.config.settings import MailboxSettings, Settings
from mailsla.core.mail.headers import split
from mailsla.core.mail.limits import LIMITS
from mailsla.errors import ConfigError, Unparseable
from mailsla.flows.services import Services

PRESET = "standard"


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--mailbox", metavar="NAME", help="As if it came in there; else the one that it is addressed to.")
@click.pass_obj
def command(config: Path | None, files: tuple[str, ...], mailbox: str | None) -> int:
    """Say what would happen to a mail, and why; touches nothing.

    FILE is a mail as it was sent, or - for standard input. Without a mailsla.toml it goes by the preset "standard" and
    an empty database.

    \b
    Example: mailsla explain complaint.eml
             mailsla explain mail/in/cur/*
    """
    code = DONE
    with rehearsal(config) as services:
        for position, file in enumerate(files):
            click.echo("\n" * (position > 0) + f"{clean(file)}")
            try:
                raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            except OSError as error:
                click.echo(f"mailsla: {clean(file)}: can't be read: {error.strerror}", err=True)
                code = FAILED
            else:
                click.echo("\n".join(explained(services, raw, mailbox)))
    return code


@contextmanager
def rehearsal(config: Path | None) -> Iterator[Services]:
    """Services whose work is never committed: on the configured database, else on an empty one, which is said."""
    from mailsla import bootstrap
    from mailsla.flows.explain import NeverCommits

    with TemporaryDirectory(prefix="mailsla-explain-") as folder:
        settings, is_preset = _settings(config, Path(folder))
        if is_preset or _database_is_absent(settings):
            store = bootstrap.memory_store(Path(folder))
            if not is_preset:
                click.echo("There is no database yet: an empty one is taken.", err=True)
        else:
            store = bootstrap.open_store(settings)
        services = bootstrap.services(settings, store=NeverCommits(store))
        try:
            yield services
        finally:
            services.store.close()


def explained(services: Services, raw: bytes, mailbox: str | None) -> Iterator[str]:
    """The lines about one mail."""
    from mailsla.cli.desk import Desk
    from mailsla.cli.explain_text import explanation_lines, unreadable_lines
    from mailsla.flows.deliver import mailbox_for_pipe
    from mailsla.flows.explain import explain

    box = mailbox_for_pipe(services, mailbox) if mailbox else _addressed(services, raw)
    try:
        told = explain(services, box, raw)
    except Unparseable as error:
        yield from unreadable_lines(error.message)
    else:
        yield from explanation_lines(told, Desk(services, box.name))


def _settings(config: Path | None, folder: Path) -> tuple[Settings, bool]:
    """The configured ones, or the preset's (True) where no configuration was named and none is found."""
    from mailsla.config import preset
    from mailsla.config.load import find, load, parse

    try:
        path = find(config)
    except ConfigError as error:
        if config is not None:
            raise
        click.echo(
            f'{message_of(error).splitlines()[0]}: the preset "{PRESET}" and an empty database are taken.', err=True
        )
        return parse(preset.text(PRESET), folder), True
    return load(path), False


def _database_is_absent(settings: Settings) -> bool:
    from mailsla.adapters.db.migrate import state

    return state(settings.database) == "absent"


def _addressed(services: Services, raw: bytes) -> MailboxSettings:
    """The mailbox whose address stands in the mail's headers of recipients, else the first."""
    headers = split(raw, 0, len(raw), LIMITS)
    named = " ".join(value for name in ("delivered-to", "to", "cc") for value in headers.all(name)).lower()
    boxes = services.settings.mailboxes
    return next((box for box in boxes if box.address.lower() in named), boxes[0])

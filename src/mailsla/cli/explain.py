"""`mailsla explain`: what would happen to a mail, each decision with its reason; touches nothing."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

import click
import structlog

from mailsla.cli.completion import a_file
from mailsla.cli.output import DONE, FAILED, clean, message_of
from mailsla.config.settings import MailboxSettings, Settings
from mailsla.core.mail.headers import split
from mailsla.core.mail.limits import LIMITS
from mailsla.errors import ConfigError, MailslaError, Unparseable
from mailsla.flows.services import Services

if TYPE_CHECKING:
    from mailsla.cli.desk import Desk
    from mailsla.flows.explain import Explanation

PRESET = "standard"
STDIN = "-"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Named:
    """A mail and where it is: a path, in an mbox with #n. `raw` is None for what can't be read, with the `cause`."""

    name: str
    raw: bytes | None
    cause: str = ""


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, shell_complete=a_file)
@click.option(
    "--files-from",
    metavar="LIST",
    shell_complete=a_file,
    help="More files: a path on each line of LIST; - is standard input.",
)
@click.option("--jsonl", is_flag=True, help="Print a JSON object for each mail, each on a line of its own.")
@click.option("--mailbox", metavar="NAME", help="As if it came in there; else the one that it is addressed to.")
@click.pass_obj
def command(
    config: Path | None, files: tuple[str, ...], files_from: str | None, jsonl: bool, mailbox: str | None
) -> int:
    """Say what would happen to a mail that came in now, and why; touches nothing.

    FILE is a mail as it was sent, an mbox of many, or - for standard input. Without a mailsla.toml it goes by the
    preset "standard" and an empty database. What can't be read is said, and the others are explained; the exit code is
    then 1.

    \b
    Example: mailsla explain complaint.eml
             mailsla explain mail/in/cur/*
             find archive -type f | mailsla explain --jsonl --files-from - > mails.jsonl
    """
    if not files and files_from is None:
        raise click.UsageError("Name a FILE, or --files-from LIST.")
    if files_from == STDIN and STDIN in files:
        raise click.UsageError("Standard input can't be both a mail and the list of files.")
    code = DONE
    with rehearsal(config) as services:
        for position, mail in enumerate(_mails(_paths(files, files_from), services.settings.limits.largest_mail_bytes)):
            if jsonl:
                _tell_json(services, mail, mailbox)
            else:
                click.echo("\n" * (position > 0), nl=False)
                _tell(services, mail, mailbox)
            if mail.raw is None:
                code = FAILED
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


def explained(services: Services, raw: bytes, mailbox: str | None) -> "tuple[Explanation, Desk] | str":
    """All decisions on one mail, and for whom they are told; or why it can't be read. Raises TemporaryError."""
    from mailsla.cli.desk import Desk
    from mailsla.flows.deliver import mailbox_for_pipe
    from mailsla.flows.explain import explain

    box = mailbox_for_pipe(services, mailbox) if mailbox else _addressed(services, raw)
    try:
        return explain(services, box, raw), Desk(services, box.name)
    except Unparseable as error:
        return error.message
    except MailslaError:
        raise
    except Exception as error:  # as the daemon, which sets such a mail aside and goes on
        log.exception("explaining failed")
        return f"{type(error).__name__} while processing; the trace is on standard error"


def _tell(services: Services, mail: Named, mailbox: str | None) -> None:
    """For people: the lines about one mail."""
    from mailsla.cli.explain_text import explanation_lines, unreadable_lines

    if mail.raw is None:
        click.echo(f"mailsla: {clean(mail.name)}: {clean(mail.cause)}", err=True)
        return
    click.echo(clean(mail.name))
    told = explained(services, mail.raw, mailbox)
    click.echo("\n".join(unreadable_lines(told) if isinstance(told, str) else explanation_lines(*told)))


def _tell_json(services: Services, mail: Named, mailbox: str | None) -> None:
    """For programs: one line about one mail."""
    from mailsla.cli.explain_json import explained_line, quarantined_line, unread_line

    if mail.raw is None:
        click.echo(unread_line(mail.name, mail.cause))
        return
    told = explained(services, mail.raw, mailbox)
    click.echo(quarantined_line(mail.name, told) if isinstance(told, str) else explained_line(mail.name, *told))


def _paths(files: Iterable[str], files_from: str | None) -> Iterator[str]:
    yield from files
    if files_from is None:
        return
    try:
        with _opened(files_from) as listed:
            yield from (path for line in listed if (path := os.fsdecode(line.rstrip(b"\r\n"))))
    except OSError as error:
        raise click.BadParameter(f"{clean(files_from)}: {error.strerror}", param_hint="--files-from") from error


def _mails(paths: Iterable[str], most: int) -> Iterator[Named]:
    """The mails of the files, one by one; `most`: bytes of one."""
    from mailsla.adapters.mbox import mails

    for path in paths:
        try:
            with _opened(path) as file:
                for mail in mails(file, most):
                    name = path if mail.number is None else f"{path}#{mail.number}"
                    yield Named(name, mail.raw, "" if mail.raw is not None else f"over {most} bytes")
        except OSError as error:
            yield Named(path, None, f"can't be read: {error.strerror}")
        except ValueError as error:  # a path with a null byte
            yield Named(path, None, f"can't be read: {error}")


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    with nullcontext(sys.stdin.buffer) if path == STDIN else Path(path).open("rb") as file:
        yield file


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

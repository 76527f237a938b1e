"""`mailsla init`: sets mailsla up in a folder, from a preset."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mailsla.config import FILE_NAME, formats, preset
from mailsla.config.formats import Form
from mailsla.config.lines import KeyPath
from mailsla.config.settings import Settings
from mailsla.errors import ConfigError, PermanentError, Problem

QUESTIONS: tuple[tuple[str, Form, tuple[KeyPath, ...]], ...] = (  # text, form, the keys it fills
    ("A short name for this installation", formats.wrong_name, (("instance", "name"),)),
    ("The prefix of references (ACME gives ACME-1042)", formats.wrong_prefix, (("instance", "prefix"),)),
    ("The address that customers write to", formats.wrong_address, (("mailboxes", 0, "address"),)),
    ("Your address, for alerts and the daily digest", formats.wrong_address, (("instance", "operator"),)),
    (
        "The time zone of your opening hours",
        formats.wrong_zone,
        (
            ("calendars", "office", "zone"),
            ("mailboxes", 0, "zone"),
            ("agents", "sam", "zone"),
            ("agents", "kim", "zone"),
            ("agents", "jo", "zone"),
        ),
    ),
    (
        "The language of your customers and agents",
        formats.wrong_language,
        (("mailboxes", 0, "language"), *((("agents", name, "language")) for name in ("sam", "kim", "jo"))),
    ),
)


@click.command()
@click.option(
    "--preset",
    "name",
    type=click.Choice(preset.names()),
    default="standard",
    show_default=True,
    help="The set-up to start from.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: write the preset as it is.")
@click.pass_obj
def command(config: Path | None, name: str, yes: bool) -> None:
    """Set mailsla up in this folder.

    Writes a commented mailsla.toml, makes the mail folders and the database. What is in a mailbox already counts as
    before; what arrives from now on is new.
    """
    from mailsla import bootstrap  # both are slow to import, and --help needs neither
    from mailsla.config.load import parse

    path = (config or Path(FILE_NAME)).absolute()
    if path.exists():
        mend = "edit it, or move it away, or run init in another folder"
        raise ConfigError((Problem(str(path), "is here already, and init overwrites nothing", mend),))
    text = preset.text(name)
    if not yes:
        text = preset.with_values(text, _answers(text))
    settings = parse(text, path.parent, path.name)
    with _writing():
        _make_maildirs(settings)
    bootstrap.upgrade_database(settings)
    bootstrap.first_sight(settings)
    with _writing(), path.open("x", encoding="utf-8") as file:  # last, so that an init that failed can be run again
        file.write(text)
    _say(path, settings)


@contextmanager
def _writing() -> Iterator[None]:
    """What the file system refuses, with its mend."""
    try:
        yield
    except OSError as error:
        mend = "run init in a folder that you may write in"
        raise PermanentError(f"{error.filename}: can't be made: {error.strerror}", mend) from error


def _answers(text: str) -> dict[KeyPath, str]:
    """Asks each question once; what the preset has is the default. Our own domain is the support address's."""
    answers: dict[KeyPath, str] = {}
    for question, form, keys in QUESTIONS:
        default = preset.value(text, keys[0])
        if default is not None:
            answer = _asked(question, default, form)
            answers |= dict.fromkeys(keys, answer)
    answers["instance", "host"] = answers["mailboxes", 0, "address"].rpartition("@")[2]
    return answers


def _asked(question: str, default: str, form: Form) -> str:
    """Raises UsageError where nobody can answer: standard input is closed, or at its end."""
    nobody = click.UsageError("There is nobody to answer questions on standard input; --yes asks none.")
    if sys.stdin is None:
        raise nobody
    try:
        return str(click.prompt(question, default=default, value_proc=_in_form(form)))
    except click.Abort as error:
        if isinstance(error.__context__, EOFError):  # else somebody pressed Ctrl-C
            click.echo(err=True)
            raise nobody from error
        raise


def _in_form(form: Form) -> Callable[[str], str]:
    def value(answer: str) -> str:
        wrong = form(answer)
        if wrong is not None:
            raise click.UsageError("; ".join(wrong))  # prompt says it and asks again
        return answer

    return value


def _make_maildirs(settings: Settings) -> None:
    """The folders of each Maildir (maildir(5)): mail is written in tmp, and moved to new when it is whole."""
    paths = [mailbox.path for mailbox in settings.mailboxes if mailbox.kind == "maildir"]
    if settings.sending.kind == "maildir":
        paths.append(settings.sending.path)
    for path in paths:
        if path is not None:
            for folder in ("tmp", "new", "cur"):
                (path / folder).mkdir(parents=True, exist_ok=True)


def _say(path: Path, settings: Settings) -> None:
    click.echo(f"Written: {path}")
    for mailbox in settings.mailboxes:
        click.echo(f"Mail to {mailbox.address} is read from {mailbox.path or mailbox.host}.")
    click.echo(f"Letters go to {settings.sending.path or settings.sending.host}.")
    click.echo("\nNext:\n  mailsla check   # everything that is wrong, with the mend\n  mailsla run     # the daemon")

"""mailsla(1), from the commands themselves."""

import inspect
from collections.abc import Iterator

import click

from mailsla.cli.main import mailsla
from man.roff import heading, page, paragraph, tagged, text, verbatim

_EXIT = (
    ("0", "Done."),
    ("1", "Failed; standard error says what, why, and the mend."),
    ("2", "Wrong usage."),
    ("75", "Try again later: a server or the database is not there now (EX_TEMPFAIL of sysexits.h)."),
    ("78", "The configuration is wrong; each problem has its line and its mend (EX_CONFIG)."),
)
_FILES = (
    ("mailsla.toml", "The configuration, in the current folder; mailsla.toml(5) describes it."),
    ("/etc/mailsla/mailsla.toml", "The configuration where the current folder has none."),
)


def commands() -> str:
    """The page."""
    context = click.Context(mailsla, info_name="mailsla")
    body = [heading("SH", "SYNOPSIS"), r"\fBmailsla\fR [\fIOPTIONS\fR] \fICOMMAND\fR [\fIARGS\fR]..."]
    body += [heading("SH", "DESCRIPTION"), *_DESCRIPTION]
    body += [heading("SH", "OPTIONS"), *_options(context)]
    body.append(heading("SH", "COMMANDS"))
    for one in _walk(context):
        body += [heading("SS", _usage(one)), *_help(one.command.help or ""), *_options(one)]
    body.append(heading("SH", "EXIT STATUS"))
    for code, meaning in _EXIT:
        body += tagged(code, [meaning])
    body.append(heading("SH", "FILES"))
    for name, meaning in _FILES:
        body += tagged(name, [meaning])
    body += [heading("SH", "SEE ALSO"), text("mailsla.toml(5)")]
    return page("mailsla", 1, "complaints by e-mail, answered in time", body)


_DESCRIPTION = paragraph(
    (
        "Customers write to a support address. mailsla makes a ticket of each mail, tells the customer by when a",
        "person answers, passes the answers of agents on, and watches the clocks. Customers and agents use their mail",
        "clients only; these commands are for who runs it. In an empty folder `mailsla init` makes a set-up to try.",
    )
)


def _walk(group: click.Context) -> Iterator[click.Context]:
    """Each command, and after a group each of its own."""
    assert isinstance(group.command, click.Group)
    for name in group.command.list_commands(group):
        command = group.command.get_command(group, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=group, help_option_names=["-h", "--help"])
        yield context
        if isinstance(command, click.Group):
            yield from _walk(context)


def _usage(context: click.Context) -> str:
    """As the first line of --help, without the word "Usage"."""
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _options(context: click.Context) -> list[str]:
    """Those that have a help of their own; --help is on each command and told once."""
    lines: list[str] = []
    for option in context.command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None and (context.parent is None or "--help" not in option.opts):
            lines += tagged(record[0], [" ".join(record[1].split())] if record[1] else [])
    return lines


def _help(written: str) -> Iterator[str]:
    """Click's way of writing: paragraphs are filled, but for those that begin with a line of \\b alone."""
    for block in inspect.cleandoc(written).split("\n\n"):
        lines = block.split("\n")
        yield from verbatim(lines[1:]) if lines[0] == "\b" else paragraph(lines)

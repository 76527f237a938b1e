"""The `mailsla` command: which subcommands there are, each imported only when it is called.

A subcommand is a module of this package with a Click command named `command`. It gets `--config` (a path, or None)
as `ctx.obj` (`@click.pass_obj`), and either returns nothing or raises: errors become messages in output.py.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailsla.cli.output import guarded

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: Mapping[str, str] = {  # name (and module) -> what the list of commands says
    "init": "Set mailsla up in this folder.",
    "check": "Tell everything that is wrong with the set-up, with the mend.",
    "run": "Run the daemon: read, answer, watch the clocks.",
    "deliver": "Take one mail from standard input (for an MTA's pipe).",
    "explain": "Say what would happen to a mail, and why; touches nothing.",
    "health": "Say whether all goes on as it should; for monitoring.",
    "mailbox": "Compare a mailbox with what is held of it; import an archive.",
    "board": "Show what is open, by time left, live in the terminal.",
    "ticket": "List, show and act on complaints.",
    "incident": "Look at many complaints about one thing.",
    "agent": "Show who is here, enter absences, switch digests.",
    "customer": "Show and change what is kept of a customer: language, zone, name.",
    "queue": "Look into what is held, quarantined or not sent, and act on it.",
    "calendar": "Look at opening hours, and import holidays.",
    "sla": "Try, prove and recompute how deadlines are counted.",
    "report": "Report on a week or month: deadlines held, time, credits, workload.",
    "report-due": "Make the reports that are due; the daemon does it by itself.",
    "triage": "See, try and teach how complaints get their category.",
    "register": "Export the complaint register, and say what it lacks.",
    "oauth": "Log in to mail servers by OAuth2.",
    "db": "Look after the database.",
    "demo": "Play a working week in seconds, with no server and no set-up.",
    "completion": "Print what lets a shell complete these commands.",
}


class LazyGroup(click.Group):
    """A group that lists its commands from COMMANDS and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"mailsla.cli.{cmd_name.replace('-', '_')}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"mailsla.cli.{cmd_name}.command is not a Click command")
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[Any]]":
        """What the Tab key offers; Click's own would import all commands."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=said) for name, said in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # slow to import, and needed here only

        click.echo(f"mailsla {version('mailsla')}")
        ctx.exit()


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 usage, 75 try again later, 78 configuration.",
)
@click.option(
    "--config",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The configuration; else ./mailsla.toml, else /etc/mailsla/mailsla.toml.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
@click.pass_context
def mailsla(ctx: click.Context, config: Path | None) -> None:
    """Complaints by e-mail, answered in time."""
    ctx.obj = config


def main() -> None:
    """Runs the command line of this process and exits."""
    sys.exit(guarded(lambda: mailsla.main(prog_name="mailsla", standalone_mode=False)))

"""`mailsla check`: everything that is wrong with the set-up, at once, each with its mend."""

from collections.abc import Sequence
from pathlib import Path

import click

from mailsla.cli import words
from mailsla.cli.finding import Finding, State
from mailsla.cli.output import CONFIGURATION, DONE, TEMPORARY, clean, json_option, print_json
from mailsla.cli.probes import findings

PATIENCE, AGENT_PATIENCE = 120, 600  # seconds: for letters, for a person
MARKS = {State.OK: "ok", State.WARNING: "warning", State.LATER: "PROBLEM", State.WRONG: "PROBLEM"}


@click.command()
@json_option
@click.option("--live", is_flag=True, help="Send mails to itself through the real account, and wait for them.")
@click.option("--auth-probe", is_flag=True, help="With --live: have an agent write once; says which authserv_id fits.")
@click.option(
    "--wait", "patience", type=click.IntRange(1), metavar="SECONDS", help="How long mails may take.  [default: 120]"
)
@click.pass_obj
def command(config: Path | None, as_json: bool, live: bool, auth_probe: bool, patience: int | None) -> int:
    """Check the set-up: configuration, database, mailboxes, sending account, letters. Sends nothing without --live.

    --live sends three mails to each mailbox: to its address, to one with a token, and to one that can't be; no ticket
    comes of them, and they are deleted afterwards. It says what the servers do to mail: addresses, From, Message-ID,
    delivery reports, Authentication-Results, clocks, capabilities.

    Exit code 0: all is well; 78: something must be mended; 75: only servers that can't be reached now.

    \b
    Example: mailsla check
             mailsla check --live --auth-probe
             mailsla --config /etc/mailsla/mailsla.toml check
    """
    if not live and (auth_probe or patience):
        raise click.UsageError("--auth-probe and --wait go with --live.")
    found = findings(config)
    if live:
        from mailsla.cli import probes_auth, probes_live  # not needed, and slow to import, for --help

        found += probes_live.live(config, patience or PATIENCE)
        if auth_probe:
            found += probes_auth.auth_probe(config, patience or AGENT_PATIENCE)
    if as_json:
        print_json([{"state": one.state.value, "what": one.what, "said": one.said, "mend": one.mend} for one in found])
    else:
        click.echo("\n".join(line for one in found for line in _lines(one)))
        click.echo(f"\n{_summary(found)}")
    states = {one.state for one in found}
    return CONFIGURATION if State.WRONG in states else TEMPORARY if State.LATER in states else DONE


def _lines(finding: Finding) -> list[str]:
    mend = [("", f"mend: {finding.mend}")] if finding.mend else []
    return words.facts([(MARKS[finding.state].ljust(7), f"{clean(finding.what)}: {finding.said}"), *mend], indent=0)


def _summary(found: Sequence[Finding]) -> str:
    problems = sum(one.state in (State.WRONG, State.LATER) for one in found)
    warnings = sum(one.state is State.WARNING for one in found)
    if not problems and not warnings:
        return "All is well."
    return f"{_counted(problems, 'problem')}, {_counted(warnings, 'warning')}."


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"

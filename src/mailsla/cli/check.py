"""`mailsla check`: everything that is wrong with the set-up, at once, each with its mend."""

from collections.abc import Sequence
from pathlib import Path

import click

from mailsla.cli import words
from mailsla.cli.finding import Finding, State
from mailsla.cli.output import CONFIGURATION, DONE, TEMPORARY, clean, json_option, print_json
from mailsla.cli.probes import findings

MARKS = {State.OK: "ok", State.WARNING: "warning", State.LATER: "PROBLEM", State.WRONG: "PROBLEM"}


@click.command()
@json_option
@click.pass_obj
def command(config: Path | None, as_json: bool) -> int:
    """Check the set-up: configuration, database, mailboxes, sending account, letters. Sends nothing.

    Exit code 0: all is well; 78: something must be mended; 75: only servers that can't be reached now.

    \b
    Example: mailsla check
             mailsla --config /etc/mailsla/mailsla.toml check
    """
    found = findings(config)
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

"""`mailsla triage`: how complaints get their category, priority and team; each command is a module of its own."""

import click

from mailsla.cli import triage_rules, triage_test


@click.group(name="triage")
def command() -> None:
    """Look at how complaints get their category, priority and team."""


command.add_command(triage_test.command)
command.add_command(triage_rules.command)

"""`mailsla triage`: how complaints get their category, priority and team; each command is a module of its own."""

import click

from mailsla.cli import triage_learn, triage_models, triage_rules, triage_try


@click.group(name="triage")
def command() -> None:
    """See, try and teach how complaints get their category, priority and team."""


command.add_command(triage_try.command)
command.add_command(triage_rules.command)
command.add_command(triage_learn.learn)
command.add_command(triage_learn.evaluate)
command.add_command(triage_models.export)
command.add_command(triage_models.models)
command.add_command(triage_models.promote)
command.add_command(triage_models.rollback)

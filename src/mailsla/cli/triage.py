"""`mailsla triage`: what complaints are about: learned, measured, and which version decides."""

import click

from mailsla.cli import triage_learn, triage_models


@click.group(name="triage")
def command() -> None:
    """See and teach how complaints get their category."""


command.add_command(triage_learn.learn)
command.add_command(triage_learn.evaluate)
command.add_command(triage_models.export)
command.add_command(triage_models.models)
command.add_command(triage_models.promote)
command.add_command(triage_models.rollback)

"""`mailsla db`: looks after the database."""

from pathlib import Path

import click

from mailsla import bootstrap
from mailsla.config.load import find, load


@click.group(name="db")
def command() -> None:
    """Look after the database."""


@command.command()
@click.pass_obj
def upgrade(config: Path | None) -> None:
    """Bring the database to this version's schema; makes it when there is none. Stop the daemon before."""
    bootstrap.upgrade_database(load(find(config)))
    click.echo("The database is up to date.")

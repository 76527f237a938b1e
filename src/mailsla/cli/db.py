"""`mailsla db`: looks after the database."""

from pathlib import Path

import click

from mailsla import bootstrap
from mailsla.adapters.db.copying import back_up
from mailsla.config.load import find, load


@click.group(name="db")
def command() -> None:
    """Look after the database."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(config: Path | None, file: Path) -> None:
    """Copy the database into a new FILE.

    SQLite only; the daemon may run, the copy is of one moment. All is in it: tickets, letters, and the mails as they
    came. Only its owner may read it. docs/upgrading.md has the way back, and PostgreSQL's.

    \b
    Example: mailsla db backup /var/backups/mailsla-before-upgrade.db
    """
    back_up(load(find(config)).database, file)
    click.echo(f"Written: {file} ({file.stat().st_size / 1e6:.1f} MB)")


@command.command()
@click.pass_obj
def upgrade(config: Path | None) -> None:
    """Bring the database to this version's schema.

    Makes it when there is none. All in one transaction: a migration that fails changes nothing. Stop the daemon before,
    and back up: migrations go forward only (docs/upgrading.md).
    """
    bootstrap.upgrade_database(load(find(config)))
    click.echo("The database is up to date.")

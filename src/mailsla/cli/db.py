"""`mailsla db`: looks after the database."""

from pathlib import Path

import click

from mailsla import bootstrap
from mailsla.adapters.db.backups import Backup, back_up, name_in, rotate
from mailsla.adapters.zones import zone
from mailsla.cli import words
from mailsla.cli.output import clean
from mailsla.config.load import find, load
from mailsla.config.settings import Settings
from mailsla.core.model import Instant
from mailsla.errors import PermanentError, TemporaryError


@click.group(name="db")
def command() -> None:
    """Look after the database."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="N", help="Of a folder: delete all but its newest N backups."
)
@click.pass_obj
def backup(config: Path | None, file: Path, keep: int | None) -> None:
    """Copy the database into a new FILE, and verify the copy.

    The daemon may run, the copy is of one moment. All is in it: tickets, letters, and the mails as they came; only its
    owner may read it. FILE has its name once it is whole, verified and on the disk; a folder instead of FILE gets one
    named by the time. Of PostgreSQL it is a dump (pg_dump and pg_restore must be installed). `mailsla health` says how
    old the last one is. The way back: mailsla db restore.

    \b
    Example: mailsla db backup /var/backups/mailsla-before-upgrade.db
             mailsla db backup --keep 14 /var/backups/mailsla
    """
    settings, now = load(find(config)), bootstrap.system_clock()
    folder = file if file.is_dir() else None
    if keep is not None and folder is None:
        raise PermanentError(f"--keep needs a folder, and {file} is none", "make it, or leave --keep out")
    made = back_up(settings.database, name_in(folder, settings.database, now) if folder else file, now)
    click.echo(f"Written and verified: {clean(str(made.file))} ({words.size_of(made.size)})")
    click.echo(_what_is_in_it(made, settings, now))
    try:
        bootstrap.note_backup(settings, now)
    except TemporaryError as error:  # the backup is as good; only its age is not known
        click.echo(f"mailsla: the backup is good, but `mailsla health` will not know of it: {error}", err=True)
    if folder is not None and keep is not None and (gone := rotate(folder, keep, now)):
        click.echo(f"Deleted: {words.listing([clean(one.name) for one in gone])}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.pass_obj
def restore(config: Path | None, file: Path, yes: bool) -> None:
    """Put a backup in the place of the database; stop the daemon before.

    FILE is verified first; an older version's is upgraded. What is there now is kept beside, under another name. Until
    the last moment the old database is there, from then on the whole new one, whatever happens meanwhile. Letters that
    waited to go out when the backup was made may have gone since: those to the outside are held for you (mailsla queue
    list). Then run `mailsla mailbox reconcile`: it brings back the mail since the backup.

    \b
    Example: mailsla db restore /var/backups/mailsla/mailsla-20261122T030000Z.db
    """
    from mailsla.adapters.db.restoring import restore as put_back
    from mailsla.flows import restoring

    settings, now = load(find(config)), bootstrap.system_clock()
    try:
        with bootstrap.only_one(settings):
            if not yes:
                click.confirm(f"Put {clean(str(file))} in the place of the database?", abort=True)
            done = put_back(settings.database, file, now)
            services = bootstrap.services(settings)
            try:
                settled = restoring.settle(services)
            finally:
                services.store.close()
    except TemporaryError as error:
        if "another mailsla runs" not in error.message:
            raise
        raise PermanentError("the daemon runs: nothing was restored", "systemctl stop mailsla, then again") from error
    old = done.backup
    click.echo(f"Restored: {clean(str(file))}" + (f", made {words.span(now - old.at)} ago" if old.at else ""))
    click.echo(_what_is_in_it(old, settings, now))
    if done.upgraded:
        click.echo("It was of an earlier version of mailsla, and is upgraded.")
    if done.kept is not None:
        click.echo(f"What was there before is kept: {clean(str(done.kept))}")
    if settled is not None and settled.held:
        click.echo(
            f"{_counted(settled.held, 'letter')} to the outside may have gone out since: held (mailsla queue list)."
        )
    if settled is not None:
        click.echo(f"New tickets begin at {settings.prefix}-{settled.number + 1}: no reference is given twice.")
    click.echo("Next: mailsla mailbox reconcile, then start the daemon (docs/backup.md).")


@command.command()
@click.pass_obj
def upgrade(config: Path | None) -> None:
    """Bring the database to this version's schema.

    Makes it when there is none. All in one transaction: a migration that fails changes nothing. Stop the daemon before,
    and back up: migrations go forward only (docs/upgrading.md).
    """
    bootstrap.upgrade_database(load(find(config)))
    click.echo("The database is up to date.")


def _what_is_in_it(backup: Backup, settings: Settings, now: Instant) -> str:
    read = next((box.zone for box in settings.mailboxes), "UTC")
    newest = f", the newest of {words.when(backup.newest_mail, zone(read), now)}" if backup.newest_mail else ""
    return f"In it: {_counted(backup.tickets, 'ticket')}, {_counted(backup.mails, 'mail')}{newest}."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"

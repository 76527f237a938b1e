"""`mailsla demo`: a working week in seconds, with no server and no set-up."""

import time
from pathlib import Path

import click

from mailsla.demo.week import make_folder, play


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="mailsla-demo")
def command(folder: Path) -> None:
    """Play a working week into FOLDER (default: mailsla-demo), with no server and no set-up."""
    make_folder(folder)
    click.echo("A complaint on a Friday afternoon. The policy promises an answer within 4 opening hours;")
    click.echo("the office is open from Monday to Friday, 09:00 to 17:00, in Berlin.  >> comes in   << goes out")
    begun = time.monotonic()
    play(folder, click.echo)
    click.echo(f"\nPlayed in {time.monotonic() - begun:.1f} s. Look around:")
    config = folder / "mailsla.toml"
    click.echo(f"  {folder / 'index.html'}   every mail, as its reader sees it")
    click.echo(f"  {folder / 'mails'}/   the same as .eml files; [03] above is 03-*.eml")
    click.echo(f"  mailsla --config {config} ticket list --all")
    click.echo(f"  mailsla --config {config} ticket show ACME-1001")
    click.echo(f"  mailsla --config {config} ticket why ACME-1001")
    click.echo(f"  mailsla --config {config} explain {folder / 'mails' / '01-in.eml'}")
    click.echo("Then your own: `mailsla init` in an empty folder.")

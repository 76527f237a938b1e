"""`mailsla demo`: a working week in seconds, with no server and no set-up; or a generated year."""

import time
from pathlib import Path

import click

from mailsla.demo.week import make_folder, play

TICKETS = 50_000
TOLD_EVERY = 5_000


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default="mailsla-demo")
@click.option("--year", is_flag=True, help="Generate a year of complaints instead: to try reports on.")
@click.option(
    "--seed", metavar="N", type=int, default=1, show_default=True, help="Of the year; the same gives the same."
)
@click.option(
    "--tickets", metavar="N", type=click.IntRange(1, 1_000_000), default=TICKETS, show_default=True, help="Of the year."
)
def command(folder: Path, year: bool, seed: int, tickets: int) -> None:
    """Play a working week into FOLDER (default: mailsla-demo), with no server and no set-up.

    With --year: a year of complaints of three customers and six teams, to try reports on. It is written straight into
    the database, 50,000 of them in some minutes.

    \b
    Example: mailsla demo --year --tickets 5000 year
    """
    make_folder(folder)
    if year:
        _generate(folder, seed, tickets)
        return
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


def _generate(folder: Path, seed: int, tickets: int) -> None:
    from mailsla.demo.year import FIRST, LAST, generate

    begun, told = time.monotonic(), 0

    def said(written: int) -> None:
        nonlocal told
        if written >= told + TOLD_EVERY:
            told = written
            click.echo(f"{written} of {tickets} complaints, {time.monotonic() - begun:.0f} s", err=True)

    generate(folder, seed, tickets, said)
    config = folder / "mailsla.toml"
    click.echo(f"{tickets} complaints from {FIRST} to {LAST}, in {time.monotonic() - begun:.0f} s. Look around:")
    click.echo(f"  mailsla --config {config} report --month {LAST:%Y-%m} --json")
    click.echo(f"  mailsla --config {config} ticket list")

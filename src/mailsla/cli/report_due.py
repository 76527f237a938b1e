"""`mailsla report-due`: the letters of the reports that are due; the daemon starts it as a process of its own."""

from pathlib import Path

import click

from mailsla.cli.opened import opened


@click.command(name="report-due")
@click.pass_obj
def command(config: Path | None) -> None:
    """Make the letters of the reports that are due by [reports], and print how many.

    The daemon does this by itself. Each period is reported once, whoever makes it.

    \b
    Example: mailsla report-due
    """
    from mailsla.cli.report_parts import sources
    from mailsla.flows.report_mail import make_due

    with opened(config) as services:
        click.echo(make_due(services, sources()))

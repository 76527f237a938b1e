"""`mailsla run`: the daemon."""

import logging
import sys
from pathlib import Path

import click

from mailsla import bootstrap
from mailsla.config.load import find, load
from mailsla.daemon import Daemon

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


@click.command()
@click.option("--log-level", type=click.Choice(list(LEVELS)), default="info", show_default=True)
@click.option("--log-json/--log-text", default=None, help="One JSON object a line; the default where no terminal is.")
@click.pass_obj
def command(config: Path | None, log_level: str, log_json: bool | None) -> int:
    """Run the daemon: read, answer, watch the clocks. Ends within 10 s of SIGTERM."""
    bootstrap.configure_logs(json=not sys.stderr.isatty() if log_json is None else log_json, level=LEVELS[log_level])
    settings = load(find(config))
    with bootstrap.only_one(settings):
        services = bootstrap.services(settings)
        sources = [(box, bootstrap.source_of(box)) for box in settings.mailboxes if box.kind != "pipe"]
        return Daemon(services, sources, bootstrap.transport_of(settings.sending)).run()

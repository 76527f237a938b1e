"""`mailsla run`: the daemon, or with --dry-run its decisions alone."""

import logging
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import structlog

from mailsla import bootstrap
from mailsla.adapters.learning_child import start_learning, start_reports
from mailsla.config.load import find, load
from mailsla.config.run_out import run_out
from mailsla.config.settings import MetricsSettings, Settings
from mailsla.daemon import Daemon
from mailsla.errors import ConfigError

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
DRY_RUN = "dry run: nothing is sent, nothing is marked; all is decided on a copy of the database, which is thrown away"

log = structlog.get_logger()


@click.command()
@click.option("--log-level", type=click.Choice(list(LEVELS)), default="info", show_default=True)
@click.option("--log-json/--log-text", default=None, help="One JSON object a line; the default where no terminal is.")
@click.option("--dry-run", is_flag=True, help="Log all decisions; send nothing, mark nothing, write nothing.")
@click.pass_obj
def command(config: Path | None, log_level: str, log_json: bool | None, dry_run: bool) -> int:
    """Run the daemon: read, answer, watch the clocks. Ends within 10 s of SIGTERM; SIGHUP reloads the configuration.

    With --dry-run it reads the same mailboxes, without marking anything, and works on a copy of the database: the log
    says of each mail whose it is and what would become of it, and of each letter to whom it would go. It may run beside
    the daemon. Ctrl-C ends it.

    \b
    Example: mailsla run --dry-run
    """
    as_json = not sys.stderr.isatty() if log_json is None else log_json
    level = min(LEVELS[log_level], logging.INFO) if dry_run else LEVELS[log_level]  # its log is all that it makes
    always = {"dry_run": True} if dry_run else {}
    bootstrap.configure_logs(json=as_json, level=level, always=always, revealing=dry_run)
    path = find(config).absolute()
    settings = load(path)
    if problems := run_out(settings, bootstrap.system_clock()):
        raise ConfigError(tuple(problems))
    missing = bootstrap.unreadable_secrets(settings)
    if missing and bootstrap.idle_without(settings, missing, sends=not dry_run):
        raise ConfigError(tuple(missing))
    for problem in missing:  # the other accounts work all the same
        log.error("secret not readable", key=problem.where, cause=problem.what, mend=problem.mend)
    if dry_run:
        return _rehearse(settings)
    with bootstrap.only_one(settings):
        services = bootstrap.services(settings)
        sources = [(box, bootstrap.source_of(box)) for box in settings.mailboxes if box.kind != "pipe"]
        logins = list(bootstrap.logins_of(settings).values())
        transport = bootstrap.transport_of(settings.sending)
        bootstrap.keep_loaded()
        learn, make_reports = partial(start_learning, path), partial(start_reports, path)
        reload = partial(bootstrap.reloaded, path)
        return Daemon(services, sources, transport, logins, reload, learn, make_reports).run()


def _rehearse(settings: Settings) -> int:
    """The same daemon on a copy of the database; `mark = "none"` opens the servers' folders for reading only."""
    from mailsla.adapters.db.copying import copy_database
    from mailsla.adapters.dry_run import DryTransport, TellingReader

    log.info(DRY_RUN)
    with TemporaryDirectory(prefix="mailsla-dry-run-") as folder:
        database = copy_database(settings.database, Path(folder) / "copy.db")
        unmarked = tuple(
            replace(box, mark="none", state="none", waiting_folder="", resolved_folder="") for box in settings.mailboxes
        )
        services = bootstrap.services(
            replace(settings, database=database, mailboxes=unmarked, metrics=MetricsSettings())
        )
        reader, transport = TellingReader(services.reader), DryTransport()
        sources = [(box, bootstrap.source_of(box)) for box in unmarked if box.kind != "pipe"]
        code = Daemon(replace(services, reader=reader), sources, transport).run()
    log.info("dry run over", mails=reader.mails, letters=transport.letters)
    return code

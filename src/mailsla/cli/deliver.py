"""`mailsla deliver`: one mail from standard input, for an MTA's pipe (exit 75 = try again)."""

import sys
from pathlib import Path

import click

from mailsla import bootstrap
from mailsla.cli.output import TEMPORARY, message_of
from mailsla.config.load import find, load
from mailsla.errors import MailslaError, PermanentError, TemporaryError
from mailsla.flows.deliver import deliver, mailbox_for_pipe


@click.command()
@click.option("--mailbox", metavar="NAME", help="Which mailbox it belongs to; needed where there are several.")
@click.pass_obj
def command(config: Path | None, mailbox: str | None) -> int:
    """Take one mail from standard input.

    On exit 0 the mail is safe in the database and the daemon deals with it. Whatever goes wrong is exit 75, so that
    the MTA keeps the mail and tries again.
    """
    try:
        settings = load(find(config))
        services = bootstrap.services(settings)
        chosen = mailbox_for_pipe(services, mailbox)
        most = settings.limits.largest_mail_bytes
        raw = sys.stdin.buffer.read(most + 1) if sys.stdin is not None else b""  # None: an MTA that closed it
        if not raw:
            raise TemporaryError("there was no mail on standard input", "pipe the whole mail into `mailsla deliver`")
        if len(raw) > most:
            raise PermanentError(f"the mail is over {most} bytes", "raise limits.largest_mail_bytes")
        deliver(services, chosen, raw)
    except PermanentError:
        raise
    except MailslaError as error:
        click.echo(message_of(error), err=True)
        return TEMPORARY
    return 0

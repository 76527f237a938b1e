"""`mailsla mailbox`: compares mailboxes with what is held of them, brings back what is not, and imports archives."""

import sys
from pathlib import Path

import click

from mailsla.cli.mailbox_reconcile import reconcile
from mailsla.cli.opened import opened
from mailsla.cli.output import DONE, FAILED, clean, exit_code_of, json_option, message_of, print_json
from mailsla.errors import ConfigError, MailslaError, Problem


@click.group(name="mailbox")
def command() -> None:
    """Compare a mailbox with what is held of it; bring back what is not; import an archive."""


command.add_command(reconcile)


@command.command()
@click.argument("name", required=False)
@json_option
@click.pass_obj
def check(config: Path | None, name: str | None, as_json: bool) -> int:
    """Compare what the server has with what is held here; changes nothing, neither here nor there.

    NAME is a mailbox, else all are compared. Exit code 0: nothing is missing; 1: something is; 75: a server can't be
    reached now.

    \b
    Example: mailsla mailbox check
             mailsla mailbox check support --json
    """
    from mailsla.cli import mailbox_text
    from mailsla.cli.desk import Desk

    with opened(config) as services:
        watched = {box.name: box for box in services.settings.mailboxes if box.kind != "pipe"}
        sent = {name: box.sent for name, box in watched.items() if box.sent is not None}
        if name is not None and name not in watched:
            there = ", ".join(sorted(watched)) or "none"
            raise ConfigError((Problem(name, "no mailbox on a server has this name", f"those that have: {there}"),))
        rows, code = [], DONE
        chosen = [name] if name else list(watched)
        for box in [folders[each] for each in chosen for folders in (watched, sent) if each in folders]:
            try:
                compared = mailbox_text.compared(services, box)
            except MailslaError as error:
                click.echo(message_of(error), err=True)
                rows.append(mailbox_text.failed_row(box, error))
                code = max(code, exit_code_of(error))
                continue
            rows.append(mailbox_text.row(box, compared))
            code = max(code, FAILED if compared.missing else DONE)
            if not as_json:
                click.echo("\n".join(mailbox_text.lines(box, compared, Desk(services, box.name))))
    if as_json:
        print_json(rows)
    elif not watched:
        click.echo("There is no mailbox on a server: all mail comes by a pipe.")
    return code


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mailbox", metavar="NAME", help="Which mailbox it belongs to; needed where there are several.")
@click.pass_obj
def import_(config: Path | None, file: Path, mailbox: str | None) -> int:
    """Take in the mails of an archive; the daemon processes them.

    FILE is an mbox, a Maildir, or one mail. Nobody gets an acknowledgement. Deadlines run from the receipt that the
    archive states. What is here already opens nothing: an import that was cut off is taken up by doing it again. A mail
    that can't be taken is said, and the others are imported; the exit code is then 1.

    \b
    Example: mailsla mailbox import archive.mbox
             mailsla mailbox import --mailbox support backup/Maildir
    """
    from mailsla.adapters.archive import Archive
    from mailsla.adapters.batches import batches
    from mailsla.flows import importing
    from mailsla.flows.deliver import mailbox_for_pipe

    taken = new = refused = 0
    with opened(config) as services:
        box = mailbox_for_pipe(services, mailbox)
        archive = Archive(file, services.settings.limits.largest_mail_bytes)
        sized = ((mail, len(mail.arrival.raw) if mail.arrival else 0) for mail in archive)
        with click.progressbar(length=archive.length, label=clean(str(file)), file=sys.stderr) as bar:
            for batch in batches(sized):
                arrivals = [mail.arrival for mail in batch if mail.arrival is not None]
                new += importing.take_in(services, box, arrivals)
                taken += len(arrivals)
                refused += len(batch) - len(arrivals)
                for mail in batch:
                    if mail.arrival is None:
                        click.echo(f"mailsla: {clean(mail.name)}: {mail.cause}: not imported", err=True)
                bar.update(sum(mail.step for mail in batch))
    click.echo(f"{new} imported into {box.name}, {taken - new} were imported before, {refused} not imported.")
    if new:
        click.echo("The daemon processes them; a mail that it knows already opens nothing.")
    return FAILED if refused else DONE

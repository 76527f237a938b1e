"""`mailsla mailbox reconcile`: after a restore, brings back what the servers still have."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import DONE, clean, exit_code_of, json_option, message_of, print_json
from mailsla.config.settings import MailboxSettings
from mailsla.errors import ConfigError, MailslaError, PermanentError, Problem
from mailsla.flows.reconciling import Found
from mailsla.flows.services import Services


@click.command()
@click.argument("name", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be brought back, and change nothing.")
@click.option(
    "--all", "all_of_it", is_flag=True, help="Read the done folder whole, not only what is newer than the backup."
)
@json_option
@click.pass_obj
def reconcile(config: Path | None, name: str | None, dry_run: bool, all_of_it: bool, as_json: bool) -> int:
    """After `mailsla db restore`: bring back every mail that the servers have and the restored database does not.

    NAME is a mailbox, else all are reconciled. It looks where mails come in, where mailsla moves them, and into the
    watched Sent folder. Tickets and their clocks come back, by the time of receipt; agents are told. Nobody outside
    gets an acknowledgement or any answer a second time: agents' answers of then are noted as sent. What was cut off is
    taken up by doing it again. Exit code 0: all was brought back; 75: a server can't be reached now.

    \b
    Example: mailsla mailbox reconcile --dry-run
             mailsla mailbox reconcile
    """
    from mailsla.flows import reconciling, restoring

    rows: list[dict[str, object]] = []
    code, new = DONE, 0
    with opened(config) as services:
        if not dry_run:
            restoring.settle(services)
        boxes = _chosen(services, name)
        for box in boxes:
            try:
                found = _all_folders(services, box, keep=not dry_run, all_of_it=all_of_it, quiet=as_json)
                if not dry_run:
                    reconciling.note_done(services, box)
            except MailslaError as error:
                click.echo(message_of(error), err=True)
                rows.append({"mailbox": box.name, "problem": error.message})
                code = max(code, exit_code_of(error))
                continue
            new += sum(one.new for one in found)
            rows += [_row(box, one) for one in found]
    if as_json:
        print_json(rows)
    else:
        click.echo(_summary(new, dry_run=dry_run, failed=code != DONE, none=not boxes))
    return code


def _chosen(services: Services, name: str | None) -> list[MailboxSettings]:
    read = {box.name: box for box in services.settings.mailboxes if box.kind != "pipe"}
    if name is not None and name not in read:
        there = ", ".join(sorted(read)) or "none"
        raise ConfigError((Problem(name, "no mailbox on a server has this name", f"those that have: {there}"),))
    return [read[name]] if name else list(read.values())


def _all_folders(
    services: Services, box: MailboxSettings, *, keep: bool, all_of_it: bool, quiet: bool
) -> Sequence[Found]:
    from mailsla import bootstrap
    from mailsla.flows import reconciling

    found: list[Found] = []
    for folder in reconciling.folders_of(box):
        try:
            with closing(bootstrap.source_of(folder)) as source:
                one = reconciling.reconcile(services, box, folder, source, keep=keep, all_of_it=all_of_it)
        except PermanentError:
            if folder.folder not in reconciling.moved_to(box):
                raise
            continue  # it is made when the first mail is moved; whatever else is wrong the mailbox itself says
        found.append(one)
        if not quiet:
            click.echo(_line(box, one, keep=keep))
    return found


def _line(box: MailboxSettings, found: Found, *, keep: bool) -> str:
    what = "brought back" if keep else "would be brought back"
    looked = f", looked at the newest {found.looked}" if found.looked < found.server else ""
    return f"{clean(box.name)}, {clean(found.folder)}: server {found.server}{looked}, {what} {found.new}"


def _row(box: MailboxSettings, found: Found) -> dict[str, object]:
    return {
        "mailbox": box.name,
        "folder": found.folder,
        "server": found.server,
        "looked_at": found.looked,
        "brought_back": found.new,
        "problem": None,
    }


def _summary(new: int, *, dry_run: bool, failed: bool, none: bool) -> str:
    if none:
        return "There is no mailbox on a server: what an MTA piped in can't be brought back."
    if dry_run:
        return f"{new} would be brought back. Nothing was changed."
    more = "\nNot all: mend what is said above, and do it again." if failed else ""
    if not new:
        return f"Nothing was missing.{more}"
    after = "The daemon processes them; then `mailsla queue list` has what a person must look at."
    return f"{new} brought back. {after}{more}"

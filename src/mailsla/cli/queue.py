"""`mailsla queue`: looks into what is held, quarantined or not sent, and acts on it."""

import re
import sys
from pathlib import Path

import click

from mailsla.cli.opened import opened, user
from mailsla.cli.output import json_option, print_rows
from mailsla.errors import PermanentError

Numbered = tuple[str, int]  # ("M" | "L" | "N", number)


def numbered(value: str) -> Numbered:
    """M7: a mail; L12: a letter; N3: one that is not made yet. Case does not matter; all else is a usage error."""
    match = re.fullmatch(r"([mln])([0-9]{1,18})", value, re.IGNORECASE)
    if match is None:
        raise click.BadParameter(f'"{value}" is neither a mail (M7) nor a letter (L12, N3)')
    return match[1].upper(), int(match[2])


number = click.argument("number", metavar="NUMBER", type=numbered)


@click.group(name="queue")
def command() -> None:
    """Look into what is held, quarantined or not sent, and act on it.

    NUMBER is M7 for a mail, L12 for a letter, N3 for one that could not be made yet.
    """


@command.command("list")
@click.option("--all", "with_dropped", is_flag=True, help="Also what persons dropped.")
@json_option
@click.pass_obj
def list_(config: Path | None, with_dropped: bool, as_json: bool) -> None:
    """List what waits, each with the command that helps it on.

    \b
    Example: mailsla queue list
             mailsla queue list --all
    """
    from mailsla.cli import queue_text
    from mailsla.cli.desk import Desk
    from mailsla.flows import queues

    with opened(config) as services:
        desk = Desk(services)
        rows: list[queue_text.Row] = []
        for found in (queues.waiting(services), *([queues.dropped(services)] if with_dropped else [])):
            rows += [(queue_text.mail_row(one, desk), one.intake.accepted_at) for one in found.mails]
            rows += [(queue_text.notice_row(one, desk), one.notice.created_at) for one in found.notices]
            rows += [(queue_text.letter_row(one, desk), one.letter.created_at) for one in found.letters]
        shown = [row if as_json else queue_text.for_people(row, since, desk) for row, since in rows]
        print_rows(
            queue_text.COLUMNS,
            shown,
            as_json,
            "Nothing is here: no mail is held or quarantined, no letter is on its way, failed or could not be made.",
        )


@command.command()
@number
@click.option("--raw", is_flag=True, help="Write its bytes as they are, and nothing else.")
@click.pass_obj
def show(config: Path | None, number: Numbered, raw: bool) -> None:
    """Show a mail or a letter, and why it waits.

    What would steer a terminal is taken out; --raw has every byte.

    \b
    Example: mailsla queue show M7
             mailsla queue show L12 --raw > letter.eml
    """
    from mailsla.cli import queue_text
    from mailsla.cli.desk import Desk
    from mailsla.flows import queues

    kind, key = number
    with opened(config) as services:
        desk = Desk(services)
        if kind == "M":
            mail = queues.mail(services, key)
            content, lines = mail.raw, queue_text.mail_lines(mail, desk, services)
        elif kind == "L":
            letter = queues.letter(services, key)
            content, lines = letter.letter.content, queue_text.letter_lines(letter, desk, services.reader)
        else:
            content, lines = b"", queue_text.notice_lines(queues.notice(services, key), desk)
        if raw:
            sys.stdout.buffer.write(content)
        else:
            click.echo("\n".join(lines))


@command.command()
@number
@click.pass_obj
def release(config: Path | None, number: Numbered) -> None:
    """Let a held mail or letter go.

    A mail is then processed as if its sender were proven; `queue show` says beforehand what it will do.

    \b
    Example: mailsla queue release M7
    """
    from mailsla.cli import queue_text, words
    from mailsla.flows import queues

    kind, key = number
    with opened(config) as services:
        if kind == "M":
            does = queue_text.once_released(services, key)
            queues.release_mail(services, key, user())
            click.echo("\n".join(words.prose(f"M{key} is released. When the daemon processes it, it {does}.")))
        elif kind == "N":
            raise PermanentError(f"N{key} is not held: it could not be made yet", f"mailsla queue retry N{key}")
        else:
            queues.send_again(services, key)
            click.echo(f"L{key} is released: the daemon sends it.")


@command.command()
@number
@click.pass_obj
def retry(config: Path | None, number: Numbered) -> None:
    """Try a quarantined mail, a failed letter, or one that could not be made, again.

    It also brings back a mail or letter that was dropped.

    \b
    Example: mailsla queue retry L12
    """
    from mailsla.flows import queues

    kind, key = number
    with opened(config) as services:
        if kind == "M":
            queues.retry_mail(services, key)
            click.echo(f"M{key} is read once more by the daemon.")
        elif kind == "N":
            queues.make_again(services, key)
            click.echo(f"N{key} is made by the daemon now, if it can be.")
        else:
            queues.send_again(services, key)
            click.echo(f"L{key} is sent once more by the daemon.")


@command.command()
@number
@click.option("--reason", "why", required=True, metavar="TEXT", help="Why: it is kept, and shown to who asks later.")
@click.pass_obj
def drop(config: Path | None, number: Numbered, why: str) -> None:
    """Set a mail or letter aside for good: nobody needs to look at it again.

    Nothing of it is deleted: `queue show` has it, with who dropped it, when and why; `queue retry` brings it back.

    \b
    Example: mailsla queue drop M7 --reason "an advertisement"
    """
    from mailsla.flows import dropping

    reason = " ".join(why.split())
    if not reason:
        raise click.BadParameter("say why in a few words", param_hint="--reason")
    kind, key = number
    act = {"M": dropping.drop_mail, "L": dropping.drop_letter, "N": dropping.drop_notice}[kind]
    with opened(config) as services:
        reference = act(services, key, dropping.By(user(), reason))
    click.echo(f"{kind}{key} is dropped. It is kept: mailsla queue show {kind}{key}")
    if reference and kind == "M":
        click.echo(f"Its case stays as it is: mailsla ticket show {reference}")

"""The verbs of `mailsla ticket` about whose turn it is: who has a complaint, who hears of it, who takes part."""

from pathlib import Path

import click

from mailsla.cli.ticket_actions import act, reference
from mailsla.core.commands.grammar import Command


@click.command()
@reference
@click.pass_obj
def take(config: Path | None, reference: str) -> int:
    """Take a ticket yourself.

    Your name on this machine has to be the name of an agent; for others there is `mailsla ticket assign`.

    \b
    Example: mailsla ticket take ACME-1042
    """
    return act(config, reference, Command("take"))


@click.command()
@reference
@click.argument("team")
@click.option("-m", "--text", metavar="TEXT", default="", help="A note that goes along; the customer never sees it.")
@click.pass_obj
def handover(config: Path | None, reference: str, team: str, text: str) -> int:
    """Hand a ticket over to another team.

    TEAM is its name or display name. Its rule of assignment says who gets it; they are told, and so is who had it. The
    internal clock of the new team starts and that of the old one stops; the customer's clocks run on.

    \b
    Example: mailsla ticket handover ACME-1042 depot -m "She has a picture of the label."
    """
    return act(config, reference, Command("handover", team), text)


@click.command()
@reference
@click.pass_obj
def close(config: Path | None, reference: str) -> int:
    """Close a ticket for good; nobody is written to.

    It has to be resolved, or its customer answered. What they write afterwards opens a new ticket. To tell them that
    it is settled, use `mailsla ticket resolve`.

    \b
    Example: mailsla ticket close ACME-1042
    """
    return act(config, reference, Command("close"))


@click.command()
@reference
@click.argument("until", nargs=-1, required=True, metavar="LENGTH | DAY [HH:MM] | off")
@click.pass_obj
def snooze(config: Path | None, reference: str, until: tuple[str, ...]) -> int:
    """Send no reminders of a ticket until then.

    A day alone means 9:00 in the mailbox's zone. Its agents get it by mail at that time, or at once when the customer
    writes. The clocks run on, and escalations go out as ever.

    \b
    Example: mailsla ticket snooze ACME-1042 3d
             mailsla ticket snooze ACME-1042 fri 14:00
             mailsla ticket snooze ACME-1042 off
    """
    return act(config, reference, Command("snooze", " ".join(until)))


@click.command()
@reference
@click.pass_obj
def ack(config: Path | None, reference: str) -> int:
    """Say that somebody takes care of what was escalated.

    Nobody else is told of what is late now. A due time that moves and is missed again escalates anew.

    \b
    Example: mailsla ticket ack ACME-1042
    """
    return act(config, reference, Command("ack"))


@click.command()
@reference
@click.argument("address")
@click.pass_obj
def admit(config: Path | None, reference: str, address: str) -> int:
    """Let somebody beside the customer take part.

    They may write, and get a copy of each answer from now on, in a mail of their own; `mailsla ticket dismiss` ends it.

    \b
    Example: mailsla ticket admit ACME-1042 rio@mail.example
    """
    return act(config, reference, Command("admit", address))


@click.command()
@reference
@click.argument("address")
@click.pass_obj
def dismiss(config: Path | None, reference: str, address: str) -> int:
    """Let somebody take part no more.

    They get nothing, and what they write is for the agents' eyes only.

    \b
    Example: mailsla ticket dismiss ACME-1042 rio@mail.example
    """
    return act(config, reference, Command("dismiss", address))


TURNS = (take, handover, close, snooze, ack, admit, dismiss)

"""The verbs of `mailsla ticket` that act on one: the same plan that an agent's mail goes through."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from mailsla.cli.opened import opened, user
from mailsla.cli.output import clean
from mailsla.core.commands.grammar import Command
from mailsla.core.commands.plan import Plan
from mailsla.core.model import PRIORITIES, Reason, Scalar, Ticket
from mailsla.flows.services import Services

Decorated = TypeVar("Decorated", bound=Callable[..., object])
COMMANDS_IN_REASONS = ("usage", "command", "other")  # values of a Reason that are a command of a mail
SCISSORS = "---- 8< ---- your text goes above; from this line on nothing is kept ----"

reference = click.argument("reference", metavar="TICKET")


def text_option(what: str) -> Callable[[Decorated], Decorated]:
    """-m TEXT; without it the text is read from standard input, or written in $EDITOR on a terminal."""
    told = f"{what}; else standard input, or $EDITOR on a terminal."
    return click.option("-m", "--text", metavar="TEXT", help=told)


@click.command()
@reference
@click.argument("agent")
@click.pass_obj
def assign(config: Path | None, reference: str, agent: str) -> int:
    """Give a ticket to an agent.

    AGENT is a name of the configuration, a display name or an address.

    \b
    Example: mailsla ticket assign ACME-1042 sam
    """
    return act(config, reference, Command("assign", agent))


@click.command()
@reference
@click.argument("whom", metavar="[customer|vendor NAME [LENGTH]]", nargs=-1)
@click.pass_obj
def wait(config: Path | None, reference: str, whom: tuple[str, ...]) -> int:
    """Wait for the customer, or for a supplier.

    The clocks that may pause stand still until the customer writes. A supplier's own clock runs until they answer, for
    as long as was agreed with them or for LENGTH.

    \b
    Example: mailsla ticket wait ACME-1042
             mailsla ticket wait ACME-1042 customer
             mailsla ticket wait ACME-1042 vendor carrier 2 business days
    """
    return act(config, reference, Command("wait", " ".join(whom).lower() or "customer"))


@click.command()
@reference
@click.pass_obj
def resolve(config: Path | None, reference: str) -> int:
    """Resolve a ticket; the customer gets the closing letter.

    \b
    Example: mailsla ticket resolve ACME-1042
    """
    return act(config, reference, Command("resolve"))


@click.command()
@reference
@click.pass_obj
def reopen(config: Path | None, reference: str) -> int:
    """Take up a resolved or waiting ticket again.

    \b
    Example: mailsla ticket reopen ACME-1042
    """
    return act(config, reference, Command("reopen"))


@click.command()
@reference
@click.argument("into", metavar="OTHER")
@click.pass_obj
def merge(config: Path | None, reference: str, into: str) -> int:
    """Let a ticket go into another one of the same customer.

    OTHER goes on, by whichever of both is due earlier; mails to either come there.

    \b
    Example: mailsla ticket merge ACME-1043 ACME-1042
    """
    return act(config, reference, Command("merge", into))


@click.command()
@reference
@click.option("--message", metavar="N", type=click.IntRange(1), help="The customer's Nth mail; else their newest.")
@click.pass_obj
def split(config: Path | None, reference: str, message: int | None) -> int:
    """Make a mail of the customer a ticket of its own.

    Its clocks run from when the mail was received. The customer is told the new reference.

    \b
    Example: mailsla ticket split ACME-1042
             mailsla ticket split ACME-1042 --message 2
    """
    return act(config, reference, Command("split", str(message or "")))


@click.command()
@reference
@click.pass_obj
def spam(config: Path | None, reference: str) -> int:
    """Take a ticket for no complaint: its clocks end, and nobody is written to.

    \b
    Example: mailsla ticket spam ACME-1042
    """
    return act(config, reference, Command("spam"))


@click.command()
@reference
@click.argument("category")
@click.pass_obj
def category(config: Path | None, reference: str, category: str) -> int:
    """Give a ticket another category.

    CATEGORY is its name or label. Another policy may follow from it.

    \b
    Example: mailsla ticket category ACME-1042 billing
    """
    return act(config, reference, Command("category", category))


@click.command()
@reference
@click.argument("priority", metavar="|".join(PRIORITIES))
@click.pass_obj
def priority(config: Path | None, reference: str, priority: str) -> int:
    """Give a ticket another priority.

    Another policy may follow from it.

    \b
    Example: mailsla ticket priority ACME-1042 urgent
    """
    return act(config, reference, Command("priority", priority.lower()))


@click.command()
@reference
@click.argument("address")
@click.pass_obj
def customer(config: Path | None, reference: str, address: str) -> int:
    """Give a ticket another requester.

    The new one gets the answers, the old one nothing more. Language, zone and policies follow.

    \b
    Example: mailsla ticket customer ACME-1042 ana@mail.example
             mailsla ticket customer ACME-1042 "Ana Vogel <ana@mail.example>"
    """
    return act(config, reference, Command("customer", address))


@click.command()
@reference
@text_option("The note")
@click.pass_obj
def note(config: Path | None, reference: str, text: str | None) -> int:
    """Write a note on a ticket, which the customer never sees.

    \b
    Example: mailsla ticket note ACME-1042 -m "Depot called back: lost in transit."
    """
    from mailsla.flows import looking

    with opened(config) as services:
        looking.found(services, reference)  # an unknown ticket is said before anyone writes
        return _carry_out(services, reference, Command("note", text_of(text, "")))


@click.command()
@reference
@click.argument("when", nargs=-1, required=True, metavar="DAY HH:MM [REASON] | hold")
@click.pass_obj
def promise(config: Path | None, reference: str, when: tuple[str, ...]) -> int:
    """Give the customer a time; they are told at once.

    The time is one of the mailbox's zone. `hold`: no delay notice goes out by itself. No clock changes.

    \b
    Example: mailsla ticket promise ACME-1042 fri 12:00 "The depot looks for it."
             mailsla ticket promise ACME-1042 2026-11-27 12:00
             mailsla ticket promise ACME-1042 hold
    """
    return act(config, reference, Command("promise", " ".join(when)))


@click.command()
@reference
@click.argument("what", nargs=-1, metavar="[TICKETS | no | out [TICKETS]]")
@click.pass_obj
def incident(config: Path | None, reference: str, what: tuple[str, ...]) -> int:
    """Group complaints about one thing.

    REFERENCE alone: what was proposed with it is one incident. With others they are one, or join it. `out` takes it, or
    the others, out again; `no` says that what was proposed is no incident. `mailsla incident` lists and shows them.

    \b
    Example: mailsla ticket incident ACME-1042
             mailsla ticket incident ACME-1042 1043 1047
             mailsla ticket incident ACME-1042 out
    """
    return act(config, reference, Command("incident", " ".join(what)))


ACTIONS = (assign, wait, promise, resolve, reopen, category, priority, customer, note, merge, split, incident, spam)


def act(config: Path | None, reference: str, verb: Command, note: str = "") -> int:
    """Carry out one command on a ticket and say what it did; the exit code. `note`: what goes along inside."""
    with opened(config) as services:
        return _carry_out(services, reference, verb, note)


def _carry_out(services: Services, reference: str, verb: Command, note: str = "") -> int:
    from mailsla.flows import actions, looking

    ticket = looking.found(services, reference)
    return report(services, ticket, actions.command(services, reference, verb, user(), note))


def report(services: Services, ticket: Ticket, planned: Plan) -> int:
    """What was done, or on standard error why nothing was, with the command that was probably meant."""
    boxes, reference = services.settings.mailboxes, ticket.reference
    zone = next((box for box in boxes if box.name == ticket.mailbox), boxes[0]).zone
    for line in planned.lines:
        said, meant = _at_the_prompt(line.result, reference), _spoken(line.meant, reference)
        told = clean(services.letters.word(said, "en", zone))
        click.echo(f"{reference}: {told}", err=not planned.ok)
        if meant and meant not in said.values.values():
            click.echo(f"  did you mean: {clean(meant)}", err=True)
    return 0 if planned.ok else 1


def _at_the_prompt(reason: Reason, reference: str) -> Reason:
    """The reason with its commands as they are given here: the plan knows those of mails."""
    commands = {key: _spoken(value, reference) for key, value in reason.values.items() if key in COMMANDS_IN_REASONS}
    return Reason(reason.code, {**reason.values, **commands})


def _spoken(command: Scalar, reference: str) -> str:
    """ "#priority high" -> "mailsla ticket priority ACME-1042 high"; "" stays ""."""
    if not command:
        return ""
    verb, _, argument = str(command).removeprefix("#").partition(" ")
    if verb == "note":
        argument = "-m TEXT"
    return f"mailsla ticket {verb} {reference} {argument if (verb, argument) != ('wait', 'customer') else ''}".rstrip()


def text_of(option: str | None, below: str) -> str:
    """The text of -m, of standard input, or of $EDITOR, where `below` stands under the text to be answered."""
    if option is None and sys.stdin is None:  # closed by whoever started this process
        text = ""
    elif option is None and sys.stdin.isatty():
        quoted = "\n".join(f"> {line}" for line in clean(below).splitlines())
        written = click.edit(f"\n\n{SCISSORS}\n{quoted}\n", extension=".txt", require_save=True) or ""
        text = written.partition(SCISSORS)[0]
    else:
        text = sys.stdin.buffer.read().decode(errors="replace") if option is None else option
    if not text.strip():
        raise click.UsageError("There is no text: give it by -m, or on standard input.")
    return text.strip("\n")

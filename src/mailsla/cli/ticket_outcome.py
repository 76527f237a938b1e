"""What came of a complaint, at the prompt: `mailsla ticket upheld`, `cause`, `remedy`."""

from pathlib import Path

import click

from mailsla.cli.ticket_actions import act, reference
from mailsla.core.commands.grammar import Command
from mailsla.core.outcome import REMEDIES, UPHELD


@click.command()
@reference
@click.argument("verdict", metavar="|".join(UPHELD))
@click.pass_obj
def upheld(config: Path | None, reference: str, verdict: str) -> int:
    """Say whether the complaint was right.

    The closing letter tells the customer.

    \b
    Example: mailsla ticket upheld ACME-1042 partly
    """
    return act(config, reference, Command("upheld", verdict.lower()))


@click.command()
@reference
@click.argument("cause", nargs=-1, required=True)
@click.pass_obj
def cause(config: Path | None, reference: str, cause: tuple[str, ...]) -> int:
    """Say why a complaint came about, for the register.

    CAUSE is one of register.causes; where none are configured, any short name. The customer does not read it.

    \b
    Example: mailsla ticket cause ACME-1042 late-delivery
    """
    return act(config, reference, Command("cause", " ".join(cause)))


@click.command(epilog=f"KIND is one of {', '.join(REMEDIES)}; none takes it back.")
@reference
@click.argument("kind", nargs=-1, required=True, metavar="KIND [AMOUNT CURRENCY] [by DATE]")
@click.pass_obj
def remedy(config: Path | None, reference: str, kind: tuple[str, ...]) -> int:
    """Say what the customer gets.

    The closing letter tells them. After `other` stand words of your own.

    \b
    Example: mailsla ticket remedy ACME-1042 refund 64.90 EUR by 30 Nov
             mailsla ticket remedy ACME-1042 replacement
             mailsla ticket remedy ACME-1042 other a new cable, free of charge
    """
    return act(config, reference, Command("remedy", " ".join(kind)))


OUTCOME = (upheld, cause, remedy)

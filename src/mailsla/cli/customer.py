"""`mailsla customer`: shows and changes what is kept of a customer."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.opened import opened, user
from mailsla.cli.output import clean, iso, json_option, print_json
from mailsla.config.formats import wrong_language, wrong_zone

if TYPE_CHECKING:
    from mailsla.flows.customers import Known

address = click.argument("address")


@click.group(name="customer")
def command() -> None:
    """Show and change what is kept of a customer: language, time zone and name in letters."""


@command.command()
@address
@json_option
@click.pass_obj
def show(config: Path | None, address: str, as_json: bool) -> None:
    """Show a customer and their complaints.

    \b
    Example: mailsla customer show ana@mail.example
    """
    from mailsla.flows import customers

    with opened(config) as services:
        _tell(customers.show(services, address), as_json)


@command.command("set")
@address
@click.option("--language", metavar="TAG", help='Of letters, such as de; "" = as they write.')
@click.option("--zone", metavar="ZONE", help='Of times in letters, such as Europe/Vienna; "" = their organisation\'s.')
@click.option("--name", metavar="NAME", help="As letters greet them.")
@json_option
@click.pass_obj
def set_(
    config: Path | None, address: str, language: str | None, zone: str | None, name: str | None, as_json: bool
) -> None:
    """Set language, time zone or name; open complaints follow.

    \b
    Example: mailsla customer set ana@mail.example --language de --zone Europe/Vienna
    """
    from mailsla.core.mail.addresses import strict_mailbox
    from mailsla.flows import customers

    if language is None and zone is None and name is None:
        raise click.UsageError("There is nothing to set: give --language, --zone or --name.")
    if strict_mailbox(address) is None:
        raise click.BadParameter(f'"{clean(address)}" is not one mail address', param_hint="ADDRESS")
    with opened(config) as services:
        for option, wrong in (
            ("--language", wrong_language(language, services.languages) if language else None),
            ("--zone", wrong_zone(zone) if zone else None),
        ):
            if wrong is not None:
                raise click.BadParameter(f"{wrong[0]}; {wrong[1]}", param_hint=option)
        _tell(customers.change(services, address, user(), language=language, zone=zone, name=name), as_json)


def _tell(known: "Known", as_json: bool) -> None:
    from mailsla.cli.words import facts

    customer = known.customer
    if as_json:
        print_json(
            {
                "email": customer.email,
                "name": customer.name,
                "language": customer.language,
                "zone": customer.zone,
                "first_seen": iso(customer.first_seen_at),
                "tickets": [ticket.reference for ticket in known.tickets],
            }
        )
        return
    click.echo(clean(customer.email))
    rows = [
        ("name", customer.name or "not known"),
        ("language", customer.language or "not set: as they write, else the mailbox's"),
        ("zone", customer.zone or "not set: their organisation's, else the mailbox's"),
        ("complaints", ", ".join(f"{one.reference} ({one.status.value})" for one in known.tickets) or "none"),
    ]
    click.echo("\n".join(facts(rows)))

"""`mailsla ticket`: lists, shows and opens complaints; what acts on one is in the ticket_*.py beside it."""

from pathlib import Path

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import clean, json_option, print_json
from mailsla.cli.ticket_actions import ACTIONS, reference, text_of, text_option
from mailsla.cli.ticket_outcome import OUTCOME
from mailsla.cli.ticket_replies import REPLIES
from mailsla.cli.ticket_turns import TURNS
from mailsla.core.commands.grammar import closest
from mailsla.core.model import Status
from mailsla.errors import PermanentError
from mailsla.flows.services import Services

LONGEST_SUBJECT = 200


@click.group(name="ticket")
def command() -> None:
    """List, show and act on complaints. TICKET is a reference such as ACME-1042, or its number."""


for _action in (*ACTIONS, *REPLIES, *OUTCOME, *TURNS):
    command.add_command(_action)


@command.command("list")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice([one.value for one in Status]), help="Only these; repeat."
)
@click.option("--all", "everything", is_flag=True, help="Also what is resolved, closed, merged or void.")
@click.option("--mine", "assignee", metavar="AGENT", help="Only what this agent has.")
@json_option
@click.pass_obj
def list_(
    config: Path | None, statuses: tuple[str, ...], everything: bool, assignee: str | None, as_json: bool
) -> None:
    """List what is not yet resolved: what is late or due first on top.

    \b
    Example: mailsla ticket list --mine sam
             mailsla ticket list --status resolved --json
    """
    from mailsla.cli.desk import Desk
    from mailsla.cli.ticket_text import list_lines, row_of
    from mailsla.flows import looking

    with opened(config) as services:
        if assignee is not None:
            _known_agent(services, assignee)
        wanted = () if everything else statuses or [status.value for status in looking.LIVE]
        rows = looking.listed(services, wanted, assignee)
        if as_json:
            print_json([row_of(row) for row in rows])
        elif not rows:
            click.echo("No complaints." if everything else "No complaints here; `mailsla ticket list --all` has all.")
        else:
            click.echo(list_lines(rows, Desk(services)))
    if len(rows) == looking.MOST:
        click.echo(f"These are the newest {looking.MOST}; narrow the list by --status or --mine.", err=True)


@command.command()
@reference
@json_option
@click.pass_obj
def show(config: Path | None, reference: str, as_json: bool) -> None:
    """Show a ticket whole: clocks, conversation, timeline, letters.

    \b
    Example: mailsla ticket show ACME-1042
    """
    from mailsla.cli.desk import Desk
    from mailsla.cli.ticket_text import shown_json, ticket_lines
    from mailsla.flows import looking

    with opened(config) as services:
        shown = looking.show(services, reference)
        if as_json:
            print_json(shown_json(shown))
        else:
            click.echo("\n".join(ticket_lines(shown, Desk(services, shown.ticket.mailbox, shown.at))))


@command.command()
@reference
@json_option
@click.pass_obj
def why(config: Path | None, reference: str, as_json: bool) -> None:
    """Explain category, priority and due times line by line.

    \b
    Example: mailsla ticket why ACME-1042
    """
    from mailsla.cli.desk import Desk
    from mailsla.cli.why_text import why_json, why_lines
    from mailsla.flows import looking

    with opened(config) as services:
        told = looking.explained(services, reference)
        if as_json:
            print_json(why_json(told))
            return
        click.echo("\n".join(why_lines(told, Desk(services, told.ticket.mailbox, told.at))))


@command.command("open")
@click.option("--from", "sender", required=True, metavar="ADDRESS", help='"Ana Vogel <ana@mail.example>"')
@click.option("--subject", required=True, help="What it is about, in a few words.")
@click.option("--mailbox", metavar="NAME", help="Whose complaint it is; needed where there are several.")
@text_option("The complaint")
@click.pass_obj
def open_(config: Path | None, sender: str, subject: str, mailbox: str | None, text: str | None) -> None:
    """Open a ticket for a complaint by telephone or letter.

    The customer gets an acknowledgement, as for a mail.

    \b
    Example: mailsla ticket open --from ana@mail.example --subject "Parcel 4711" -m "It has not come."
    """
    from mailsla.core.mail.addresses import strict_mailbox
    from mailsla.flows import actions
    from mailsla.flows.deliver import mailbox_for_pipe

    address = strict_mailbox(sender)
    if address is None or not address.email.isascii():
        raise click.BadParameter(f'"{clean(sender)}" is not one mail address', param_hint="--from")
    subject = " ".join(clean(subject).split())[:LONGEST_SUBJECT]
    with opened(config) as services:
        box = mailbox_for_pipe(services, mailbox)
        written = text_of(text, "")
        ticket = actions.open_by_hand(services, box, address.email, address.name, subject, written)
    if ticket is None:
        click.echo("The complaint is in; the running daemon opens its ticket: mailsla ticket list")
    else:
        click.echo(
            f"{ticket.reference} is open, with {ticket.assignee or 'nobody'}: mailsla ticket show {ticket.number}"
        )


def _known_agent(services: Services, name: str) -> None:
    agents = services.settings.directory.agents
    if name not in agents:
        near = closest(name, tuple(agents))
        mend = f"did you mean: --mine {near}" if near else f"there are: {', '.join(sorted(agents)) or 'none'}"
        raise PermanentError(f'there is no agent "{name}"', mend)

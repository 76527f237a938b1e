"""The verbs of `mailsla ticket` about answers to the customer: sent, recalled, let go after a colleague's."""

from pathlib import Path

import click

from mailsla.cli.opened import opened, user
from mailsla.cli.output import clean
from mailsla.cli.ticket_actions import act, reference, report, text_of, text_option
from mailsla.core.commands.grammar import Command
from mailsla.flows.services import Services


@click.command()
@reference
@click.option("--resolve", is_flag=True, help="It is the final answer: the ticket is resolved once it has been sent.")
@click.option("--template", metavar="NAME", default="", help="A saved reply; your own text goes below it.")
@text_option("The answer")
@click.pass_obj
def reply(config: Path | None, reference: str, resolve: bool, template: str, text: str | None) -> int:
    """Answer the customer, as the team.

    \b
    Example: mailsla ticket reply ACME-1042 --resolve -m "It left our depot today."
             mailsla ticket reply ACME-1042 --template refund
             mailsla ticket reply ACME-1042 < answer.txt
    """
    return _answer(config, reference, text, template, resolve=resolve)


@click.command()
@reference
@click.argument("name")
@click.option("-m", "--text", metavar="TEXT", default="", help="Your own text, which goes below it.")
@click.pass_obj
def template(config: Path | None, reference: str, name: str, text: str) -> int:
    """Answer the customer by a saved reply.

    The same as `mailsla ticket reply --template`. The replies are files in the folder of letters.replies.

    \b
    Example: mailsla ticket template ACME-1042 refund
             mailsla ticket template ACME-1042 refund -m "It takes a week."
    """
    return _answer(config, reference, text or None, name, resolve=False)


@click.command()
@reference
@click.pass_obj
def undo(config: Path | None, reference: str) -> int:
    """Recall the last mail to the customer, if it has not left.

    An answer waits (sending.undo_seconds) before it goes out, and so does the closing letter of a ticket that was
    resolved, which is then as it was before. An agent recalls their own by #undo in a mail.

    \b
    Example: mailsla ticket undo ACME-1042
    """
    return act(config, reference, Command("undo"))


@click.command()
@reference
@click.pass_obj
def send(config: Path | None, reference: str) -> int:
    """Let an agent's answer go that waits because a colleague's was faster.

    \b
    Example: mailsla ticket send ACME-1042
    """
    return act(config, reference, Command("send"))


REPLIES = (reply, template, undo, send)


def _answer(config: Path | None, reference: str, text: str | None, template: str, *, resolve: bool) -> int:
    """Send it, and say when it goes out; the exit code."""
    from mailsla.flows import actions, looking

    with opened(config) as services:
        ticket = looking.found(services, reference)
        written = "" if template and text is None else text_of(text, _last_words(services, reference))
        planned, at = actions.reply(services, reference, written, user(), resolve=resolve, template=template)
        if not planned.ok:
            return report(services, ticket, planned)
        follows = "; the ticket is resolved when it has been sent" if resolve else ""
        seconds = (at or 0) - services.now()
        when = f" in {seconds} s" if seconds > 0 else ""
        click.echo(f"{ticket.reference}: the daemon sends the answer to {clean(ticket.requester)}{when}{follows}.")
        if when:
            click.echo(f"  until then it can be recalled: mailsla ticket undo {ticket.reference}")
        return 0


def _last_words(services: Services, reference: str) -> str:
    """What the customer wrote last."""
    from mailsla.flows import looking

    said = [one.message for one in looking.show(services, reference).conversation]
    return next((message.text for message in reversed(said) if message.kind == "customer"), "")

"""`mailsla agent`: who is here, who is absent until when, who stands in, and who gets a daily digest."""

from collections.abc import Mapping
from pathlib import Path

import click

from mailsla.cli.opened import opened, user
from mailsla.cli.output import clean, iso, json_option, print_json, table
from mailsla.core.digest import DIGESTS

agent = click.argument("agent", metavar="AGENT")


@click.group(name="agent")
def command() -> None:
    """Show who is here, enter absences, switch digests.

    AGENT is the name of the configuration, a display name or an address.
    """


@command.command("list")
@json_option
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """List all agents: who is here, absent until when, who stands in, and how much is open.

    \b
    Example: mailsla agent list
    """
    from mailsla.cli.agent_text import COLUMNS, cells, row_of
    from mailsla.flows import absences

    with opened(config) as services:
        found = absences.listed(services)
        if as_json:
            print_json([row_of(one) for one in found])
        elif not found:
            click.echo("There are no agents: add [agents.NAME] to the configuration.")
        else:
            click.echo(table(COLUMNS, [cells(one, services) for one in found]))


@command.command()
@agent
@json_option
@click.pass_obj
def show(config: Path | None, agent: str, as_json: bool) -> None:
    """Show one agent: here or absent, absences entered, open complaints.

    \b
    Example: mailsla agent show sam
    """
    from mailsla.cli.agent_text import agent_lines, row_of
    from mailsla.flows import absences

    with opened(config) as services:
        found, past = absences.shown(services, agent)
        if as_json:
            entered = [
                {
                    "starts": iso(one.starts),
                    "ends": iso(one.ends),
                    "deputy": one.deputy or None,
                    "set_by": one.set_by,
                    "set_at": iso(one.set_at),
                    "cancelled_at": iso(one.cancelled_at),
                }
                for one in past
            ]
            open_: list[Mapping[str, object]] = [
                {"reference": one.reference, "subject": one.subject, "status": one.status.value} for one in found.open
            ]
            print_json({**row_of(found), "absences": entered, "tickets": open_})
        else:
            click.echo("\n".join(agent_lines(found, past, services)))


@command.command()
@agent
@click.argument("dates", nargs=-1, required=True, metavar="DATES")
@click.option("--deputy", metavar="NAME", default="", help="Who reads for them meanwhile; else team, then manager.")
@click.pass_obj
def absent(config: Path | None, agent: str, dates: tuple[str, ...], deputy: str) -> int:
    """Enter an absence, or end it by "off".

    While it lasts the agent gets no new complaints, and who stands in reads what is for them. DATES are local to the
    agent, the last day included: "24 Dec - 6 Jan", 24.12.-6.1., 2026-12-24, tomorrow, "monday - friday", off.

    \b
    Example: mailsla agent absent sam 24.12.-6.1. --deputy kim
             mailsla agent absent sam off
    """
    from mailsla.flows import absences

    written = f"{' '.join(dates)} deputy {deputy}" if deputy else " ".join(dates)
    with opened(config) as services:
        decided = absences.set_absent(services, agent, written, user())
        zone = services.settings.mailboxes[0].zone
        click.echo(clean(services.letters.word(decided.said, "en", zone)), err=not decided.ok)
        if decided.meant:
            click.echo(f"  did you mean: {clean(_at_the_prompt(decided.meant, agent))}", err=True)
        return 0 if decided.ok else 1


@command.command()
@agent
@click.argument("wanted", type=click.Choice(["on", "off"]))
@click.option(
    "--of", "which", type=click.Choice(DIGESTS), help="Of their own cases, or of the teams they manage; else both."
)
@click.pass_obj
def digest(config: Path | None, agent: str, wanted: str, which: str | None) -> None:
    """Switch the daily digest of an agent off, or on again.

    They do the same by a mail with the subject "digest cases off"; their mail program sends it when they unsubscribe.

    \b
    Example: mailsla agent digest sam off --of cases
    """
    from mailsla.flows import absences

    with opened(config) as services:
        zone = services.settings.mailboxes[0].zone
        for said in absences.switch_digests(services, agent, [which] if which else DIGESTS, wanted == "on"):
            click.echo(clean(services.letters.word(said, "en", zone)))


def _at_the_prompt(meant: str, agent: str) -> str:
    """What the plan meant, as it is given here: it knows the forms of mails."""
    verb, _, rest = meant.partition(" ")
    return f"--deputy {rest}" if verb == "deputy" else f"mailsla agent absent {agent} {rest}"

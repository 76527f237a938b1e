"""`mailsla incident`: many complaints about one thing, listed and shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import clean, iso, json_option, print_json, print_rows, table

if TYPE_CHECKING:
    from mailsla.flows.incidents import Shown

COLUMNS = ("incident", "state", "complaints", "usual", "noticed", "words")


@click.group(name="incident")
def command() -> None:
    """Look at many complaints about one thing; `mailsla ticket incident` groups them or says that they are none."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what is over, and what was none.")
@json_option
@click.pass_obj
def list_(config: Path | None, everything: bool, as_json: bool) -> None:
    """List what is proposed as an incident, and what is one; newest first.

    \b
    Example: mailsla incident list --all
    """
    from mailsla.flows import incidents

    with opened(config) as services:
        rows = [_row(one) for one in incidents.listed(services, everything=everything)]
    print_rows(COLUMNS, rows, as_json, "No incident stands.")


@command.command()
@click.argument("incident")
@json_option
@click.pass_obj
def show(config: Path | None, incident: str, as_json: bool) -> None:
    """Show an incident: its words, who grouped it, its complaints.

    \b
    Example: mailsla incident show I7
    """
    from mailsla.cli.words import facts
    from mailsla.flows import incidents

    with opened(config) as services:
        found = incidents.show(services, incident)
    complaints = [
        {"ticket": one.reference, "status": one.status.value, "received": iso(one.received_at), "subject": one.subject}
        for one in found.tickets
    ]
    one = found.incident
    if as_json:
        print_json(
            {**_row(found), "by": one.decided_by, "decided": iso(one.decided_at), "ended": iso(one.ended_at)}
            | {"tickets": complaints}
        )
        return
    click.echo(one.called)
    rows = (
        ("state", one.state.value),
        ("words", ", ".join(one.words) or "none: grouped by hand"),
        ("usual", f"at most {one.usual} in an hour" if one.words else ""),
        ("noticed", iso(one.noticed_at) or ""),
        ("said by", one.decided_by),
    )
    click.echo("\n".join(facts(rows)))
    lines = [[clean(str(value)) for value in row.values()] for row in complaints]
    click.echo(table(("ticket", "status", "received", "subject"), lines))


def _row(shown: "Shown") -> Mapping[str, object]:
    incident = shown.incident
    return {
        "incident": incident.called,
        "state": incident.state.value,
        "complaints": len(shown.tickets),
        "usual": incident.usual,
        "noticed": iso(incident.noticed_at),
        "words": list(incident.words),
    }

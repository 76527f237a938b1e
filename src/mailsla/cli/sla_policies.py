"""`mailsla sla policies` and `diff`: the versions of policies, who answers for them, and what differs in words."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli import words
from mailsla.cli.opened import opened
from mailsla.cli.output import clean, iso, json_option, print_json, print_rows

if TYPE_CHECKING:
    from mailsla.cli.desk import Desk
    from mailsla.flows.policies import PolicyVersion, Stood

COLUMNS = ("policy", "version", "since", "author", "approved by", "review by", "complaints", "note")


@click.command("policies")
@json_option
@click.pass_obj
def policies(config: Path | None, as_json: bool) -> None:
    """List the versions of all policies: since when, by whom, and for how many complaints.

    The version that is configured now has a star. A changed policy becomes a new version when the configuration is
    loaded; complaints stay under the one that they came in under. Who answers for it is said by author, approved_by,
    note and review_by of [[policies]].

    \b
    Example: mailsla sla policies
    """
    from mailsla.cli.desk import Desk
    from mailsla.flows.policies import policy_versions

    with opened(config) as services:
        desk = Desk(services)
        found = [_data(one) if as_json else _row(one, desk) for one in policy_versions(services)]
        print_rows(COLUMNS, found, as_json, "No policy is configured: [[policies]].")


@click.command("diff")
@click.argument("name")
@click.argument("versions", metavar="[V1 V2]", type=click.IntRange(1), nargs=-1)
@json_option
@click.pass_obj
def diff(config: Path | None, name: str, versions: tuple[int, ...], as_json: bool) -> None:
    """Say in words what differs between two versions of a policy, or of a calendar.

    Without numbers: between the last two. A policy's opening hours are told as they were when each version began; those
    of the newest as they are now. `mailsla sla policies` has the numbers.

    \b
    Example: mailsla sla diff standard
             mailsla sla diff standard 1 3
    """
    from mailsla.cli.desk import Desk
    from mailsla.flows.policies import stood

    if len(versions) not in (0, 2):
        raise click.UsageError("Name two versions, or none.")
    with opened(config) as services:
        old, new = stood(services, name, versions)
        lines = _lines(old, new)
        if as_json:
            print_json({"name": name, "from": old.number, "to": new.number, "changes": lines})
            return
        desk = Desk(services)
        head = f"{name}: version {old.number} ({desk.when(old.since)}) -> {new.number} ({desk.when(new.since)})"
    click.echo(clean(head))
    click.echo("\n".join(f"  {clean(line)}" for line in lines or ["Nothing differs."]))


def _lines(old: "Stood", new: "Stood") -> list[str]:
    from mailsla.cli.difference_text import hours_lines, policy_lines

    lines = list(policy_lines(old.policy, new.policy)) if old.policy and new.policy else []
    if old.hours is not None and new.hours is not None:
        lines += hours_lines(old.hours, new.hours)
    return lines


def _row(one: "PolicyVersion", desk: "Desk") -> dict[str, object]:
    review = one.approval.review_by
    return {
        "policy": one.name,
        "version": f"{one.number}{'*' if one.in_force else ''}",
        "since": desk.when(one.version.effective_from),
        "author": one.approval.author,
        "approved by": one.approval.approved_by,
        "review by": f"{review}" if review else "",
        "complaints": one.tickets,
        "note": words.shortened(one.approval.note, 60),
    }


def _data(one: "PolicyVersion") -> dict[str, object]:
    return {
        "policy": one.name,
        "version": one.number,
        "in_force": one.in_force,
        "since": iso(one.version.effective_from),
        "author": one.approval.author or None,
        "approved_by": one.approval.approved_by or None,
        "note": one.approval.note or None,
        "review_by": f"{one.approval.review_by}" if one.approval.review_by else None,
        "complaints": one.tickets,
    }

"""The verbs of `mailsla sla` for tickets that are open: other policies for them, and their clocks computed anew."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from mailsla.cli import words
from mailsla.cli.desk import Desk
from mailsla.cli.opened import opened, user
from mailsla.cli.output import clean, iso, json_option, print_json
from mailsla.core.model import ClockRow
from mailsla.flows.recomputing import Moved, Reckoned
from mailsla.flows.services import Services

dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would change.")


@click.command("apply")
@click.option("--open", "open_ones", is_flag=True, required=True, help="To all tickets that are not closed.")
@dry_run_option
@json_option
@click.pass_obj
def apply(config: Path | None, open_ones: bool, dry_run: bool, as_json: bool) -> None:
    """Put open tickets under the policies as they are configured now.

    A changed policy is for new tickets; this applies it to the open ones, too. Time that has passed is carried over; a
    ticket that is over its new target is late from now on, never back-dated.

    \b
    Example: mailsla sla apply --open --dry-run
    """
    from mailsla.flows import recomputing

    with opened(config) as services:
        found = recomputing.apply_open(services, f"cli:{user()}", dry_run=dry_run)
        nothing = "All open tickets are under the policies as configured."
        _tell(services, found, as_json, nothing, "changed" if not dry_run else "would change")


@click.command("recompute")
@click.argument("reference", metavar="[TICKET]", required=False)
@dry_run_option
@json_option
@click.pass_obj
def recompute(config: Path | None, reference: str | None, dry_run: bool, as_json: bool) -> None:
    """Compute clocks anew from what happened, and write what differs.

    Of all tickets, or of one. Clocks are a replay of a ticket's events under its policies and calendars; what the
    database holds of them besides is a copy for lists, which nothing but an error should ever make differ.

    \b
    Example: mailsla sla recompute --dry-run
             mailsla sla recompute ACME-1042
    """
    from mailsla.flows import recomputing

    with opened(config) as services:
        found = recomputing.recompute(services, reference, dry_run=dry_run)
        _tell(services, found, as_json, "Nothing differs.", "written anew" if not dry_run else "would be written anew")


OPEN = (apply, recompute)


def _tell(services: Services, found: Iterable[Reckoned], as_json: bool, nothing: str, verb: str) -> None:
    if as_json:
        print_json([_json(one) for one in found])
        return
    desk, count = Desk(services), 0
    for one in found:
        count += 1
        for line in _lines(one, desk):
            click.echo(line)
    click.echo(f"{count} {'ticket' if count == 1 else 'tickets'} {verb}." if count else nothing)


def _lines(reckoned: Reckoned, desk: Desk) -> Iterator[str]:
    """ "ACME-1042  Where is my parcel?", its policies, and a line for each clock that differs."""
    yield clean(f"{reckoned.ticket.reference}  {words.shortened(reckoned.ticket.subject or '(no subject)', 60)}")
    before, after = reckoned.policies
    if before != after:
        yield f"  policy: {', '.join(before) or 'none'} -> {', '.join(after) or 'none'}"
    yield from words.facts(_line(one, desk) for one in reckoned.clocks)


def _line(moved: Moved, desk: Desk) -> tuple[str, str]:
    """("resolution", "due Wed 18 Nov, 10:00 -> due Tue 17 Nov, 14:00")."""
    row = moved.after or moved.before
    if row is None:
        raise ValueError("a clock that is on neither side")
    before, after = _stands(moved.before, desk), _stands(moved.after, desk)
    name = words.metric_of(row.metric, row.cycle, row.track.rpartition(":")[2])
    return name, f"{before} -> {after}" if before != after else f"{before}, kept otherwise in details"


def _stands(row: ClockRow | None, desk: Desk) -> str:
    if row is None:
        return "not there"
    if row.due is not None:
        return f"due {desk.due(row.due)}"
    if row.stopped_at is not None:
        return f"{row.state} {desk.when(row.stopped_at)}"
    return f"missed {desk.when(row.breached_at[-1])}" if row.breached_at else row.state


def _json(reckoned: Reckoned) -> Mapping[str, object]:
    before, after = reckoned.policies
    return {
        "reference": reckoned.ticket.reference,
        "policies_before": list(before),
        "policies_after": list(after),
        "clocks": [
            {
                "metric": row.metric,
                "track": row.track,
                "cycle": row.cycle,
                "before": _row_json(one.before),
                "after": _row_json(one.after),
            }
            for one in reckoned.clocks
            if (row := one.after or one.before) is not None
        ],
    }


def _row_json(row: ClockRow | None) -> Mapping[str, object] | None:
    if row is None:
        return None
    return {
        "state": row.state,
        "due": iso(row.due),
        "target_seconds": row.target,
        "breached": [iso(at) for at in row.breached_at],
        "stopped": iso(row.stopped_at),
    }

"""`mailsla triage rules`: the rules in their order, with what each has decided."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import iso, json_option, print_rows

if TYPE_CHECKING:
    from mailsla.core.triage.rules import Rule
    from mailsla.flows.trying_rules import Hits


@click.command("rules")
@json_option
@click.pass_obj
def command(config: Path | None, as_json: bool) -> None:
    """List the rules in their order, with how many mails each has decided, and when last.

    Counted from what is kept with the tickets. A rule of that name which is configured no more stands below the others,
    without a place. `mailsla triage test` counts what the rules of now would decide.

    \b
    Example: mailsla triage rules
    """
    from mailsla.cli.desk import Desk
    from mailsla.flows.trying_rules import Tally, decided

    with opened(config) as services:
        rules, tally = services.settings.rules, Tally(services.settings.rules)
        for rule, at in decided(services):
            tally.add((rule,), at)
        desk = Desk(services)
        rows = [row_of(place, one, rules) for place, one in enumerate(tally.hits, start=1)]
        if not as_json:
            rows = [
                {**row, "last": desk.when(one.last) if one.last else None}
                for row, one in zip(rows, tally.hits, strict=True)
            ]
    print_rows(("place", "rule", "then", "decided", "last"), rows, as_json, "There are no rules: add [[rules]].")


def row_of(place: int, hits: "Hits", rules: "Sequence[Rule]") -> Mapping[str, object]:
    """A rule with its hits; `place` is None for one that is configured no more."""
    then = rules[place - 1].then if place <= len(rules) else None
    sets = (
        {}
        if then is None
        else {
            key: value
            for key, value in (
                ("category", then.category),
                ("priority", then.priority),
                ("team", then.team),
                ("scope", then.scope),
                ("letter", then.letter),
            )
            if value
        }
    )
    return {
        "place": None if then is None else place,
        "rule": hits.rule,
        "then": [f"{key} {value}" for key, value in sets.items()],
        "decided": hits.decided,
        "last": iso(hits.last),
    }

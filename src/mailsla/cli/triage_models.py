"""`mailsla triage models`, `promote`, `rollback`, `export`: which version decides, and what it was learned from."""

import io
from pathlib import Path

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import clean, iso, json_option, print_json, table


@click.command()
@json_option
@click.pass_obj
def models(config: Path | None, as_json: bool) -> None:
    """List the versions that are kept, newest first, with the figures they were adopted with.

    \b
    Example: mailsla triage models
    """
    from mailsla.flows import learning

    with opened(config) as services:
        kept, asked = learning.kept_models(services)
    rows: list[dict[str, object]] = [
        {
            "version": one.id,
            "decides": one.active,
            "made": iso(one.made_at),
            "labels": one.labels,
            "recipe": dict(one.recipe),
            "figures": dict(one.figures),
        }
        for one in kept
    ]
    if as_json:
        print_json({"models": rows, "asked": asked})
        return
    if not rows:
        click.echo("Nothing was learned yet: the lexicon decides.")
    else:
        columns = ("version", "decides", "made", "labels", "accuracy", "at 80 %", "threshold")
        cells = [
            [
                str(one.id),
                "yes" if one.active else "no",
                iso(one.made_at) or "",
                str(one.labels),
                *(clean(str(one.figures.get(name, "-"))) for name in ("accuracy", "accuracy_at_80", "threshold")),
            ]
            for one in kept
        ]
        click.echo(table(columns, cells))
        if not any(one.active for one in kept):
            click.echo("None of them decides: the lexicon does.")
    if asked["asked"]:
        click.echo(f"Of {asked['asked']} that agents were asked about, {asked['right']} were right.")


@click.command()
@click.argument("version", type=click.IntRange(1))
@click.pass_obj
def promote(config: Path | None, version: int) -> None:
    """Let a version decide that is kept. Running daemons follow with the next complaint.

    \b
    Example: mailsla triage promote 3
    """
    from mailsla.flows import learning

    with opened(config) as services:
        learning.promote(services, version)
    click.echo(f"Version {version} decides from now on.")


@click.command()
@click.pass_obj
def rollback(config: Path | None) -> None:
    """Go back to what decided before: the version before this one, or the lexicon alone. Once more goes further back.

    \b
    Example: mailsla triage rollback
    """
    from mailsla.flows import learning

    with opened(config) as services:
        number = learning.rollback(services)
    click.echo(f"{'The lexicon' if number is None else f'Version {number}'} decides from now on.")


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; else standard output.")
@click.pass_obj
def export(config: Path | None, output: Path | None) -> None:
    """Write all labels as CSV, columns text and category, as `learn` reads it. It holds words of customers.

    \b
    Example: mailsla triage export -o labels.csv
    """
    from mailsla.adapters import labelled
    from mailsla.flows import labels

    with opened(config) as services:
        rows = labels.exported(services)
    text = io.StringIO()
    labelled.write(text, rows)
    if output is None:
        click.echo(text.getvalue(), nl=False)
        return
    output.write_text(text.getvalue(), encoding="utf-8", newline="")
    click.echo(f"{len(rows)} labels are in {output}.")

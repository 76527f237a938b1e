"""`mailsla triage learn` and `evaluate`: labelled texts come in, a model comes of them, and is measured."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailsla.cli.opened import opened, user
from mailsla.cli.output import DONE, FAILED, clean, json_option, print_json

if TYPE_CHECKING:
    from mailsla.flows.learning import Outcome
    from mailsla.flows.services import Services

MOST_NAMED = 10  # categories in a warning
Rows = Sequence[tuple[str, str]]

file_argument = click.argument("file", type=click.Path(path_type=Path), required=False)


@click.command()
@file_argument
@json_option
@click.pass_obj
def learn(config: Path | None, file: Path | None, as_json: bool) -> int:
    """Learn from labelled texts, and from what agents corrected.

    FILE is CSV with the columns text and category. What it holds is kept, once: the same file again adds nothing, and
    what the newest file says of a text counts.
    Without FILE, all that is kept already is learned anew. The daemon does that each night.

    The new version decides from now on if it is not worse than what decided till now; else all stays as it is.

    \b
    Example: mailsla triage learn history.csv
             mailsla triage learn
    """
    from mailsla import bootstrap
    from mailsla.cli.desk import Desk
    from mailsla.flows import labels, learning

    make = bootstrap.fitter()  # before anything is written: without scikit-learn nothing is
    with opened(config) as services:
        added = 0
        if file is not None:
            rows = _read(services, file)
            added = labels.add_labels(services, rows, user())
            _say(f"{added} of {len(rows)} labels are new; all are kept.")
        outcome = learning.fit(services, make, _progress)
        _end_progress()
        _tell_learned(outcome, added, Desk(services).word(outcome.reason), as_json)
    return FAILED if outcome.reason.code in ("learn_few_labels", "learn_one_category") else DONE


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def evaluate(config: Path | None, file: Path, as_json: bool) -> None:
    """Measure what decides now on labelled texts. Fits nothing, and changes nothing.

    FILE is CSV with the columns text and category. The operator's rules are left out: they look at more than texts.

    \b
    Example: mailsla triage evaluate checked.csv --json
    """
    from mailsla.flows import learning

    with opened(config) as services:
        figures = learning.evaluate(services, _read(services, file), _progress)
        _end_progress()
    if as_json:
        print_json(figures)
        return
    click.echo("\n".join(_figure_lines(figures)))


def _read(services: "Services", file: Path) -> Rows:
    """The rows of a file; what is odd about them is said on standard error."""
    from mailsla.adapters import labelled
    from mailsla.core.triage.blend import same_way
    from mailsla.core.triage.learning import contradicting

    found = labelled.read(file)
    if found.latin:
        _say(f"warning: {file} is not UTF-8: it was read as Windows-1252. Look at its accents: mailsla triage export")
    if found.skipped:
        lines = ", ".join(map(str, found.skipped[:MOST_NAMED]))
        _say(f"warning: {len(found.skipped)} rows without a text or category are left out (line {lines})")
    configured = services.settings.directory.categories
    names = _configured_names(services)
    rows = [(text, names.get(category.lower(), category)) for text, category in found.rows]
    if not same_way(configured, {category for _, category in rows}):
        rows = list(found.rows)  # another way to sort complaints: a name that is alike is chance
    lacking = sorted({category for _, category in rows} - set(configured))
    if lacking:
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        _say(
            "warning: the configuration has no category "
            f"{', '.join(lacking[:MOST_NAMED])}{more}: never assigned to a ticket"
        )
    if conflicts := contradicting(rows):
        _say(f"warning: {conflicts} texts have more than one category")
    return rows


def _configured_names(services: "Services") -> Mapping[str, str]:
    """A category's name and labels, in lower case -> its name."""
    categories = services.settings.directory.categories.values()
    return {word.lower(): one.name for one in categories for word in (*one.label.values(), one.name)}


def _tell_learned(outcome: "Outcome", added: int, why: str, as_json: bool) -> None:
    if as_json:
        learnt = outcome.learnt
        print_json(
            {
                "added": added,
                "labels": outcome.labels,
                "contradicting": outcome.contradicting,
                "without_text": outcome.missing,
                "adopted": outcome.version is not None,
                "version": outcome.version,
                "on_tickets": outcome.version is not None and not outcome.for_others,
                "reason": outcome.reason.code,
                "accuracy_before": round(learnt.verdict.now, 4) if learnt else None,
                "accuracy_after": round(learnt.verdict.new, 4) if learnt else None,
            }
        )
        return
    lines = [f"{outcome.labels} labels are kept."]
    if outcome.contradicting:
        lines.append(f"{outcome.contradicting} texts have more than one category.")
    if outcome.missing:
        lines.append(f"{outcome.missing} labels are of tickets whose words are gone.")
    lines.append(clean(f"{why[:1].upper()}{why[1:]}."))
    if outcome.version is not None:
        lines.append(f"Version {outcome.version} decides from now on.")
    if outcome.for_others:
        lines.append("It has no say on tickets: the configuration has less than half of its categories.")
    click.echo("\n".join(lines))


def _figure_lines(figures: Mapping[str, object]) -> list[str]:
    each = figures["per_category"]
    assert isinstance(each, Mapping)
    lines = [f"{figures['count']} texts, decided by: {figures['decides']} (the operator's rules are left out)"]
    lines += [
        f"accuracy {figures['accuracy']:.3f}, at 80 % coverage {figures['accuracy_at_80']:.3f}, "
        f"macro F1 {figures['macro_f1']:.3f}, calibration error {figures['ece']:.3f}",
        f"from a certainty of {figures['threshold']:.2f} on: {figures['precision']:.3f} right, "
        f"{figures['coverage']:.3f} of all",
    ]
    for name, one in each.items():
        lines.append(f"  {clean(name)}: precision {one['precision']:.2f}, recall {one['recall']:.2f} of {one['count']}")
    return lines


def _progress(what: str, done: int, of: int) -> None:
    """One line that changes, on a terminal; else nothing."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}: {100 * done // max(of, 1)} %", err=True, nl=False)


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)


def _say(line: str) -> None:
    click.echo(f"mailsla: {clean(line)}", err=True)

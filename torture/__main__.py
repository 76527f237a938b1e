"""python -m torture: a slice of so many minutes, shared by the rows; adds to the results; ends with 1 at a fault."""

import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import SystemRandom

import click

from torture import results
from torture.row import Row
from torture.rows import rows

_TRIED = ("src", "templates", "migrations", "tests", "torture/rows")  # what has to be as the commit has it


@click.command()
@click.option("--minutes", type=float, default=60, show_default=True, help="How long in all, about.")
@click.option("--seed", type=int, default=None, help="Of the generated faults; random by default, and printed.")
@click.option("--rows", "names", default="", help="Only these, with commas between; all that are not done by default.")
@click.option("--list", "listing", is_flag=True, help="Show the rows and how far each has come.")
def main(minutes: float, seed: int | None, names: str, listing: bool) -> None:
    """Try what takes hours: kills, faults of networks and machines, generated input. Slices add up."""
    all_rows = rows()
    if listing:
        click.echo(results.table(all_rows, results.read()))
        return
    seed = SystemRandom().randrange(10**9) if seed is None else seed
    commit = _commit()
    click.echo(f"torture: {minutes:g} minutes at {commit}, seed {seed}")
    found = 0
    for row, seconds in _shares(_chosen(all_rows, names), minutes * 60):
        found += _run(row, seconds, seed, commit)
    results.write_page(all_rows, results.read())
    click.echo(results.table(all_rows, results.read()))
    sys.exit(1 if found else 0)


def _run(row: Row, seconds: float, seed: int, commit: str) -> int:
    """How many faults it found."""
    click.echo(f"{row.name}: {seconds:.0f} s ...")
    at, begun = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    outcome = row.run(seconds, seed)
    took = time.monotonic() - begun
    results.add(results.slice_of(row, outcome, commit=commit, at=at, seed=seed, seconds=took))
    shown = ", ".join(f"{name} {number:g}" for name, number in outcome.figures.items())
    click.echo(f"{row.name}: {outcome.done} {row.unit}, {len(outcome.faults)} faults, {took:.0f} s; {shown}")
    for fault in outcome.faults:
        click.echo(f"  {fault}", err=True)
    return len(outcome.faults)


def _chosen(all_rows: Sequence[Row], names: str) -> list[Row]:
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    known = {row.name: row for row in all_rows}
    if strange := [name for name in wanted if name not in known]:
        raise click.ClickException(f"no such row: {', '.join(strange)}. There are: {', '.join(known)}")
    return [known[name] for name in wanted] or list(all_rows)


def _shares(chosen: Sequence[Row], seconds: float) -> list[tuple[Row, float]]:
    """Each row's part of the time, by what is left of it; where nothing is left of any, by what each takes."""
    slices = results.read()
    needs = {row.name: row.minutes * results.left(row, slices) for row in chosen}
    if not any(needs.values()):
        needs = {row.name: row.minutes for row in chosen}
    while True:
        whole = sum(needs.values())
        shares = [(row, seconds * needs[row.name] / whole) for row in chosen if needs.get(row.name)]
        short = min((row.name for row, part in shares if part < row.least), default=None)
        if short is None or len(shares) == 1:
            return shares
        click.echo(f"{short}: its part would be too short; left out")
        needs[short] = 0.0


def _commit() -> str:
    changed = _git("status", "--porcelain", "--", *_TRIED)
    if changed:
        raise click.ClickException(f"these are not committed, so the figures would belong to no commit:\n{changed}")
    return _git("rev-parse", "--short", "HEAD")


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=results.ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


if __name__ == "__main__":
    main()

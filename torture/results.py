"""The results file: a line for each slice of a row, with the commit that it tried; and what they add up to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from torture.row import Outcome, Row

ROOT = Path(__file__).parents[1]
FILE = ROOT / "torture" / "results.jsonl"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- torture: written by `make torture` -->", "<!-- torture ends -->"


@dataclass(frozen=True)
class Slice:
    """One run of one row. `at`: UTC, ISO 8601. `seconds`: wall clock."""

    row: str
    commit: str
    at: str
    seed: int
    seconds: int
    done: int
    faults: Sequence[str]
    figures: Mapping[str, float]


def read(file: Path = FILE) -> list[Slice]:
    """All slices so far, oldest first."""
    if not file.exists():
        return []
    return [Slice(**json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def add(slice_: Slice, file: Path = FILE) -> None:
    """One line; two runs at the same time may both add theirs."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(slice_), ensure_ascii=False) + "\n")


def slice_of(row: Row, outcome: Outcome, *, commit: str, at: str, seed: int, seconds: float) -> Slice:
    """What the file keeps of an outcome."""
    return Slice(row.name, commit, at, seed, round(seconds), outcome.done, outcome.faults, dict(outcome.figures))


def left(row: Row, slices: Iterable[Slice]) -> float:
    """The part of the row's goal that is to do, 0 to 1."""
    done = sum(one.done for one in slices if one.row == row.name)
    return max(0.0, 1 - done / row.goal)


def table(rows: Sequence[Row], slices: Sequence[Slice]) -> str:
    """Markdown: how far each row came, over how many commits, and what it found."""
    lines = ["| row | tried | of | faults | time | commits | figures |", "|---|--:|--:|--:|--:|---|---|"]
    for row in rows:
        mine = [one for one in slices if one.row == row.name]
        commits = list(dict.fromkeys(one.commit for one in mine))
        faults = sum(len(one.faults) for one in mine)
        minutes = sum(one.seconds for one in mine) / 60
        shown = ", ".join(f"{name} {number:g}" for name, number in totals(row, mine).items())
        lines.append(
            f"| {row.name} ({row.unit}) | {sum(one.done for one in mine):,} | {row.goal:,} | {faults} | "
            f"{minutes:.0f} min | {' '.join(commits)} | {shown} |"
        )
    hours = sum(one.seconds for one in slices) / 3600
    lines += ["", f"{hours:.1f} hours in all, in {len(slices)} slices (`torture/results.jsonl`)."]
    return "\n".join(lines) + "\n"


def totals(row: Row, slices: Iterable[Slice]) -> dict[str, float]:
    """The figures of several slices as one: summed, or the largest, as the row says."""
    found: dict[str, float] = {}
    for one in slices:
        for name, number in one.figures.items():
            largest = row.totals.get(name, "sum") == "max"
            found[name] = max(found.get(name, number), number) if largest else found.get(name, 0) + number
    return found


def write_page(rows: Sequence[Row], slices: Sequence[Slice], page: Path = PAGE) -> None:
    """Put the table where the page has its markers."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{table(rows, slices)}\n{END}{after}", "utf-8")

"""What hours of torture found is kept: `torture/results.py`."""

from collections import Counter
from pathlib import Path

from torture import results
from torture.row import Outcome, Row
from torture.rows import rows


def row(name: str) -> Row:
    return next(row for row in rows() if row.name == name)


def test_slices_are_read_as_they_were_written_and_add_up(tmp_path: Path) -> None:
    """A row may count with a Counter."""
    kills, file = row("kill -9 SQLite"), tmp_path / "results.jsonl"
    made = [
        results.slice_of(
            kills,
            Outcome(25, faults, Counter({"mails": 40})),
            commit="c0ffee",
            at="2026-11-22T20:00:00+00:00",
            seed=7,
            seconds=60.2,
        )
        for faults in ((), ("a mail is in two places",))
    ]
    for one in made:
        results.add(one, file)
    assert [(one.row, one.done, list(one.faults)) for one in results.read(file)] == [
        ("kill -9 SQLite", 25, []),
        ("kill -9 SQLite", 25, ["a mail is in two places"]),
    ]
    assert results.totals(kills, results.read(file)) == {"mails": 80}
    assert "| kill -9 SQLite (kills) | 50 | 2,000 | 1 |" in results.table(rows(), results.read(file))
    assert results.left(kills, results.read(file)) == 1 - 50 / 2000

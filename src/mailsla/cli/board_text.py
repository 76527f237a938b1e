"""What `mailsla board` shows: a screen of lines that fit it, and the same as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

import click

from mailsla.cli import words
from mailsla.cli.output import cells_of, iso
from mailsla.core.board import Board, BoardRow
from mailsla.core.digest import LATE, TODAY
from mailsla.core.model import Instant, Status

NARROW = 80  # cells: below it a row has only what is needed to act
QUEUES = {
    "unprocessed": "not yet read",
    "held": "held",
    "quarantined": "quarantined",
    "unsent": "not sent in time",
    "in_doubt": "perhaps sent",
}
_COLOURS = {LATE: "red", TODAY: "yellow"}
_GAP = "  "


def data_of(board: Board) -> dict[str, object]:
    """As JSON."""
    return {
        "at": iso(board.at),
        "late": board.count(LATE),
        "due_today": board.count(TODAY),
        "open": len(board.rows),
        "nobodys": board.free,
        "today": {"received": board.received, "resolved": board.resolved, "missed": board.missed},
        "queues": dict(board.queues),
        "rows": [
            {
                "reference": row.reference,
                "subject": row.subject,
                "status": row.status,
                "priority": row.priority,
                "deadline": row.metric or None,
                "of": row.of or None,
                "due": iso(row.due),
                "late": row.when == LATE,
                "seconds_left": row.left if row.due is not None and row.when != LATE else None,
                "assignee": row.assignee or None,
                "team": row.team or None,
            }
            for row in board.rows
        ],
    }


def screen(
    board: Board, zone: tzinfo, columns: int, lines: int | None = None, *, note: str = "", colours: bool = False
) -> list[str]:
    """Lines of at most `columns` cells. `lines`: how many there may be, None = all rows. `note`: the last line."""
    head = [*_head(board, zone, columns), ""]
    head = head if lines is None else head[: lines // 2]  # the rows are what matters most
    foot = [words.shortened(note, columns - 1)] if note else []
    room = len(board.rows) if lines is None else max(0, lines - len(head) - len(foot) - 1)
    shown = board.rows[:room]
    rest = len(board.rows) - len(shown)
    cells = [_cells(row, zone, board.at, narrow=columns < NARROW) for row in shown]
    rows = [_painted(line, row, colours) for line, row in zip(_fitted(cells, columns), shown, strict=True)]
    if not board.rows:
        rows = ["Nothing is open."]
    elif rest:
        rows.append(words.shortened(f"and {rest} more: mailsla ticket list", columns - 1))
    return [*head, *rows, *foot]


def _head(board: Board, zone: tzinfo, columns: int) -> Iterator[str]:
    clock = datetime.fromtimestamp(board.at, zone).strftime("%a %d %b %H:%M:%S")
    late, today = board.count(LATE), board.count(TODAY)
    parts = [f"{late} late", f"{today} due today", f"{len(board.rows)} open", f"{board.free} nobody's"]
    figures = [f"{board.received} came in", f"{board.resolved} resolved", f"{board.missed} deadlines missed"]
    waiting = [f"{count} {QUEUES[name]}" for name, count in board.queues.items() if count]
    yield from _wrapped(clock, parts, columns)
    yield from _wrapped("today", figures, columns)
    yield from _wrapped("queues", waiting or ["empty"], columns)


def _wrapped(name: str, parts: Sequence[str], columns: int) -> Iterator[str]:
    """Parts side by side, and on a line of their own where there is no room."""
    line, margin = name, len(name)
    for number, part in enumerate(parts):
        gap = "  " if number == 0 else ", "
        if cells_of(line) + len(gap) + cells_of(part) > columns - 1 and number:
            yield line + ","
            line, gap = " " * margin, "  "
        line = f"{line}{gap}{part}"
    yield words.shortened(line, columns - 1) if not line.startswith(" ") else line[: columns - 1]


def _cells(row: BoardRow, zone: tzinfo, now: Instant, *, narrow: bool) -> list[str]:
    """In the order of the columns; the last one takes the room that is left."""
    left = _left(row)
    who = row.assignee or "nobody"
    if narrow:
        return [left, row.reference, words.shortened(who, 12), row.subject]
    due = words.due_short(row.due, zone, now) if row.due is not None else ""
    deadline = words.metric_of(row.metric, of=row.of) if row.metric else ""
    priority = "" if row.priority == "normal" else row.priority
    team, who = words.shortened(row.team, 24), words.shortened(who, 20)
    return [left, due, row.reference, priority, deadline, who, team, row.subject]


def _left(row: BoardRow) -> str:
    if row.due is None:
        return "waits" if row.status.startswith("waiting") else words.status_of(Status(row.status))
    return f"late {words.span(row.left)}" if row.when == LATE else words.hours_of(row.left)


def _fitted(rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Columns under each other, each as wide as its widest cell; the last is cut."""
    widths = [max(map(cells_of, column)) for column in zip(*rows, strict=True)] if rows else []
    kept = [place for place, width in enumerate(widths[:-1]) if width]
    used = sum(widths[place] + len(_GAP) for place in kept)
    room = columns - 1 - used
    lines = []
    for row in rows:
        cells = [words.shortened(row[place], widths[place]) for place in kept]
        start = _GAP.join(
            cell + " " * (widths[place] - cells_of(cell)) for place, cell in zip(kept, cells, strict=True)
        )
        text = f"{start}{_GAP}{words.shortened(row[-1], room)}" if room > 3 else words.shortened(start, columns - 1)
        lines.append(text.rstrip())
    return lines


def _painted(line: str, row: BoardRow, colours: bool) -> str:
    """Colour only repeats what the words say."""
    colour = _COLOURS.get(row.when)
    return click.style(line, fg=colour, bold=row.when == LATE) if colours and colour else line

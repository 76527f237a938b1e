"""The board as a page that stands alone: no script, nothing from elsewhere, of customers only what a case is called."""

from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from mailsla.adapters.durable import aside, named
from mailsla.adapters.letters_values import one_line
from mailsla.adapters.shipped import shipped
from mailsla.core.board import Board, BoardRow
from mailsla.core.digest import LATE, TODAY
from mailsla.errors import PermanentError, TemporaryError

MOST_ROWS = 100
READABLE = 0o644  # by the web server that shows it
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_QUEUES = {
    "unprocessed": "not yet read",
    "held": "held",
    "quarantined": "quarantined",
    "unsent": "not sent in time",
    "in_doubt": "perhaps sent",
}


def page_of(board: Board, name: str, zone: tzinfo, *, subjects: bool) -> str:
    """The page. `name`: of the installation. `subjects` False: references alone."""
    rows = [_row(one, board, zone) for one in board.rows[:MOST_ROWS]]
    return _template().render(
        name=name,
        at=datetime.fromtimestamp(board.at, zone).strftime("%a %d %b, %H:%M"),
        zone=board.zone.rpartition("/")[2].replace("_", " "),
        late=board.count(LATE),
        today=board.count(TODAY),
        open=len(board.rows),
        free=board.free,
        received=board.received,
        resolved=board.resolved,
        missed=board.missed,
        queues=[(_QUEUES[name], count) for name, count in board.queues.items()],
        rows=rows,
        subjects=subjects,
        rest=len(board.rows) - len(rows),
    )


def write_page(file: Path, page: str) -> None:
    """There whole or not at all. Raises TemporaryError: the folder may come back."""
    try:
        with aside(file) as part:
            part.write_text(page, encoding="utf-8")
            part.chmod(READABLE)
            named(part, file)
    except PermanentError as error:
        raise TemporaryError(f"board.file {error.message}", error.mend) from error
    except OSError as error:
        raise TemporaryError(f"board.file {file}: {error.strerror}", "let mailsla write there") from error


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((shipped("templates") / "board" / "page.html").read_text(encoding="utf-8"))


def _row(row: BoardRow, board: Board, zone: tzinfo) -> dict[str, str]:
    deadline = row.metric.replace("_", " ") + (f" ({row.of})" if row.of else "")
    return {
        "when": row.when,
        "left": _left(row),
        "reference": row.reference,
        "subject": one_line(row.subject),
        "due": _due(row.due, board.at, zone) if row.due is not None else "",
        "deadline": deadline,
        "who": row.assignee or "nobody yet",
    }


def _left(row: BoardRow) -> str:
    if row.due is None:
        return "waits" if row.status.startswith("waiting") else row.status
    return f"late {_span(row.left, _DAY)}" if row.when == LATE else _span(row.left, 0)


def _span(seconds: int, day: int) -> str:
    """The two largest units; open time (`day` 0) has no days."""
    if day and seconds >= 2 * day:
        large, small = f"{seconds // day} d", (seconds % day // _HOUR, "h")
    elif seconds >= 2 * _HOUR:
        large, small = f"{seconds // _HOUR} h", (seconds % _HOUR // _MINUTE, "min")
    else:
        large, small = f"{seconds // _MINUTE} min", (0, "")
    return f"{large} {small[0]} {small[1]}" if small[0] else large


def _due(due: int, now: int, zone: tzinfo) -> str:
    """Never before it; the end of a date is its 24:00."""
    minute = -(-due // _MINUTE) * _MINUTE
    local, last = datetime.fromtimestamp(minute, zone), datetime.fromtimestamp(minute - 1, zone)
    ended = last.date() != local.date()
    clock = "24:00" if ended else local.strftime("%H:%M")
    same_day = last.date() == datetime.fromtimestamp(now, zone).date()
    return clock if same_day else f"{last.strftime('%a')} {last.day} {last.strftime('%b')}, {clock}"

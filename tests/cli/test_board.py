"""`mailsla board`: what it shows at any width, and that a live one redraws, is resized, and ends as it began."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailsla.cli.board import ENTER, LEAVE, _looked
from mailsla.cli.board_text import screen
from mailsla.cli.output import cells_of
from mailsla.core.board import Board, BoardRow, by_time_left
from mailsla.errors import TemporaryError
from tests.cli.command import run
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import BERLIN, HOUR, MONDAY, Office

WIDE = "停電" * 30


def row(number: int, *, due: int | None, subject: str = "Where is my parcel?", assignee: str = "Sam Lee") -> BoardRow:
    late = due is not None and due < 0
    return BoardRow(
        reference=f"ACME-{number}",
        subject=subject,
        status="open" if due is not None else "waiting_customer",
        priority="high",
        when="" if due is None else "late" if late else "today",
        metric="first_response" if due is not None else "",
        due=None if due is None else MONDAY + due,
        left=abs(due or 0),
        assignee=assignee,
        team="our delivery team",
    )


ROWS = (
    row(1001, due=None),
    row(1002, due=2 * HOUR, subject=WIDE),
    row(1003, due=-70 * 60, assignee=""),
    row(1004, due=-30 * HOUR),
)
BOARD = Board(
    at=MONDAY,
    zone="Europe/Berlin",
    rows=by_time_left(ROWS),
    queues={"held": 2, "unprocessed": 0},
    received=12,
    resolved=7,
    missed=1,
)


def test_the_latest_stands_first_and_what_waits_last() -> None:
    assert [one.reference for one in BOARD.rows] == ["ACME-1004", "ACME-1003", "ACME-1002", "ACME-1001"]


@pytest.mark.parametrize("columns", [40, 60, 79, 80, 100, 160, 300])
@pytest.mark.parametrize("lines", [None, 8, 24])
def test_it_fits_any_terminal(columns: int, lines: int | None) -> None:
    shown = screen(BOARD, BERLIN, columns, lines, note="q: end" * 30)
    assert max(map(cells_of, shown)) < columns
    assert lines is None or len(shown) <= lines
    assert any("ACME-1004" in line for line in shown), "the most urgent is always there"


def test_a_narrow_one_has_what_is_needed_to_act_and_a_wide_one_all() -> None:
    narrow, wide = (screen(BOARD, BERLIN, columns) for columns in (60, 160))
    assert narrow[-1].split() == ["waits", "ACME-1001", "Sam", "Lee", "Where", "is", "my", "parcel?"]
    assert " ".join(wide[-3].split()).startswith(
        "late 70 min today 08:50 ACME-1003 high first response nobody our delivery"
    )
    assert " ".join(" ".join(wide[:3]).split()) == (
        "Mon 16 Nov 10:00:00 2 late, 1 due today, 4 open, 1 nobody's today 12 came in, 7 resolved, "
        "1 deadlines missed queues 2 held"
    )


def test_once_and_as_json(office: Office) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "#wait customer\n\nWhich one?"))
    office.receive(write(RIO, subject="No\x1b[2J parcel"))
    office.wait(5 * HOUR)
    said = run("board", "--once")
    assert said.code == 0 and "1 late, 0 due today, 2 open" in said.out and "\x1b" not in said.out
    assert "2 came in, 0 resolved, 1 deadlines missed" in said.out
    found = run("board", "--json").json
    assert [(one["reference"], one["late"], one["due"]) for one in found["rows"]] == [
        ("ACME-1002", True, "2026-11-16T13:00:00Z"),
        ("ACME-1001", False, None),
    ]
    assert found["today"] == {"received": 2, "resolved": 0, "missed": 1}


def test_an_empty_one_says_so(office: Office) -> None:
    assert "Nothing is open." in run("board").out


def test_a_database_that_is_away_leaves_the_last_look_and_is_said() -> None:
    def away() -> Board:
        raise TemporaryError("the database is locked", "")

    board, note = _looked(away, BOARD)
    assert board is BOARD and note.startswith("NOT UP TO DATE") and "the database is locked" in note
    assert _looked(lambda: BOARD, BOARD) == (BOARD, "q: end")


class Live:
    """A board on a terminal of its own."""

    def __init__(self, screen: int, process: "subprocess.Popen[bytes]") -> None:
        self.screen, self.process, self.shown = screen, process, ""

    def until(self, text: str) -> str:
        """What it drew since the last call, up to this."""
        end = time.monotonic() + 20
        while text not in self.shown:
            ready, _, _ = select.select([self.screen], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {text!r} in {self.shown!r}"
            self.shown += os.read(self.screen, 65536).decode()
        before, _, self.shown = self.shown.partition(text)
        return before

    def resize(self, lines: int, columns: int) -> None:
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


@contextmanager
def live() -> Iterator[Live]:
    screen, slave = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 160, 0, 0))
    before = termios.tcgetattr(slave)
    command = [sys.executable, "-m", "mailsla", "board", "--every", "1"]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as process:
        try:
            yield Live(screen, process)
            assert process.wait(20) == 0
            assert termios.tcgetattr(slave) == before, "the terminal is as it was"
        finally:
            process.kill()
    os.close(slave)
    os.close(screen)


def test_it_redraws_in_place_takes_a_resize_and_ends_with_q(office: Office) -> None:
    office.receive(write(ANA))
    with live() as board:
        board.until(ENTER)
        assert "our delivery team" in board.until("q: end")
        office.receive(write(RIO))
        again = board.until("ACME-1002")
        assert "\x1b[2J" not in again, "nothing is cleared first"
        board.resize(24, 60)
        frames = [board.until("q: end") for _ in range(3)]
        assert "our delivery team" not in frames[-1] and "ACME-1002" in frames[-1]
        os.write(board.screen, b"q")
        board.until(LEAVE)


def test_an_interrupt_ends_it_cleanly(office: Office) -> None:
    with live() as board:
        board.until("Nothing is open.")
        os.kill(board.process.pid, signal.SIGINT)
        board.until(LEAVE)

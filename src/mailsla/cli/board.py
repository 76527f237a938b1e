"""`mailsla board`: what is open, by time left, live in the terminal."""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from shutil import get_terminal_size

import click

from mailsla.cli.opened import opened
from mailsla.cli.output import json_option, print_json
from mailsla.core.board import Board
from mailsla.errors import TemporaryError

SLICE = 0.25  # seconds between two looks at the keyboard and the size of the terminal
# DEC private modes: another screen, no cursor, and what is drawn shows at once or not at all.
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
HOME, CLEAR_LINE, CLEAR_BELOW, HOLD, SHOW = "\x1b[H", "\x1b[K", "\x1b[J", "\x1b[?2026h", "\x1b[?2026l"
KEYS = "q: end"


@click.command(name="board")
@click.option("--once", is_flag=True, help="Print it once; so too where the output is no terminal.")
@click.option("--every", type=click.IntRange(1, 3600), default=5, show_default=True, help="Seconds between two looks.")
@json_option
@click.pass_obj
def command(config: Path | None, once: bool, every: int, as_json: bool) -> None:
    """Show what is open, by time left, with queues and today's figures; until q or Ctrl-C.

    \b
    Example: mailsla board
             mailsla board --once --json
    """
    from mailsla.cli.board_text import data_of, screen
    from mailsla.flows.board import look

    with opened(config) as services:
        zone = services.zone(services.settings.mailboxes[0].zone)
        if as_json:
            print_json(data_of(look(services)))
        elif once or not (sys.stdout.isatty() and sys.stdin.isatty()):
            click.echo("\n".join(screen(look(services), zone, get_terminal_size().columns)))
        else:
            _live(lambda: look(services), zone, every)


def _live(look: Callable[[], Board], zone: tzinfo, every: int) -> None:
    """Draw, wait, look again. A database that is away for a moment leaves the last look, and is said."""
    board, note = look(), KEYS
    with _terminal():
        drawn = None
        again = time.monotonic() + every
        while True:
            size = _size()
            if drawn != (board, note, size):
                _draw(board, zone, size, note)
                drawn = (board, note, size)
            if _pressed(SLICE) in ("q", "Q", "\x03", "\x04"):
                return
            if time.monotonic() >= again:
                board, note = _looked(look, board)
                again = time.monotonic() + every


def _looked(look: Callable[[], Board], last: Board) -> tuple[Board, str]:
    try:
        return look(), KEYS
    except TemporaryError as error:
        return last, f"NOT UP TO DATE, the database can't be reached, tried again by itself ({error.message}); {KEYS}"


def _draw(board: Board, zone: tzinfo, size: os.terminal_size, note: str) -> None:
    """In one go, line over line: nothing is cleared first, so nothing flickers."""
    from mailsla.cli.board_text import screen

    colours = "NO_COLOR" not in os.environ
    lines: Sequence[str] = screen(board, zone, size.columns, size.lines, note=note, colours=colours)
    body = "\r\n".join(line + CLEAR_LINE for line in lines[: size.lines])
    sys.stdout.write(f"{HOLD}{HOME}{body}{CLEAR_BELOW}{SHOW}")
    sys.stdout.flush()


def _size() -> os.terminal_size:
    """As the terminal is now, whatever the environment says of it: it may have been resized."""
    found = os.get_terminal_size(sys.stdout.fileno())
    return found if found.columns and found.lines else get_terminal_size()


@contextmanager
def _terminal() -> Iterator[None]:
    """Keys come one by one and unseen; afterwards, however it ends, the terminal is as it was."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)
        sys.stdout.write(ENTER)
        yield
    except KeyboardInterrupt:
        pass  # Ctrl-C is how it ends
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        sys.stdout.write(LEAVE)
        sys.stdout.flush()


def _pressed(seconds: float) -> str:
    """The key that was pressed within so many seconds, "" = none; the end of the input ends the board too."""
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if not ready:
        return ""
    return os.read(sys.stdin.fileno(), 1).decode("ascii", "replace") or "q"

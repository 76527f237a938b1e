"""What the command line prints: errors with their exit codes, tables, JSON and times."""

import json
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size

import click

from mailsla.errors import ConfigError, MailslaError, Problem, TemporaryError

DONE, FAILED, USAGE, TEMPORARY, CONFIGURATION = 0, 1, 2, 75, 78  # 75 and 78 as in sysexits.h

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON; times are ISO 8601 in UTC.")


def guarded(command: Callable[[], object]) -> int:
    """Runs a command and returns its exit code; an error that a person can act on becomes a message on stderr.

    Anything else is a mistake in mailsla: it goes on as the exception that it is, with its traceback (exit code 1).
    """
    try:
        code = command()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("mailsla: stopped", err=True)
        return FAILED
    except MailslaError as error:
        click.echo(message_of(error), err=True)
        return exit_code_of(error)
    return code if isinstance(code, int) else DONE


def exit_code_of(error: MailslaError) -> int:
    """75 when trying again may work, 78 when the configuration is wrong, else 1."""
    if isinstance(error, ConfigError):
        return CONFIGURATION
    return TEMPORARY if isinstance(error, TemporaryError) else FAILED


def message_of(error: MailslaError) -> str:
    """The thing, its cause and the mend; of several problems each."""
    if isinstance(error, ConfigError):
        return "\n".join(problem_lines(problem) for problem in error.problems)
    lines = f"mailsla: {clean(error.message)}"
    return f"{lines}\n  mend: {clean(error.mend)}" if error.mend else lines


def problem_lines(problem: Problem) -> str:
    """One problem of the set-up, as `check` and a refused configuration print it."""
    return f"mailsla: {clean(problem.where)}: {clean(problem.what)}\n  mend: {clean(problem.mend)}"


def iso(instant: int | None) -> str | None:
    """Epoch seconds as "2026-11-20T15:55:00Z"; None stays None."""
    return None if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def print_json(value: object) -> None:
    """A value of dicts, lists and scalars as JSON (RFC 8259); instants are to be `iso` already."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_rows(columns: Sequence[str], rows: Sequence[Mapping[str, object]], as_json: bool, nothing: str) -> None:
    """A list: as JSON whole, else as a table of `columns`; when there is none, `nothing` says so in words."""
    if as_json:
        print_json(list(rows))
    elif not rows:
        click.echo(nothing)
    else:
        cells = [[text_of(row[column]) for column in columns] for row in rows]
        click.echo(table(columns, cells, width=get_terminal_size().columns if sys.stdout.isatty() else None))


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """Columns under their names; where `width` cells do not hold them, a block of lines for each row.

    `width`: cells of the terminal, None = as wide as it gets.
    """
    widths = [max(map(cells_of, column)) for column in zip(columns, *rows, strict=True)]
    if width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        margin = max(map(cells_of, columns))
        return "\n\n".join(
            "\n".join(f"{_padded(name, margin)}  {cell}" for name, cell in zip(columns, row, strict=True))
            for row in rows
        )
    lines = (columns, *rows)
    return "\n".join("  ".join(map(_padded, line, widths)).rstrip() for line in lines)


def text_of(value: object) -> str:
    """A value as a cell: None is "-", lists are joined, control characters do not reach the terminal."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(text_of, value)) or "-"
    return clean(str(value)).replace("\n", " ")


def clean(text: str) -> str:
    """Without what would steer a terminal or reorder its text: mail content is printed, never obeyed."""
    return "".join("�" if _steers(char) else char for char in text)


def cells_of(text: str) -> int:
    """How many cells of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _steers(char: str) -> bool:
    """Control characters but the newline, surrogates, and the bidirectional controls (Unicode TR 9)."""
    return char != "\n" and (
        unicodedata.category(char) in ("Cc", "Cs") or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells_of(text))

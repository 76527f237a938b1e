"""Errors and their exit codes, tables, JSON and times."""

import json
from collections.abc import Callable

import click
import pytest

from mailsla.cli.output import clean, guarded, iso, print_rows, table, text_of
from mailsla.errors import ConfigError, MailslaError, PermanentError, Problem, TemporaryError, Unparseable


def raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


PROBLEMS = (Problem("f:1: a", "is wrong", "mend a"), Problem("f:2: b", "is bad", "mend b"))


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TemporaryError("database: locked", "try again"), 75, "mailsla: database: locked\n  mend: try again\n"),
        (PermanentError("mailbox: refused"), 1, "mailsla: mailbox: refused\n"),
        (Unparseable("mail: too deep"), 1, "mailsla: mail: too deep\n"),
        (MailslaError("thing: cause", "mend"), 1, "mailsla: thing: cause\n  mend: mend\n"),
        (
            ConfigError(PROBLEMS),
            78,
            "mailsla: f:1: a: is wrong\n  mend: mend a\nmailsla: f:2: b: is bad\n  mend: mend b\n",
        ),
        (click.Abort(), 1, "mailsla: stopped\n"),
    ],
)
def test_an_error_is_a_message_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error)) == code
    out, err = capsys.readouterr()
    assert (out, err) == ("", said)


def test_usage_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(click.UsageError("no such option"))) == 2
    assert "no such option" in capsys.readouterr().err


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (1, 1), ("text", 0)])
def test_what_a_command_gives_back(result: object, code: int) -> None:
    assert guarded(lambda: result) == code


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        guarded(lambda: 1 // 0)


def test_a_message_never_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(raising(PermanentError("subject \x1b[2J\x07\u202e gone")))
    assert capsys.readouterr().err == "mailsla: subject �[2J�� gone\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, "-"),
        ("", "-"),
        (0, "0"),
        (True, "yes"),
        (["a", None, 2], "a, -, 2"),
        ([], "-"),
        ("two\nlines", "two lines"),
        ("\x1b[31mred", "�[31mred"),
    ],
)
def test_cells(value: object, cell: str) -> None:
    assert text_of(value) == cell


def test_clean_keeps_what_people_write() -> None:
    text = "Größe 10 € – “ja” 日本 🙂\nnext"
    assert clean(text) == text


def test_a_table_has_its_columns_under_each_other() -> None:
    assert table(("ref", "subject"), [("ACME-1", "Wo ist 日本?"), ("ACME-1042", "x")]).splitlines() == [
        "ref        subject",
        "ACME-1     Wo ist 日本?",
        "ACME-1042  x",
    ]


def test_where_the_terminal_is_narrow_each_row_is_a_block() -> None:
    rows = [("ACME-1", "a long subject"), ("ACME-2", "b")]
    assert table(("ref", "subject"), rows, width=16) == (
        "ref      ACME-1\nsubject  a long subject\n\nref      ACME-2\nsubject  b"
    )


def test_rows_are_json_a_table_or_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"ref": "ACME-1", "due": iso(1_795_362_900), "more": None}]
    print_rows(("ref", "due"), rows, as_json=True, nothing="none")
    assert json.loads(capsys.readouterr().out) == rows
    print_rows(("ref", "due"), rows, as_json=False, nothing="none")
    assert capsys.readouterr().out == "ref     due\nACME-1  2026-11-22T15:55:00Z\n"
    print_rows(("ref", "due"), [], as_json=False, nothing="No complaints.")
    assert capsys.readouterr().out == "No complaints.\n"
    print_rows(("ref", "due"), [], as_json=True, nothing="No complaints.")
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("instant", "text"), [(0, "1970-01-01T00:00:00Z"), (1_795_363_199, "2026-11-22T15:59:59Z"), (None, None)]
)
def test_times_are_iso_8601_utc(instant: int | None, text: str | None) -> None:
    assert iso(instant) == text

"""Files of holidays: rows that close, lines that wait for a person, and what can't be read; each with its line."""

from datetime import date
from pathlib import Path

import pytest

from mailsla.config.advice import warnings
from mailsla.config.holidays import Holiday, block, head, read_holidays, span_of, years_in
from mailsla.config.load import load, parse
from mailsla.errors import ConfigError

CONFIG = (Path(__file__).parent / "bad" / "calendar_holidays_file.toml").read_text(encoding="utf-8")
CONFIG = CONFIG[CONFIG.index("[instance]") :].replace("absent.toml", "days.toml").replace("holidays_file = 5\n", "")
FOUND = [
    Holiday(date(2026, 12, 25), "Christmas Day"),
    Holiday(date(2026, 12, 24), "Christmas Eve", "half a day"),
    Holiday(date(2027, 1, 1), 'The "First"'),
    Holiday(date(2027, 1, 1), "New Year's Day"),
    Holiday(date(2028, 1, 1), "another year"),
]
ROWS = """\
# 2026-2027 from a book
# to review: 2026-12-24 "Christmas Eve": half a day
2026-12-25 = "Christmas Day"
2027-01-01 = "New Year's Day; The \\"First\\""
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "mailsla.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "days.toml"


def test_the_rows_of_an_import() -> None:
    assert block(FOUND, "a book", [2026, 2027]) == ROWS
    assert block(FOUND, "a book", [2030]) == ""
    assert years_in(head("office") + ROWS) == {2026, 2027}


def test_what_is_written_is_read(file: Path) -> None:
    file.write_text(head("office") + ROWS, encoding="utf-8")
    found = read_holidays(file)
    assert found.rows == {date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): 'New Year\'s Day; The "First"'}
    (left,) = found.to_review
    assert left.where == f"{file}:5"
    assert left.what == 'nobody has decided on 2026-12-24 "Christmas Eve": half a day'
    assert "exceptions" in left.mend
    assert not found.faults


def test_a_calendar_takes_the_rows_of_its_file_and_its_own_win(file: Path) -> None:
    file.write_text(ROWS, encoding="utf-8")
    config = file.with_name("mailsla.toml")
    own = 'holidays.2026-12-25 = "Ours"\nholidays_file'
    config.write_text(CONFIG.replace("holidays_file", own), encoding="utf-8")
    settings = load(config)
    assert settings.calendars["office"].holidays == {
        date(2026, 12, 25): "Ours",
        date(2027, 1, 1): 'New Year\'s Day; The "First"',
    }
    assert any(f"{file}:2" == warning.where for warning in warnings(settings))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('2026-02-30 = "?"\n', 1, '"2026-02-30" is no date'),
        ('# one\n\nChristmas = "2026-12-25"\n', 3, '"Christmas" is no date'),
        ("2026-12-25 = true\n", 1, '"2026-12-25" is no date with the name'),
        ('2026-12-25 = "one"\n2026-12-25 = "two"\n', None, "this is not TOML"),
        ("2026-12-25\n", None, "this is not TOML"),
        ("\N{BYTE ORDER MARK}", None, "this is not TOML"),
    ],
)
def test_a_file_that_is_wrong_is_refused(file: Path, text: str, line: int | None, what: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file.with_name("mailsla.toml"))
    (problem,) = refused.value.problems
    assert ": calendars.office.holidays_file" in problem.where
    assert f"{file}{':' + str(line) if line else ''}: {what}" in problem.what
    assert '2026-12-25 = "Christmas Day"' in problem.mend


def test_a_file_that_is_not_there_or_not_utf8(file: Path) -> None:
    assert "No such file" in read_holidays(file).faults[0].what
    file.write_bytes(b'2026-12-25 = "No\xebl"')
    assert "not UTF-8" in read_holidays(file).faults[0].what
    with pytest.raises(ConfigError):
        parse(CONFIG, file.parent)


@pytest.mark.parametrize(
    ("years", "said"), [([2026], "2026"), ([2027, 2026], "2026-2027"), ([2026, 2028], "2026, 2028")]
)
def test_years_in_words(years: list[int], said: str) -> None:
    assert span_of(years) == said

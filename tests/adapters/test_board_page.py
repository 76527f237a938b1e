"""The board's page: nothing of customers but references and subjects, nothing from elsewhere, whole or not at all."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mailsla.adapters.board_page import MOST_ROWS, page_of, write_page
from mailsla.errors import TemporaryError
from tests.cli.test_board import BERLIN, BOARD, row

HOSTILE = replace(row(1001, due=60), subject='<script src="https://e.example/x.js">\u202e</script>', assignee="<b>Sam")


def page(*, subjects: bool = True, count: int = 1) -> str:
    return page_of(replace(BOARD, rows=[HOSTILE] * count), "acme", BERLIN, subjects=subjects)


def test_what_customers_write_is_shown_and_never_obeyed() -> None:
    shown = page()
    assert "&lt;script" in shown and "<script" not in shown and "<b>" not in shown and "\u202e" not in shown
    assert re.findall(r"(?:src|href|url\(|@import)", shown.replace("&lt;script src", "")) == []


def test_it_refreshes_by_itself_and_is_dark_where_that_is_wished() -> None:
    assert '<meta http-equiv="refresh" content="60">' in page()
    assert "prefers-color-scheme:dark" in page()


def test_subjects_can_be_left_out() -> None:
    assert "script" not in page(subjects=False) and "ACME-1001" in page(subjects=False)


@pytest.mark.parametrize(("count", "rest"), [(MOST_ROWS, ""), (MOST_ROWS + 1, "and 1 more")])
def test_the_most_urgent_are_shown_and_the_rest_is_counted(count: int, rest: str) -> None:
    shown = page(count=count)
    assert shown.count("ACME-1001") == MOST_ROWS
    assert (rest in shown) if rest else ("more" not in shown)


def test_it_takes_the_place_of_the_last_one_whole_and_a_web_server_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "board.html"
    for text in ("first", "second"):
        write_page(file, text)
    assert file.read_text(encoding="utf-8") == "second"
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_gone_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError, match=r"board\.file"):
        write_page(tmp_path / "gone" / "board.html", "x")

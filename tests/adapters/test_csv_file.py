"""CSV (RFC 4180) in which no cell of somebody's is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.csv_file import csv_bytes


def back(raw: bytes, encoding: str = "utf-8") -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(encoding), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"])
def test_what_a_spreadsheet_would_work_out_is_text(text: str) -> None:
    (_, (cell,)) = back(csv_bytes(["a"], [{"a": text}], unknown="n/a"))
    assert cell == f"'{text}"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_every_text_reads_back_and_each_record_ends_with_crlf(text: str) -> None:
    raw = csv_bytes(["a", "b"], [{"a": text, "b": 4}], unknown="n/a")
    assert raw.startswith(b"a,b\r\n") and raw.endswith(b"\r\n")
    (_, (cell, number)) = back(raw)
    assert cell.removeprefix("'") == text.removeprefix("'") and number == "4"


def test_what_is_not_known_is_said_and_excel_is_told_the_encoding() -> None:
    raw = csv_bytes(["ä"], [{"ä": None}], unknown="n/a", encoding="utf-8-sig")
    assert raw == b"\xef\xbb\xbf\xc3\xa4\r\nn/a\r\n"

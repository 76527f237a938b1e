"""The text part's lines: wrapping by columns, quotes, tables, and the line that tells what a reply does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.letters_text import (
    WIDTH,
    bar,
    columns,
    listed,
    mailto,
    marker,
    paragraphs,
    prose,
    quoted,
    settled,
    shortened,
    table,
    unwrapped,
    wrapped,
)


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("ü", 1), ("日本", 4), ("e\u0301", 1), ("a\u200db", 2)])
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@given(text=st.text(alphabet=st.characters(max_codepoint=0x3FFF, exclude_categories=("Cc",))))
def test_columns_are_those_of_the_characters(text: str) -> None:
    nothing = [one for one in text if unicodedata.combining(one) or unicodedata.category(one) == "Cf"]
    wide = [one for one in text if unicodedata.east_asian_width(one) in "WF" and one not in nothing]
    assert columns(text) == len(text) - len(nothing) + len(wide)


def test_a_quote_has_a_mark_before_every_line() -> None:
    assert quoted("one\n\n> two\nFrom me") == "| one\n|\n| > two\n| From me"
    assert quoted("word " * 20).splitlines() == ["| " + "word " * 13 + "word", "| " + "word " * 5 + "word"]


def test_a_web_address_is_never_cut() -> None:
    address = "https://shop.example/" + "x" * 100
    assert address in prose(f"see {address} there").splitlines()
    assert list(wrapped("x" * 100, 72)) == ["x" * 72, "x" * 28]


@pytest.mark.parametrize("trap", ["> q", ">", "From me", "-- ", "-- x"])
def test_prose_misleads_no_mail_program(trap: str) -> None:
    for line in prose(f"{trap}\nend").splitlines():
        assert not line.startswith((">", "From ", "-- "))


def test_a_table_hangs_its_values() -> None:
    assert table([("A", "one"), ("Long", "two " * 20)]).splitlines() == [
        "A     one",
        "Long  " + " ".join(["two"] * 16),
        "      " + " ".join(["two"] * 4),
    ]
    assert table([]) == ""


@pytest.mark.parametrize("name", ["Ana", "M" * 80, "日本" * 40])
def test_the_first_line_is_one_line_of_its_shape(name: str) -> None:
    line = marker("Reply above this line: it goes to %(name)s. #note = inside", name)
    assert line.startswith("=== ") and line.endswith(". #note = inside ===")
    assert columns(line) <= WIDTH


def test_a_bar_is_ten_characters() -> None:
    assert [bar(share) for share in (0, 0.06, 0.5, 1.0, 7)] == [
        "[----------]", "[----------]", "[#####-----]", "[##########]", "[##########]",
    ]  # fmt: skip


def test_commands_are_not_broken_inside() -> None:
    assert all(line.startswith("#wait customer") for line in listed(("#wait customer",) * 9).splitlines())


def test_paragraphs_keep_their_lines() -> None:
    assert paragraphs("a\nb\n\n \nc\n") == [["a", "b"], ["c"]]
    assert paragraphs("") == []


def test_a_very_long_text_is_cut_by_what_it_costs() -> None:
    assert shortened("a" * 1000) == "a" * 1000
    assert len(shortened("a" * 100_000)) == 36_000
    assert len(shortened("ü" * 100_000)) == 3_000


@given(st.text(max_size=600))
def test_a_settled_text_keeps_every_word(text: str) -> None:
    lines = settled(text).splitlines()
    assert all(columns(line) <= WIDTH or "://" in line for line in lines)
    assert "".join(settled(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        (["a" * 66 + " and", "then more of it"], ["a" * 66 + " and then more of it"]),  # the program broke it
        (["Dear Ana,", "short", "end", "b" * 70], ["Dear Ana,", "short", "end", "b" * 70]),  # the writer did
        (["c" * 70, "- an item"], ["c" * 70, "- an item"]),
        (["c" * 70, "2. an item"], ["c" * 70, "2. an item"]),
        (["d" * 70, "", "e" * 70], ["d" * 70, "", "e" * 70]),
        (["f" * 300, "not wrapped at all"], ["f" * 300, "not wrapped at all"]),
        (["short", "lines"], ["short", "lines"]),
    ],
)
def test_lines_that_a_mail_program_broke_are_whole_again(written: list[str], whole: list[str]) -> None:
    assert unwrapped(written) == whole


def test_a_link_fills_in_a_draft_where_no_client_spoils_its_address() -> None:
    link = mailto("k7q2@reply.acme.example", "Did you? [A-1]", "#yes")
    assert link == "mailto:k7q2@reply.acme.example?subject=Did%20you%3F%20%5BA-1%5D&body=%23yes"
    assert mailto("support+k7q2@acme.example", "", "#yes") == ""

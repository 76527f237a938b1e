"""How the figures of a report are written, and its columns in text."""

from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from mailsla.adapters.letters_text import WIDTH, columns, grid
from mailsla.adapters.letters_time import Times
from tests.adapters.letters.reading import LETTERS


@pytest.mark.parametrize(
    ("language", "share", "written"),
    [
        ("en", Fraction(9996, 10000), "99.9%"),  # not yet 100 %
        ("en", Fraction(1), "100%"),
        ("en", Fraction(92, 100), "92.0%"),
        ("en", Fraction(0), "0%"),
        ("en", None, "–"),
        ("de", Fraction(96, 102), "94,1\u00a0%"),
        ("fr", Fraction(96, 102), "94,1\u202f%"),
    ],
)
def test_shares_are_rounded_down_to_a_tenth(language: str, share: Fraction | None, written: str) -> None:
    times = Times(LETTERS._catalogues[language], ZoneInfo("Europe/Berlin"), 0)
    assert times.share(share).replace("\u00a0%", "\u00a0%") in (written, written.replace("\u202f", "\u00a0"))


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (None, "–"),
        (59, "0 min"),
        (3300, "55 min"),
        (7200, "2 h"),
        (18600, "5 h 10 min"),
        (520300, "144 h"),
        (5_000_000, "1,388 h"),
    ],
)
def test_lengths(seconds: int | None, written: str) -> None:
    times = Times(LETTERS._catalogues["en"], ZoneInfo("Europe/Berlin"), 0)
    assert times.length(seconds).replace("\u00a0", " ") == written


def test_columns_line_up_within_the_width_whatever_stands_in_them() -> None:
    rows = [("x" * 200, "1", "22"), ("one two " * 20, "333", "4"), ("", "5", "6")]
    lines = grid(("Name", "A", "Long name"), rows).splitlines()
    assert max(map(columns, lines)) <= WIDTH
    assert {line.rindex(last) + len(last) for line, last in zip(lines, ("Long name",), strict=False)} == {WIDTH}
    narrow = grid(("Name", "A" * 30, "B" * 30), [("a name of many words", "1", "2")])
    assert narrow.splitlines()[0] == "a name of many words"

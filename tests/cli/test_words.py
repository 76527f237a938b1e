"""Times, lengths and texts as a terminal shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.adapters.wordings import WORDINGS
from mailsla.cli import words
from mailsla.cli.output import cells_of, clean
from tests.flows.office import BERLIN, DAY, HOUR, MINUTE, berlin

NOW = berlin("2026-11-16 10:00")  # a Monday


@pytest.mark.parametrize(
    ("at", "long", "short"),
    [
        ("2026-11-16 12:55", "Mon 16 Nov, 12:55", "today 12:55"),
        ("2026-11-15 23:59", "Sun 15 Nov, 23:59", "Sun 23:59"),
        ("2026-11-22 09:00", "Sun 22 Nov, 09:00", "Sun 09:00"),
        ("2026-11-23 09:00", "Mon 23 Nov, 09:00", "23 Nov 09:00"),
        ("2026-11-09 09:00", "Mon 9 Nov, 09:00", "9 Nov 09:00"),
        ("2027-01-04 09:00", "Mon 4 Jan 2027, 09:00", "4 Jan 2027"),
    ],
)
def test_times(at: str, long: str, short: str) -> None:
    assert words.when(berlin(at), BERLIN, NOW) == long
    assert words.due_short(berlin(at), BERLIN, NOW) == short


@pytest.mark.parametrize(
    ("at", "long", "short"),
    [
        ("2026-11-17 00:00", "Mon 16 Nov, 24:00", "today 24:00"),
        ("2026-11-23 00:00", "Sun 22 Nov, 24:00", "Sun 24:00"),
        ("2027-01-01 00:00", "Thu 31 Dec, 24:00", "31 Dec 24:00"),
        ("2027-01-18 00:00", "Sun 17 Jan 2027, 24:00", "17 Jan 2027"),
        ("2026-11-16 12:55", "Mon 16 Nov, 12:55", "today 12:55"),
    ],
)
def test_what_is_due_at_the_end_of_a_date_is_due_on_it(at: str, long: str, short: str) -> None:
    assert words.due(berlin(at), BERLIN, NOW) == long
    assert words.due_short(berlin(at), BERLIN, NOW) == short


@pytest.mark.parametrize(
    ("seconds", "open_time", "clock_time"),
    [
        (0, "under 1 min", "under 1 min"),
        (59, "under 1 min", "under 1 min"),
        (45 * MINUTE, "45 min", "45 min"),
        (119 * MINUTE, "119 min", "119 min"),
        (2 * HOUR, "2 h", "2 h"),
        (3 * HOUR + 5 * MINUTE, "3 h 5 min", "3 h 5 min"),
        (2 * DAY, "48 h", "2 d"),
        (2 * DAY + 3 * HOUR + 59 * MINUTE, "51 h 59 min", "2 d 3 h"),
    ],
)
def test_lengths(seconds: int, open_time: str, clock_time: str) -> None:
    assert words.hours_of(seconds) == open_time
    assert words.span(seconds) == clock_time


def test_opening_time_is_left_and_clock_time_is_late() -> None:
    assert words.left_of(NOW + 3 * DAY, 12 * HOUR, NOW) == "12 h left"
    assert words.left_of(NOW - 3 * DAY, None, NOW) == "late 3 d"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_a_shortened_text_fits_on_its_line(text: str, cells: int) -> None:
    short = words.shortened(text, cells)
    assert cells_of(short) <= cells
    assert "\n" not in short
    assert short.endswith("…") or cells_of(" ".join(clean(text).split())) <= cells


@pytest.mark.parametrize(
    ("text", "cells", "short"),
    [("a parcel", 8, "a parcel"), ("a parcel", 7, "a parc…"), ("a parcel", 3, "a…"), ("日本語", 5, "日本…")],
)
def test_shortened(text: str, cells: int, short: str) -> None:
    assert words.shortened(text, cells) == short


def test_a_long_text_is_shortened_in_no_time() -> None:
    assert words.shortened("word " * 1_000_000, 20) == "word word word word…"


def test_facts_stand_in_a_column_and_go_on_under_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = words.facts([("from", "ana@mail.example"), ("unsaid", ""), ("subject", "one two three " * 4), ("", "more")])
    assert told == [
        "  from     ana@mail.example",
        "  subject  one two three one two three",
        "           one two three one two three",
        "           more",
    ]


@given(st.text(), st.integers(min_value=0, max_value=8))
def test_no_text_of_a_mail_steers_the_terminal(text: str, indent: int) -> None:
    for line in [*words.prose(text, indent), *words.facts([("subject", text)])]:
        assert line == clean(line)
        assert "\n" not in line


def test_prose_keeps_its_lines_and_how_they_are_set_in() -> None:
    assert words.prose("one\n\n  two\n\tthree", indent=2) == ["  one", "", "    two", "          three"]


def test_a_listing_says_how_many_more() -> None:
    assert words.listing(["a", "b"], most=2) == "a, b"
    assert words.listing(["a", "b", "c", "d"], most=2) == "a, b and 2 more"


@pytest.mark.parametrize(
    ("octets", "size"), [(999, "999 bytes"), (1000, "1 kB"), (999_999, "999 kB"), (1_240_000, "1.2 MB")]
)
def test_sizes(octets: int, size: str) -> None:
    assert words.size_of(octets) == size


def test_each_reason_for_silence_has_its_words() -> None:
    assert set(words.SILENT) == {code for code in WORDINGS if code.startswith(("refused_", "muted_"))}

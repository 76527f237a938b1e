"""The dates of an absence, as people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.absence_dates import LONGEST, Asked, DatesError, read_dates

TODAY = date(2026, 11, 22)  # a Sunday
CHRISTMAS = (date(2026, 12, 24), date(2027, 1, 6))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        *[
            (text, *CHRISTMAS)
            for text in (
                "24 Dec - 6 Jan",
                "24. Dezember bis 6. Januar",
                "Dec 24th to January 6th",
                "24.12.-6.1.",
                "24.12.2026 – 6.1.2027",
                "2026-12-24 - 2027-01-06",
                "2026-12-24-2027-01-06",
                "from 24 Dec till 6 Jan",
                "24.12 .. 6.1",
            )
        ],
        ("24-28 Dec", date(2026, 12, 24), date(2026, 12, 28)),
        ("24 Dec", date(2026, 12, 24), date(2026, 12, 24)),
        ("today", TODAY, TODAY),
        ("tomorrow", date(2026, 11, 23), date(2026, 11, 23)),
        ("tomorrow - 3 Dec", date(2026, 11, 23), date(2026, 12, 3)),
        ("monday", date(2026, 11, 23), date(2026, 11, 23)),
        ("Mon-Fri", date(2026, 11, 23), date(2026, 11, 27)),
        ("until friday", TODAY, date(2026, 11, 27)),
        ("bis Freitag", TODAY, date(2026, 11, 27)),
        ("20 Nov - 27 Nov", date(2026, 11, 20), date(2026, 11, 27)),  # begun already
        ("29 Feb 2028", date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_dates_are_read_as_they_are_meant(text: str, first: date, last: date) -> None:
    assert read_dates(text, TODAY) == Asked(first, last)


@pytest.mark.parametrize("text", ["off", "Back", " off. ", "end", "zurück"])
def test_an_absence_is_ended_by_a_word(text: str) -> None:
    assert read_dates(text, TODAY) == Asked(None, None)


@pytest.mark.parametrize(
    ("text", "deputy"),
    [("tomorrow deputy kim", "kim"), ("mon-fri, Deputy: Kim Adler", "Kim Adler"), ("morgen Vertretung @kim", "kim")],
)
def test_a_deputy_stands_behind_the_dates(text: str, deputy: str) -> None:
    assert read_dates(text, TODAY).deputy == deputy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "absent_unclear"),
        ("deputy kim", "absent_unclear"),
        ("next week some time", "absent_unclear"),
        ("24 Dec - 28 Dec - 6 Jan", "absent_unclear"),
        ("30 Feb", "absent_no_date"),
        ("32.12.", "absent_no_date"),
        ("20 Nov", "absent_past"),
        ("1.9.-3.9.2026", "absent_past"),
        ("6.1.2027-24.12.2026", "absent_reversed"),
        ("1.1.2027-1.1.2029", "absent_too_long"),
    ],
)
def test_what_is_no_absence_is_refused_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(DatesError) as refused:
        read_dates(text, TODAY)
    assert refused.value.reason.code == code


@given(st.dates(date(2026, 11, 22), date(2030, 1, 1)), st.integers(0, LONGEST - 1))
def test_iso_dates_come_back_as_they_were_written(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    assert read_dates(f"{first} - {last}", TODAY) == Asked(first, last)


@given(st.text(max_size=60))
def test_any_text_is_dates_or_refused(text: str) -> None:
    try:
        asked = read_dates(text, TODAY)
    except DatesError:
        return
    assert (asked.first is None) == (asked.last is None)
    assert asked.first is None or asked.last is None or asked.first <= asked.last >= TODAY

"""Calendars that changed: each version counts from its instant, in the past and in the future (sla.md section 4)."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.targets import due_of, parse_target
from tests.core.sla.at import BERLIN, NINE_TO_FIVE, at, office, said
from tests.core.sla.strategies import calendars

SHORT = dict.fromkeys(NINE_TO_FIVE, (("10:00", "12:00"),))
WEDNESDAY = at("2026-11-18 00:00")


def changed(since: int = WEDNESDAY) -> Calendar:
    """Nine to five, and from Wednesday on ten to twelve, with a holiday on Friday."""
    old = office()
    spec = replace(old.spec, weekly=SHORT, holidays={date(2026, 11, 20): "Moving day"})
    return Calendar(spec, BERLIN, version=2, since=since, before=old)


def test_each_version_counts_from_its_instant() -> None:
    calendar = changed()
    assert calendar.elapsed(at("2026-11-17 09:00"), at("2026-11-19 00:00")) == 8 * 3600 + 2 * 3600
    assert said(calendar.due(at("2026-11-17 16:00"), 2 * 3600)) == "2026-11-18 11:00"
    assert said(calendar.due(at("2026-11-16 09:00"), 16 * 3600)) == "2026-11-17 17:00"
    assert said(calendar.next_open(at("2026-11-17 18:00"))) == "2026-11-18 10:00"


def test_a_change_at_noon_takes_the_afternoon() -> None:
    calendar = changed(at("2026-11-18 11:00"))
    assert calendar.periods(at("2026-11-18 00:00"), at("2026-11-19 00:00")) == [
        (at("2026-11-18 09:00"), at("2026-11-18 12:00"))
    ]
    assert said(calendar.business_close(date(2026, 11, 18))) == "2026-11-18 12:00"


def test_business_days_are_those_of_the_version_that_counts_then() -> None:
    calendar = changed()
    start = at("2026-11-16 10:00")
    assert said(due_of(parse_target("1 business day"), calendar, start)) == "2026-11-17 17:00"
    assert said(due_of(parse_target("3 business days"), calendar, start)) == "2026-11-19 12:00"
    assert said(due_of(parse_target("4 business days"), calendar, start)) == "2026-11-23 12:00", "Friday is closed"


def test_a_holiday_of_the_new_version_is_none_before_it() -> None:
    closed = [one.name for one in changed().closed_dates(at("2026-11-13 00:00"), at("2026-11-21 00:00"))]
    assert closed == ["Moving day"]
    later = changed(at("2026-11-21 00:00"))
    assert later.closed_dates(at("2026-11-13 00:00"), at("2026-11-21 00:00")) == ()
    assert later.is_open(at("2026-11-20 10:00"))


def test_the_version_that_counts_is_known() -> None:
    calendar = changed()
    assert [calendar.at(t).version for t in (WEDNESDAY - 1, WEDNESDAY)] == [None, 2]


@given(old=calendars(), new=calendars(), a=st.integers(-400, 400), b=st.integers(0, 800), since=st.integers(-400, 400))
def test_time_before_the_change_is_the_old_ones_and_after_it_the_new_ones(
    old: Calendar, new: Calendar, a: int, b: int, since: int
) -> None:
    start, end, change = (WEDNESDAY + hours * 3607 for hours in (a, a + b, since))
    both = Calendar(new.spec, new.zone, since=change, before=old)
    apart = old.elapsed(start, min(end, change)) + new.elapsed(max(start, change), end)
    assert both.elapsed(start, end) == apart
    wanted = apart // 2
    due = both.due(start, wanted)
    if wanted:
        assert due is not None
        assert both.elapsed(start, due) == wanted
        assert both.elapsed(start, due - 1) == wanted - 1

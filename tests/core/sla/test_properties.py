"""The properties P1 to P11 of sla.md section 9, on generated calendars around odd days of odd zones."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from mailsla.adapters.zones import zone
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.core.sla.hours import WEEKDAYS
from tests.core.sla import model
from tests.core.sla.strategies import (
    DAY,
    HOUR,
    ODD,
    ascending,
    calendars,
    cases,
    hours,
    instants_near,
)
from tests.properties import cases_of

Case = tuple[Calendar, int, list[tuple[int, int]]]
seconds = st.integers(1, 40 * HOUR)
many, few = cases_of(60, dear=True), cases_of(20, dear=True)


@many
@given(cases(), seconds)
def test_p1_p2_due_is_the_first_instant_at_which_so_much_has_passed(case: Case, wanted: int) -> None:
    calendar, start, pauses = case
    due = calendar.due(start, wanted, pauses)
    assume(due is not None)
    assert due is not None
    assert calendar.elapsed(start, due, pauses) == wanted
    assert calendar.elapsed(start, due - 1, pauses) == wanted - 1
    assert calendar.is_open(due - 1)
    assert not any(a <= due - 1 < b for a, b in pauses)


@many
@given(cases(), seconds, seconds, st.integers(0, 5 * DAY))
def test_p3_due_is_monotone_in_start_and_in_length(case: Case, one: int, more: int, later: int) -> None:
    calendar, start, pauses = case
    first = calendar.due(start, one, pauses)
    assume(first is not None)
    for other in (calendar.due(start, one + more, pauses), calendar.due(start + later, one, pauses)):
        assert other is None or (first is not None and other >= first)


@many
@given(st.data())
def test_p4_p6_elapsed_is_additive_and_bounded(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    a, b, c = data.draw(ascending(calendar, 3))
    assert calendar.elapsed(a, b) + calendar.elapsed(b, c) == calendar.elapsed(a, c)
    assert 0 <= calendar.elapsed(a, c) <= c - a
    assert calendar.elapsed(c, a) == 0


@many
@given(cases(), seconds, seconds)
def test_p5_going_on_from_a_due_is_going_on_from_the_start(case: Case, one: int, more: int) -> None:
    calendar, start, pauses = case
    first = calendar.due(start, one, pauses)
    assume(first is not None)
    assert first is not None
    both = calendar.due(start, one + more, pauses)
    # The search from the later start reaches further, so only what both searches find can be compared.
    assert both is None or calendar.due(first, more, pauses) == both


@many
@given(st.data())
def test_p7_splitting_or_reordering_intervals_changes_nothing(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    start, end = data.draw(ascending(calendar, 2))
    split: dict[str, tuple[tuple[str, str], ...]] = {}
    for day, written in calendar.spec.weekly.items():
        parts = [((a, "12:00"), ("12:00", b)) if a < "12:00" < b else ((a, b),) for a, b in written]
        split[day] = tuple(reversed([part for group in parts for part in group]))
    other = Calendar(replace(calendar.spec, weekly=split), calendar.zone)
    assert other.periods(start, end) == calendar.periods(start, end)


@cases_of(60)
@given(st.sampled_from(sorted(ODD)), st.integers(0, 2_000_000_000), st.integers(0, 900 * DAY))
def test_p8_round_the_clock_is_plain_addition_in_any_zone(name: str, start: int, wanted: int) -> None:
    weekly = dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))
    assert Calendar(CalendarSpec(zone=name, weekly=weekly), zone(name)).due(start, wanted) == start + wanted


@many
@given(st.data(), seconds)
def test_p9_more_holidays_are_never_earlier_more_hours_never_later(data: st.DataObject, wanted: int) -> None:
    calendar = data.draw(calendars())
    start = data.draw(instants_near(calendar))
    spec = calendar.spec
    day = ODD[spec.zone] + timedelta(days=data.draw(st.integers(-3, 10)))
    fewer = Calendar(replace(spec, holidays={**spec.holidays, day: "one more"}), calendar.zone)
    weekday = data.draw(st.sampled_from(WEEKDAYS))
    added = spec.weekly.get(weekday, ()) + data.draw(hours)
    more = Calendar(replace(spec, weekly={**spec.weekly, weekday: added}), calendar.zone)
    never = 2**62
    dues = [other.due(start, wanted) for other in (more, calendar, fewer)]
    assert sorted(dues, key=lambda due: never if due is None else due) == dues


@many
@given(cases(), seconds, st.data())
def test_p10_a_pause_without_open_time_changes_nothing(case: Case, wanted: int, data: st.DataObject) -> None:
    calendar, start, pauses = case
    closed = data.draw(instants_near(calendar))
    assume(not calendar.is_open(closed))
    opening = calendar.next_open(closed)
    pause = (closed, closed + DAY if opening is None else opening)
    assume(opening is not None)
    assert calendar.due(start, wanted, [*pauses, pause]) == calendar.due(start, wanted, pauses)


@few
@given(cases(), st.integers(0, 4 * DAY // 60), st.integers(1, 30 * 60))
def test_p11_equals_the_minute_by_minute_model(case: Case, length: int, minutes: int) -> None:
    calendar, start, pauses = case
    spec, tz, end = calendar.spec, calendar.zone, start + length * 60
    assert calendar.elapsed(start, end, pauses) == model.elapsed(spec, tz, start, end, pauses)
    assert calendar.is_open(start) == model.is_open(spec, tz, start)
    limit = start + 5 * DAY
    due = calendar.due(start, minutes * 60, pauses)
    slow = model.due(spec, tz, start, minutes * 60, pauses, limit)
    assert due == slow if due is not None and due <= limit else slow is None


@few
@given(calendars(), st.integers(-3, 3))
def test_p11_days_equal_the_model(calendar: Calendar, ahead: int) -> None:
    day = ODD[calendar.spec.zone] + timedelta(days=ahead)
    assert calendar.business_close(day) == model.business_close(calendar.spec, calendar.zone, day)
    assert calendar.end_of_date(day) == model.end_of_date(calendar.zone, day)


@many
@given(st.data())
def test_next_open_and_next_close_are_the_edges_of_periods(data: st.DataObject) -> None:
    calendar = data.draw(calendars())
    start, end = data.draw(ascending(calendar, 2))
    assume(end > start)
    periods = calendar.periods(start, end)
    opening = calendar.next_open(start)
    if periods:
        assert opening == periods[0][0]
        closing = calendar.next_close(periods[0][0])
        assert closing == periods[0][1] or periods[0][1] == end
    else:
        assert opening is None or opening >= end


@few
@given(cases(), st.lists(st.integers(-3000, 3000), max_size=5))
def test_what_was_asked_before_does_not_change_an_answer(case: Case, days: list[int]) -> None:
    calendar, start, pauses = case
    fresh = Calendar(calendar.spec, calendar.zone)
    for day in days:
        calendar.elapsed(start + day * DAY, start + day * DAY + DAY)
    assert calendar.due(start, 8 * HOUR, pauses) == fresh.due(start, 8 * HOUR, pauses)

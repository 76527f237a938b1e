"""The state machine of sla.md section 4 beyond the vectors: stories, and the properties P12 and P13."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.model import Status
from mailsla.core.sla.clocks import Clock, ClockState, Metric, SlaEvent, Terms, replay
from mailsla.core.sla.targets import parse_target
from tests.core.sla.at import at, office, said
from tests.properties import cases_of

OFFICE = office()
TERMS = Terms(
    OFFICE,
    {
        Metric.FIRST_RESPONSE: parse_target("4h"),
        Metric.NEXT_RESPONSE: parse_target("8h"),
        Metric.RESOLUTION: parse_target("24h"),
    },
)


def event(when: str, what: str, **values: object) -> SlaEvent:
    return SlaEvent(at(when), what, **values)  # type: ignore[arg-type]


def status(when: str, to: Status) -> SlaEvent:
    return SlaEvent(at(when), "status", to=to)


def terms(**targets: str) -> Terms:
    return replace(TERMS, targets={Metric(metric): parse_target(text) for metric, text in targets.items()})


def clocks(events: list[SlaEvent], now: str, under: Terms | None = TERMS) -> dict[str, Clock]:
    """By metric and cycle: "resolution 1"."""
    return {f"{clock.metric} {clock.cycle}": clock for clock in replay(events, under, at(now))}


CREATED = event("2026-11-20 16:55", "created")  # a Friday


def test_the_friday_complaint_is_due_on_monday() -> None:
    found = clocks([CREATED], "2026-11-20 17:30")
    assert said(found["first_response 1"].due) == "2026-11-23 12:55"
    assert list(found) == ["first_response 1", "resolution 1"]


def test_events_after_now_have_not_happened() -> None:
    events = [CREATED, event("2026-11-23 09:00", "agent_reply")]
    assert clocks(events, "2026-11-20 17:30")["first_response 1"].state is ClockState.RUNNING
    assert clocks([], "2026-11-20 17:30") == {}


def test_a_reply_that_bounced_was_never_sent() -> None:
    events = [
        CREATED,
        event("2026-11-23 10:00", "agent_reply", reply="one"),
        event("2026-11-23 10:00", "customer_reply"),
        event("2026-11-23 13:30", "reply_bounced", reply="one"),
    ]
    assert clocks(events, "2026-11-23 13:00")["first_response 1"].state is ClockState.MET
    found = clocks(events, "2026-11-23 14:00")
    assert found["first_response 1"].state is ClockState.RUNNING
    assert [said(t) for t in found["first_response 1"].breached_at] == ["2026-11-23 12:55"]
    assert "next_response 1" not in found


def test_the_oldest_unanswered_mail_holds_the_clock() -> None:
    events = [
        CREATED,
        event("2026-11-23 10:00", "agent_reply"),
        event("2026-11-23 11:00", "customer_reply"),
        event("2026-11-23 15:00", "customer_reply"),
    ]
    assert said(clocks(events, "2026-11-23 16:00")["next_response 1"].due) == "2026-11-24 11:00"


def test_reopening_inside_the_window_goes_on_and_after_it_does_not() -> None:
    resolved = status("2026-11-23 10:00", Status.RESOLVED)
    last_moment = clocks([CREATED, resolved, event("2026-12-08 00:00", "customer_reply")], "2026-12-08 00:00")
    assert last_moment["resolution 1"].state is ClockState.RUNNING
    assert last_moment["next_response 1"].state is ClockState.RUNNING
    assert last_moment["resolution 1"].elapsed == 65 * 60
    too_late = clocks([CREATED, resolved, event("2026-12-08 00:01", "customer_reply")], "2026-12-08 10:00")
    assert too_late["resolution 1"].state is ClockState.MET
    assert said(too_late["resolution 1"].stopped_at) == "2026-11-23 10:00"
    assert "next_response 1" not in too_late


def test_reopened_as_waiting_it_is_paused_and_resolved_time_counts_as_nothing() -> None:
    events = [CREATED, status("2026-11-23 10:00", Status.RESOLVED), status("2026-11-24 10:00", Status.WAITING_CUSTOMER)]
    clock = clocks(events, "2026-11-24 12:00")["resolution 1"]
    assert (clock.state, clock.elapsed, clock.paused_business_seconds) == (ClockState.PAUSED, 65 * 60, 2 * 3600)
    assert (clock.due, clock.deadline) == (None, None)
    assert [pause.status for pause in clock.pauses] == [Status.RESOLVED, Status.WAITING_CUSTOMER]


def test_waiting_for_a_third_party_pauses_only_if_the_policy_says_so() -> None:
    events = [CREATED, status("2026-11-23 10:00", Status.WAITING_THIRD_PARTY)]
    assert clocks(events, "2026-11-23 12:00")["resolution 1"].state is ClockState.RUNNING
    pausing = replace(TERMS, pause_on=frozenset({Status.WAITING_THIRD_PARTY}))
    assert clocks(events, "2026-11-23 12:00", pausing)["resolution 1"].state is ClockState.PAUSED


@pytest.mark.parametrize(
    ("to", "state"),
    [(Status.MERGED, ClockState.MERGED), (Status.VOID, ClockState.CANCELLED)],
)
def test_merged_and_void_end_what_runs_and_what_was_only_provisional(to: Status, state: ClockState) -> None:
    answered = event("2026-11-23 09:30", "agent_reply")
    resolved = status("2026-11-23 10:00", Status.RESOLVED)
    found = clocks([CREATED, answered, resolved, status("2026-11-23 11:00", to)], "2026-11-23 12:00")
    assert found["first_response 1"].state is ClockState.MET
    assert found["resolution 1"].state is state
    found = clocks([CREATED, status("2026-11-23 11:00", to)], "2026-11-23 12:00")
    assert {clock.state for clock in found.values()} == {state}


def test_nothing_happens_after_the_end() -> None:
    closed = status("2026-11-23 10:00", Status.CLOSED)
    before = clocks([CREATED, closed], "2026-11-23 12:00")
    after = [event("2026-11-23 10:30", "customer_reply"), status("2026-11-23 11:00", Status.OPEN)]
    assert clocks([CREATED, closed, *after], "2026-11-23 12:00") == before
    assert before["resolution 1"].state is ClockState.MET


def test_periodic_updates_go_from_one_human_mail_to_the_next() -> None:
    owed = terms(periodic_update="8h")
    events = [
        CREATED,
        event("2026-11-23 10:00", "agent_reply"),
        status("2026-11-23 12:00", Status.WAITING_CUSTOMER),
        status("2026-11-24 12:00", Status.OPEN),
        event("2026-11-24 13:00", "agent_reply"),
        status("2026-11-24 14:00", Status.RESOLVED),
    ]
    found = clocks(events, "2026-11-25 09:00", owed)
    assert [(clock.state, clock.elapsed) for clock in found.values()] == [
        (ClockState.MET, 3 * 3600),
        (ClockState.CANCELLED, 3600),
    ]


def test_days_are_deadlines_that_a_pause_does_not_move() -> None:
    events = [CREATED, status("2026-11-23 10:00", Status.WAITING_CUSTOMER), status("2026-11-24 10:00", Status.OPEN)]
    under = terms(resolution="2 business days")
    assert said(clocks(events, "2026-11-24 11:00", under)["resolution 1"].due) == "2026-11-24 17:00"
    late = [*events[:2], status("2026-11-25 10:00", Status.OPEN)]
    clock = clocks(late, "2026-11-25 11:00", under)["resolution 1"]
    assert [(said(missed.at), missed.cause) for missed in clock.breaches] == [("2026-11-25 10:00", "resume")]


@pytest.mark.parametrize("ending", [Status.RESOLVED, Status.CLOSED])
def test_a_deadline_of_days_that_passed_in_a_pause_is_missed_when_it_stops(ending: Status) -> None:
    events = [CREATED, status("2026-11-23 10:00", Status.WAITING_CUSTOMER), status("2026-11-26 10:00", ending)]
    under = terms(resolution="2 business days")
    assert clocks(events, "2026-11-25 10:00", under)["resolution 1"].breaches == (), "a paused clock never breaches"
    clock = clocks(events, "2026-11-26 11:00", under)["resolution 1"]
    assert (clock.state, [said(missed.at) for missed in clock.breaches]) == (ClockState.LATE, ["2026-11-26 10:00"])


def test_grace_counts_until_the_next_opening() -> None:
    graceful = replace(TERMS, grace_until_next_opening=True)
    created = event("2026-11-23 13:00", "created")  # 4 h: due at the close
    night = [created, event("2026-11-23 22:00", "agent_reply")]
    assert clocks(night, "2026-11-24 12:00")["first_response 1"].state is ClockState.LATE
    assert clocks(night, "2026-11-24 12:00", graceful)["first_response 1"].state is ClockState.MET
    morning = [created, event("2026-11-24 09:01", "agent_reply")]
    assert clocks(morning, "2026-11-24 12:00", graceful)["first_response 1"].state is ClockState.LATE


def test_at_exactly_due_it_is_not_yet_a_breach() -> None:
    events = [event("2026-11-23 13:00", "created")]
    at_due = replay(events, TERMS, at("2026-11-23 17:00"))[0]
    assert (at_due.breached_at, said(at_due.due)) == ((), "2026-11-23 17:00")
    second_later = replay(events, TERMS, at("2026-11-23 17:00") + 1)[0]
    assert [said(t) for t in second_later.breached_at] == ["2026-11-23 17:00"]
    assert (second_later.due, said(second_later.deadline)) == (None, "2026-11-23 17:00")


def test_new_terms_carry_elapsed_over_and_never_date_back() -> None:
    events = [
        event("2026-11-23 09:00", "created"),
        event("2026-11-23 15:00", "terms", terms=terms(first_response="2h")),
        event("2026-11-23 16:00", "terms", terms=terms(first_response="1h")),
        event("2026-11-24 10:00", "terms", terms=terms(first_response="16h")),
    ]
    under = terms(first_response="8h")
    clock = clocks(events[:3], "2026-11-23 17:00", under)["first_response 1"]
    assert [(said(missed.at), missed.cause, missed.target_version) for missed in clock.breaches] == [
        ("2026-11-23 15:00", "change", 2)
    ]
    assert (clock.target_version, clock.deadline_version, clock.overdue) == (3, 2, True)
    clock = clocks(events, "2026-11-24 11:00", under)["first_response 1"]
    assert (clock.target_version, said(clock.due), len(clock.breaches)) == (4, "2026-11-24 17:00", 1)


def test_a_new_calendar_counts_from_the_change_on() -> None:
    long_days = office(weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), (("09:00", "21:00"),)))
    change = event("2026-11-23 17:00", "terms", terms=replace(terms(resolution="12h"), calendar=long_days))
    clock = clocks([event("2026-11-23 09:00", "created"), change], "2026-11-23 18:00", terms(resolution="12h"))
    assert (said(clock["resolution 1"].due), clock["resolution 1"].target_version) == ("2026-11-23 21:00", 1)


def test_terms_that_come_later_count_from_the_receipt() -> None:
    change = event("2026-11-23 12:00", "terms", terms=terms(first_response="2h", resolution="8h"))
    found = clocks([event("2026-11-23 09:00", "created"), change], "2026-11-23 13:00", None)
    assert [said(t) for t in found["first_response 1"].breached_at] == ["2026-11-23 12:00"]
    assert said(found["resolution 1"].due) == "2026-11-23 17:00"
    assert replay([event("2026-11-23 09:00", "created")], None, at("2026-11-23 13:00")) == ()


def test_terms_that_owe_nothing_any_more_cancel() -> None:
    change = event("2026-11-23 10:00", "terms", terms=None)
    found = clocks([CREATED, change, event("2026-11-23 11:00", "agent_reply")], "2026-11-23 12:00")
    assert {(clock.state, said(clock.stopped_at)) for clock in found.values()} == {
        (ClockState.CANCELLED, "2026-11-23 10:00")
    }


def test_over_while_paused_and_resolved_is_late_without_a_breach() -> None:
    events = [
        event("2026-11-23 09:00", "created"),
        status("2026-11-23 12:00", Status.WAITING_CUSTOMER),
        event("2026-11-23 13:00", "terms", terms=terms(resolution="2h")),
        status("2026-11-23 14:00", Status.RESOLVED),
    ]
    clock = clocks(events, "2026-11-23 15:00")["resolution 1"]
    assert (clock.state, clock.breached_at) == (ClockState.LATE, ())
    reopened = clocks([*events, event("2026-11-23 16:00", "customer_reply")], "2026-11-23 16:30")["resolution 1"]
    assert [(said(missed.at), missed.cause) for missed in reopened.breaches] == [("2026-11-23 16:00", "resume")]


START = at("2026-11-23 09:00")
ENDLESS = (Status.MERGED, Status.VOID, Status.CLOSED)


@st.composite
def stories(draw: st.DrawFn) -> list[SlaEvent]:
    """A receipt and up to ten events, a few hours apart."""
    events = [SlaEvent(START, "created")]
    for _ in range(draw(st.integers(0, 10))):
        t = events[-1].at + draw(st.integers(0, 40)) * 900
        what = draw(st.sampled_from(("customer_reply", "agent_reply", "status", "status", "status", "terms")))
        to = draw(st.sampled_from([one for one in Status if one not in ENDLESS]))
        owed = terms(**{metric.value: f"{draw(st.integers(1, 30))}h" for metric in Metric})
        events.append(SlaEvent(t, what, to if what == "status" else None, owed if what == "terms" else None))
    return events


@cases_of(80)
@given(stories(), st.lists(st.integers(0, 400), max_size=20))
def test_p12_looking_in_between_changes_nothing(events: list[SlaEvent], looks: list[int]) -> None:
    now = events[-1].at + 86_400
    observed = [*events, *(SlaEvent(START + look * 900, "observe") for look in looks)]
    assert replay(observed, TERMS, now) == replay(events, TERMS, now)


@cases_of(80)
@given(stories())
def test_p13_elapsed_never_falls_and_breaches_are_never_taken_back(events: list[SlaEvent]) -> None:
    seen: dict[tuple[Metric, int], Clock] = {}
    for now in sorted({one.at for one in events} | {one.at + 450 for one in events}):
        for clock in replay(events, TERMS, now):
            before = seen.get((clock.metric, clock.cycle), clock)
            assert clock.elapsed >= before.elapsed
            assert clock.paused_business_seconds >= before.paused_business_seconds
            assert clock.breaches[: len(before.breaches)] == before.breaches
            versions = [missed.target_version for missed in clock.breaches]
            assert len(set(versions)) == len(versions)
            seen[(clock.metric, clock.cycle)] = clock


@pytest.mark.parametrize(
    ("target", "resumed", "still", "moved"),
    [
        ("3 business days", "2026-11-23 16:00", "2026-11-25 17:00", "2026-11-25 17:00"),  # no day began in the pause
        ("3 business days", "2026-11-25 10:00", "2026-11-25 17:00", "2026-11-27 17:00"),  # Tuesday and Wednesday did
        (
            "3 business days",
            "2026-11-30 08:00",
            "2026-11-30 08:00",
            "2026-12-02 17:00",
        ),  # else missed, seen at the resume
        ("5 calendar days", "2026-11-25 10:00", "2026-11-26 00:00", "2026-11-28 00:00"),
        ("1 month", "2026-11-25 10:00", "2026-12-21 00:00", "2026-12-23 00:00"),
    ],
)
def test_a_pause_moves_a_deadline_of_days_only_where_the_policy_says_so(
    target: str, resumed: str, still: str, moved: str
) -> None:
    events = [
        CREATED,
        status("2026-11-23 10:00", Status.WAITING_CUSTOMER),
        status(resumed, Status.OPEN),
    ]
    fixed = terms(resolution=target)
    for under, due in ((fixed, still), (replace(fixed, pauses_move_days=True), moved)):
        clock = clocks(events, resumed, under)["resolution 1"]
        assert said(clock.due or clock.breaches[-1].at) == due
    assert clocks(events[:2], "2026-11-24 10:00", replace(fixed, pauses_move_days=True))["resolution 1"].due is None

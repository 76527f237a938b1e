"""Warnings, breaches and ladders: when each fires, once, and what an outage leaves of them (sla.md section 5)."""

from dataclasses import replace

import pytest

from mailsla.core.model import Instant, Status
from mailsla.core.sla.clocks import Clock, Metric, SlaEvent, Terms, replay
from mailsla.core.sla.escalation import Firing, due_now, next_moment, upcoming
from mailsla.core.sla.policy import Level, Policy, terms_of
from mailsla.core.sla.rungs import Warned, parse_offset, parse_warning
from mailsla.core.sla.targets import TargetError, parse_target
from tests.core.sla.at import at, office, said

OFFICE = office()
POLICY = Policy(
    name="standard",
    calendar="office",
    targets={Metric.FIRST_RESPONSE: "8h"},
    warnings=("75%", "1h before"),
    ladder=(
        Level(offset="-30m", to=("assignee",)),
        Level(offset="0m", to=("manager",), repeat="2h", at_most=2),
        Level(offset="4h", to=("role:director",)),
    ),
)
TERMS = terms_of(POLICY, OFFICE)
CREATED = SlaEvent(at("2026-11-23 09:00"), "created")  # a Monday; due at 17:00


def clock_at(now: Instant, *events: SlaEvent, terms: Terms = TERMS) -> Clock:
    return replay([CREATED, *events], terms, now)[0]


def promised(when: str, target: str) -> SlaEvent:
    """New terms: another target for the first response."""
    targets = {Metric.FIRST_RESPONSE: parse_target(target)}
    return SlaEvent(at(when), "terms", terms=replace(TERMS, targets=targets))


def named(firing: Firing) -> str:
    return f"{firing.rule} {firing.level}.{firing.repeat}"


def play(until: str, *events: SlaEvent, policy: Policy = POLICY, terms: Terms = TERMS) -> list[tuple[str | None, str]]:
    """The week as the daemon lives it: wake at the next moment, record what fires; (instant, firing) in order."""
    fired: set[str] = set()
    told = []
    now = CREATED.at
    wakes = sorted(event.at for event in events)
    while now <= at(until):
        clock = clock_at(now, *events, terms=terms)
        for firing in due_now(clock, policy, OFFICE, fired, now):
            assert firing.key not in fired
            assert firing.at <= now
            fired.add(firing.key)
            told.append((said(now), named(firing) + (" superseded" if firing.superseded else "")))
        following = [t for t in (next_moment(clock, policy, OFFICE, fired, now), *wakes) if t is not None and t > now]
        if not following:
            break
        now = min(following)
    return told


def test_a_clock_that_nobody_stops_goes_through_it_all_once() -> None:
    assert play("2026-12-31 00:00") == [
        ("2026-11-23 15:00", "75% 0.0"),
        ("2026-11-23 16:00", "1h before 1.0"),
        ("2026-11-23 16:30", "level 0.0"),
        ("2026-11-23 17:00", "breach 0.0"),
        ("2026-11-23 17:00", "level 1.0"),
        ("2026-11-24 11:00", "level 1.1"),
        ("2026-11-24 13:00", "level 2.0"),
    ]


def test_at_exactly_due_nothing_is_late_yet() -> None:
    due = at("2026-11-23 17:00")
    before = {firing.key for firing in due_now(clock_at(due - 1), POLICY, OFFICE, set(), due - 1)}
    assert due_now(clock_at(due), POLICY, OFFICE, before, due) == ()
    assert next_moment(clock_at(due), POLICY, OFFICE, before, due) == due + 1
    assert [firing.at for firing in due_now(clock_at(due + 1), POLICY, OFFICE, before, due + 1)] == [due, due]


def test_an_answer_cancels_the_rest() -> None:
    answer = SlaEvent(at("2026-11-23 16:15"), "agent_reply")
    assert [name for _, name in play("2026-12-31 00:00", answer)] == ["75% 0.0", "1h before 1.0"]
    assert next_moment(clock_at(answer.at, answer), POLICY, OFFICE, set(), answer.at) is None


def test_after_an_outage_only_the_highest_level_speaks() -> None:
    now = at("2026-11-24 14:00")
    firings = due_now(clock_at(now), POLICY, OFFICE, set(), now)
    assert [named(firing) for firing in firings if not firing.superseded] == ["breach 0.0", "level 2.0"]
    assert [named(firing) for firing in firings if firing.superseded] == [
        "75% 0.0",
        "1h before 1.0",
        "level 0.0",
        "level 1.0",
        "level 1.1",
    ]
    again = {firing.key for firing in firings}
    assert due_now(clock_at(now), POLICY, OFFICE, again, now) == ()
    assert next_moment(clock_at(now), POLICY, OFFICE, again, now) is None


def test_after_a_short_outage_only_the_last_warning_speaks() -> None:
    now = at("2026-11-23 16:10")
    firings = due_now(clock_at(now), POLICY, OFFICE, set(), now)
    assert [(named(firing), firing.superseded) for firing in firings] == [("75% 0.0", True), ("1h before 1.0", False)]


def test_a_paused_clock_is_silent_and_goes_on_where_it_was() -> None:
    policy = replace(POLICY, targets={Metric.RESOLUTION: "8h"})
    terms = terms_of(policy, OFFICE)
    wait = SlaEvent(at("2026-11-23 16:15"), "status", Status.WAITING_CUSTOMER)
    back = SlaEvent(at("2026-11-25 12:00"), "status", Status.OPEN)
    paused = clock_at(at("2026-11-24 12:00"), wait, terms=terms)
    assert due_now(paused, policy, OFFICE, set(), at("2026-11-24 12:00")) == ()
    assert next_moment(paused, policy, OFFICE, set(), at("2026-11-24 12:00")) is None
    assert play("2026-12-01 00:00", wait, back, policy=policy, terms=terms)[:5] == [
        ("2026-11-23 15:00", "75% 0.0"),
        ("2026-11-23 16:00", "1h before 1.0"),
        ("2026-11-25 12:15", "level 0.0"),
        ("2026-11-25 12:45", "breach 0.0"),
        ("2026-11-25 12:45", "level 1.0"),
    ]


def test_a_new_target_has_firings_of_its_own() -> None:
    longer = SlaEvent(
        at("2026-11-24 09:00"), "terms", terms=replace(TERMS, targets={Metric.FIRST_RESPONSE: parse_target("16h")})
    )
    breaches = [told for told in play("2026-12-31 00:00", longer) if "breach" in told[1]]
    assert breaches == [("2026-11-23 17:00", "breach 0.0"), ("2026-11-24 17:00", "breach 0.0")]


def test_a_change_that_leaves_it_overdue_goes_on_with_the_ladder_and_repeats_nothing() -> None:
    shorter = SlaEvent(
        at("2026-11-24 09:30"), "terms", terms=replace(TERMS, targets={Metric.FIRST_RESPONSE: parse_target("2h")})
    )
    assert [name for _, name in play("2026-12-31 00:00", shorter)] == [name for _, name in play("2026-12-31 00:00")]


def test_what_would_fire_before_the_start_never_does() -> None:
    early = Policy(name="p", warnings=("9h before",), ladder=(Level(offset="-8h", to=("team",)),))
    assert play("2026-12-31 00:00", policy=early) == [("2026-11-23 17:00", "breach 0.0")]


def test_deadlines_of_days_are_warned_of_in_open_time() -> None:
    policy = replace(POLICY, targets={Metric.RESOLUTION: "2 calendar days"}, ladder=(), warnings=("50%", "1h before"))
    assert play("2026-12-31 00:00", policy=policy, terms=terms_of(policy, OFFICE)) == [
        ("2026-11-24 13:00", "50% 0.0"),
        ("2026-11-25 16:00", "1h before 1.0"),
        ("2026-11-26 00:00", "breach 0.0"),
    ]


def test_what_is_upcoming_is_all_that_has_not_fired() -> None:
    now = at("2026-11-23 15:00")
    clock = clock_at(now)
    fired = {firing.key for firing in due_now(clock, POLICY, OFFICE, set(), now)}
    ahead = sorted(upcoming(clock, POLICY, OFFICE, fired), key=lambda firing: firing.at)
    assert [(said(firing.at), named(firing)) for firing in ahead] == [
        ("2026-11-23 16:00", "1h before 1.0"),
        ("2026-11-23 16:30", "level 0.0"),
        ("2026-11-23 17:00", "breach 0.0"),
        ("2026-11-23 17:00", "level 1.0"),
        ("2026-11-24 11:00", "level 1.1"),
        ("2026-11-24 13:00", "level 2.0"),
    ]


def test_keys_name_clock_cycle_version_rule_level_and_repeat() -> None:
    now = at("2026-11-24 11:00")
    keys = [firing.key for firing in due_now(clock_at(now), POLICY, OFFICE, set(), now)]
    assert keys == [
        "first_response:1:1:75%:0:0",
        "first_response:1:1:1h before:1:0",
        "first_response:1:1:level:0:0",
        "first_response:1:1:breach:0:0",
        "first_response:1:1:level:1:0",
        "first_response:1:1:level:1:1",
    ]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("75%", Warned(percent=75)),
        ("2h before", Warned(seconds_before=7200)),
        ("30m before due", Warned(seconds_before=1800)),
    ],
)
def test_warnings_as_written(text: str, warned: Warned) -> None:
    assert parse_warning(text) == warned


@pytest.mark.parametrize(("text", "seconds"), [("-1h", -3600), ("0m", 0), ("0", 0), ("4h", 14400), ("+1h 30m", 5400)])
def test_offsets_as_written(text: str, seconds: int) -> None:
    assert parse_offset(text) == seconds


@pytest.mark.parametrize("text", ["", "0%", "100%", "7.5%", "before", "1 day before", "2h after"])
def test_warnings_that_mean_nothing(text: str) -> None:
    with pytest.raises(TargetError):
        parse_warning(text)


@pytest.mark.parametrize("text", ["", "-", "1", "--1h", "1 day", "later"])
def test_offsets_that_mean_nothing(text: str) -> None:
    with pytest.raises(TargetError):
        parse_offset(text)

"""What becomes of a promise, and when its customer is told that it will be missed (sla.md section 6)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.model import Event, Promise, PromiseState, Status
from mailsla.core.sla.policy import Policy
from mailsla.core.sla.promises import delays, settled, standing
from tests.core.sla.at import at, office

OFFICE = office()
POLICY = Policy(name="standard", calendar="office", delay_notice="1h", delay_extends="8h")
STATED, UNTIL = at("2026-11-23 10:00"), at("2026-11-23 14:00")  # a Monday
PAUSING = (Status.WAITING_CUSTOMER,)


def promise(metric: str = "first_response", **changes: object) -> Promise:
    first = Promise(id=1, ticket_id=1, metric=metric, until=UNTIL, stated_at=STATED, letter_id=1)
    return replace(first, **changes)  # type: ignore[arg-type]  # names of its own fields


def event(when: str, type_: str, **data: object) -> Event:
    return Event(ticket_id=1, at=at(when), recorded_at=at(when), type=type_, actor="agent:sam", data=data)


def answered(when: str, letter: int = 7) -> Event:
    return event(when, "agent_reply", letter=letter)


def status(when: str, to: str) -> Event:
    return event(when, "status", to=to)


@pytest.mark.parametrize(
    ("metric", "events", "state", "settled_at"),
    [
        ("first_response", [], "open", None),
        ("first_response", [answered("2026-11-23 14:00")], "kept", "2026-11-23 14:00"),
        ("first_response", [answered("2026-11-23 14:00:01")], "broken", "2026-11-23 14:00"),
        ("resolution", [answered("2026-11-23 11:00")], "open", None),
        ("resolution", [status("2026-11-23 11:00", "resolved")], "kept", "2026-11-23 11:00"),
        ("resolution", [status("2026-11-23 11:00", "waiting_customer")], "lapsed", "2026-11-23 11:00"),
        ("first_response", [status("2026-11-23 11:00", "waiting_customer")], "open", None),
        ("first_response", [status("2026-11-23 11:00", "resolved")], "lapsed", "2026-11-23 11:00"),
        ("first_response", [status("2026-11-23 11:00", "void")], "lapsed", "2026-11-23 11:00"),
        ("resolution", [status("2026-11-23 11:00", "merged")], "lapsed", "2026-11-23 11:00"),
        ("periodic_update", [answered("2026-11-23 11:00")], "kept", "2026-11-23 11:00"),
        ("periodic_update", [event("2026-11-23 11:00", "letter_sent", kind="update")], "kept", "2026-11-23 11:00"),
        ("first_response", [event("2026-11-23 11:00", "letter_sent", kind="update")], "open", None),
        ("periodic_update", [event("2026-11-23 11:00", "letter_sent", kind="closing")], "open", None),
        ("first_response", [answered("2026-11-23 10:01", letter=1)], "open", None),  # the mail that states it
    ],
)
def test_what_becomes_of_a_promise(metric: str, events: list[Event], state: str, settled_at: str | None) -> None:
    now = UNTIL if state == "open" else UNTIL + 3600
    (told,) = settled([promise(metric)], events, PAUSING, now)
    assert (told.state, told.settled_at) == (state, at(settled_at) if settled_at else None)


def test_at_exactly_its_time_it_is_not_yet_broken() -> None:
    assert settled([promise()], [], PAUSING, UNTIL)[0].state is PromiseState.OPEN
    assert settled([promise()], [], PAUSING, UNTIL + 1)[0].state is PromiseState.BROKEN


def test_a_policy_that_never_pauses_lets_nothing_lapse_by_waiting() -> None:
    waits = status("2026-11-23 11:00", "waiting_customer")
    assert settled([promise("resolution")], [waits], (), UNTIL)[0].state is PromiseState.OPEN


def test_an_answer_that_bounced_keeps_nothing() -> None:
    events = [answered("2026-11-23 11:00"), event("2026-11-23 11:05", "reply_bounced", letter=7)]
    assert settled([promise()], events, PAUSING, UNTIL)[0].state is PromiseState.OPEN
    assert settled([promise()], events, PAUSING, UNTIL + 1)[0].state is PromiseState.BROKEN


def test_a_later_promise_about_the_same_revises_it() -> None:
    later = promise("next_response", id=2, letter_id=2, stated_at=at("2026-11-23 13:00"), until=at("2026-11-24 14:00"))
    other = promise("resolution", id=3, letter_id=2, stated_at=at("2026-11-23 13:00"), until=at("2026-11-25 14:00"))
    told = settled([promise(), later, other], [], PAUSING, UNTIL + 3600)
    assert [(one.state, one.replaced_by) for one in told] == [("revised", 2), ("open", None), ("open", None)]
    assert standing(told) == told[1]
    assert standing(told, "resolution") == told[2]


def test_a_promise_made_after_the_old_one_was_missed_mends_nothing() -> None:
    later = promise(id=2, letter_id=2, stated_at=at("2026-11-23 15:00"), until=at("2026-11-24 14:00"))
    assert [one.state for one in settled([promise(), later], [], PAUSING, at("2026-11-23 16:00"))] == ["broken", "open"]


HAPPENINGS = st.lists(
    st.tuples(
        st.integers(STATED, UNTIL + 7200), st.sampled_from(["agent_reply", "resolved", "waiting_customer", "closed"])
    ),
    max_size=6,
)


@given(HAPPENINGS, st.integers(STATED, UNTIL + 9000), st.integers(STATED, UNTIL + 9000))
def test_a_settled_promise_stays_as_it_is_while_time_goes_on(happened: list[tuple[int, str]], a: int, b: int) -> None:
    events = [
        Event(ticket_id=1, at=when, recorded_at=when, type="agent_reply", actor="agent:sam", data={"letter": 7})
        if what == "agent_reply"
        else Event(ticket_id=1, at=when, recorded_at=when, type="status", actor="mailsla", data={"to": what})
        for when, what in sorted(happened)
    ]
    early, late = sorted((a, b))
    before = settled([promise(), promise("resolution", id=2)], events, PAUSING, early)
    after = settled([promise(), promise("resolution", id=2)], events, PAUSING, late)
    for one, then in zip(before, after, strict=True):
        provisional = one.metric == "resolution" and one.state is PromiseState.KEPT  # what is resolved may be reopened
        assert one.state is PromiseState.OPEN or provisional or one == then


# Delay notices


def told(one: Promise, *events: Event, now: int = STATED, policy: Policy = POLICY) -> list[tuple[int, int, bool]]:
    return [(delay.at, delay.until, delay.date_only) for delay in delays([one], events, policy, OFFICE, now)]


def test_the_notice_comes_open_time_before_with_the_time_of_the_policy() -> None:
    assert told(promise()) == [(at("2026-11-23 13:00"), at("2026-11-24 14:00"), False)]
    early = promise(until=at("2026-11-24 09:30"))  # an hour of open time before is on the evening before
    assert told(early) == [(at("2026-11-23 16:30"), at("2026-11-25 09:30"), False)]


def test_a_promise_shorter_than_twice_the_notice_is_put_off_no_earlier_than_half_way() -> None:
    assert told(promise(until=STATED + 3600))[0][0] == STATED + 1800


def test_without_the_setting_there_is_none() -> None:
    assert told(promise(), policy=replace(POLICY, delay_notice=None)) == []


def test_an_agent_holds_it_back_until_they_promise_anew_or_answer() -> None:
    held = event("2026-11-23 11:00", "promise_held")
    assert told(promise(), held) == []
    assert len(told(promise(stated_at=at("2026-11-23 11:30")), held)) == 1
    assert len(told(promise("resolution"), held, answered("2026-11-23 11:30"))) == 1


def test_a_time_already_past_is_never_given() -> None:
    assert told(promise(), now=at("2026-11-24 14:00")) == []


def test_a_promised_date_is_put_off_to_a_date() -> None:
    friday = promise("resolution", until=at("2026-11-28 00:00"), date_only=True)
    assert told(friday)[0][1:] == (at("2026-12-01 00:00"), True)  # 8 hours more: all of Monday
    days = replace(POLICY, delay_extends="2 business days", end_of="civil_day")
    assert told(friday, policy=days)[0][1:] == (at("2026-12-02 00:00"), True)


@given(st.integers(STATED, STATED + 30 * 86400), st.integers(60, 20 * 86400))
def test_the_new_time_is_later_than_the_old_and_the_notice_before_it(stated: int, length: int) -> None:
    for delay in delays([promise(stated_at=stated, until=stated + length)], (), POLICY, OFFICE, stated):
        assert stated <= delay.at <= delay.promise.until < delay.until

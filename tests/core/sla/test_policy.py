"""Policies: which one a ticket gets, what they ask, and what is wrong with them."""

import tomllib
from typing import Any

import pytest
from pydantic import TypeAdapter

from mailsla.core.model import Status
from mailsla.core.sla.clocks import Metric
from mailsla.core.sla.policy import Facts, Level, Match, Policy, match, terms_of
from mailsla.core.sla.policy_checks import Known, policy_problems
from mailsla.core.sla.targets import Target
from tests.core.sla.at import office

WRITTEN = """
[[policies]]
name = "spam"
match = { category = ["spam"] }

[[policies]]
name = "urgent"
match = { priority = ["urgent", "high"] }
calendar = "office"
targets = { first_response = "1h", resolution = "1 business day" }
end_of = "civil_day"
pause_on = ["waiting_customer", "waiting_third_party"]
warnings = ["75%", "30m before"]
ladder = [
  { offset = "-30m", to = ["assignee", "team"] },
  { offset = "0m", to = ["manager"], repeat = "2h", at_most = 3, override_quiet_hours = true },
]

[[policies]]
name = "ACME"
match = { organisation = ["ACME GmbH"], mailbox = ["support"] }
calendar = "office"
targets = { first_response = "2h" }

[[policies]]
name = "standard"
calendar = "office"
targets = { first_response = "12h", next_response = "12h", resolution = "48h" }
"""
POLICIES = TypeAdapter(tuple[Policy, ...]).validate_python(tomllib.loads(WRITTEN)["policies"])
KNOWN = Known(
    calendars=("office",), priorities=("low", "normal", "high", "urgent"), people=("sam",), mailboxes=("support",)
)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        (Facts(category="spam", priority="urgent"), "spam"),
        (Facts(category="billing", priority="URGENT"), "urgent"),
        (Facts(category=None, priority="high", organisation="ACME GmbH", mailbox="support"), "urgent"),
        (Facts(category=None, priority="low", organisation="acme gmbh", mailbox="support"), "ACME"),
        (Facts(category=None, priority="low", organisation="ACME GmbH", mailbox="sales"), "standard"),
        (Facts(category=None, priority="low"), "standard"),
    ],
)
def test_the_first_match_wins(facts: Facts, name: str) -> None:
    found = match(POLICIES, facts).get("")
    assert found is not None
    assert found.name == name


def test_no_match_is_no_sla() -> None:
    assert match(POLICIES[:3], Facts(category=None, priority="low")) == {}
    assert match((), Facts(category=None, priority="low")) == {}


def test_the_first_match_wins_within_each_track() -> None:
    statute = Policy(name="statute", track="statute", match=Match(category=("billing",)))
    later = Policy(name="later", track="statute")
    found = match((statute, *POLICIES, later), Facts(category="billing", priority="low"))
    assert {track: policy.name for track, policy in found.items()} == {"": "standard", "statute": "statute"}
    found = match((statute, *POLICIES, later), Facts(category="delivery", priority="low"))
    assert found["statute"] is later


def test_a_customer_is_meant_by_address() -> None:
    policy = Policy(name="one", match=Match(customer=("ana@mail.example",)))
    assert match((policy,), Facts(category=None, priority="low", customer="Ana@mail.example")) == {"": policy}
    assert match((policy,), Facts(category=None, priority="low", customer="ana@mail.example.net")) == {}


def test_terms_are_what_the_policy_says() -> None:
    calendar = office()
    terms = terms_of(POLICIES[1], calendar, version=7)
    assert terms.calendar is calendar
    assert terms.targets == {
        Metric.FIRST_RESPONSE: Target("seconds", 3600, end_of="civil_day"),
        Metric.RESOLUTION: Target("business_days", 1, end_of="civil_day"),
    }
    assert terms.pause_on == {Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY}
    assert terms.policy_version == 7


def test_the_example_has_no_problem() -> None:
    assert policy_problems(POLICIES, KNOWN) == ()


def policy(**values: Any) -> Policy:
    return Policy(**{"name": "p", "calendar": "office", "match": Match(priority=("high",)), **values})


@pytest.mark.parametrize(
    ("wrong", "where", "what"),
    [
        (policy(calendar="ofice"), "policy p", 'calendar "ofice" is not there'),
        (policy(match=Match(priority=("hihg",))), "policy p, match.priority", '"hihg" is not there'),
        (policy(match=Match(mailbox=("sale",))), "policy p, match.mailbox", '"sale" is not there'),
        (policy(targets={Metric.RESOLUTION: "1 day"}), "policy p, targets.resolution", "three things"),
        (policy(targets={Metric.RESOLUTION: "soon"}), "policy p, targets.resolution", "no length of time"),
        (policy(reopen_window="14"), "policy p, reopen_window", "no length of time"),
        (policy(remind_waiting="5 days"), "policy p, remind_waiting", "three things"),
        (policy(warnings=("100%",)), "policy p, warnings", "no moment"),
        (policy(warnings=("1 day before",)), "policy p, warnings", "no length of time"),
        (policy(ladder=(Level(offset="later", to=("team",)),)), "policy p, ladder level 1", "no length of time"),
        (policy(ladder=(Level(offset="1h", to=()),)), "policy p, ladder level 1", "tells nobody"),
        (policy(ladder=(Level(offset="1h", to=("bob",)),)), "policy p, ladder level 1", 'nobody is called "bob"'),
        (policy(ladder=(Level(offset="1h", to=("team",), at_most=3),)), "policy p, ladder level 1", "do not fit"),
        (policy(ladder=(Level(offset="1h", to=("team",), repeat="1h"),)), "policy p, ladder level 1", "do not fit"),
    ],
)
def test_what_is_wrong_is_told_with_its_mend(wrong: Policy, where: str, what: str) -> None:
    problems = policy_problems((wrong,), KNOWN)
    assert [(problem.where, what in problem.what) for problem in problems] == [(where, True)]
    assert problems[0].mend


def test_a_policy_that_nothing_can_reach_and_a_name_used_twice() -> None:
    problems = policy_problems((policy(match=Match()), policy()), KNOWN)
    assert [problem.what for problem in problems] == ["another policy has this name", "no ticket can ever reach it"]


@pytest.mark.parametrize("who", ["assignee", "team", "manager", "role:operator", "sam", "jo@acme.example"])
def test_who_a_level_can_tell(who: str) -> None:
    assert policy_problems((policy(ladder=(Level(offset="-1h", to=(who,)),)),), KNOWN) == ()

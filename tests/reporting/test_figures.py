"""Every figure of a report equals a second, independent computation over the event log (second.py)."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mailsla.core.report import periods
from mailsla.core.report.plain import as_data
from mailsla.flows.recomputing import recompute
from mailsla.flows.reporting import report
from mailsla.flows.services import Services
from tests.reporting.conftest import TICKETS
from tests.reporting.second import INSIDE, Second

Year = Callable[[int], Path]
Open = Callable[[Path], Services]

MONTHS = [(1, date(2026, 10, 1)), (1, date(2026, 3, 1)), (2, date(2025, 12, 1))]


def figures(services: Services, month: date, customer: str = "") -> dict[str, Any]:
    return as_data(report(services, periods.period_with("month", month, "Europe/Berlin"), customer))


@pytest.mark.parametrize(("seed", "month"), MONTHS)
def test_every_figure_is_that_of_a_second_computation(year: Year, services_of: Open, seed: int, month: date) -> None:
    made, second = figures(services_of(year(seed)), month), Second(year(seed))
    expected = {
        "received": len(second.received(month)),
        "resolved": len(second.resolved(month)),
        "open_at_end": len(second.open_at_end(month)),
        "compliance": second.outside(month),
        "before": second.outside(periods.before(periods.period_with("month", month, "")).start),
        "by_metric": second.held(month, "metric"),
        "by_category": second.held(month, "category"),
        "by_team": second.held(month, "team"),
        "by_customer": second.held(month, "organisation"),
        "lengths": second.lengths(month),
        "lengths_before": second.lengths(periods.before(periods.period_with("month", month, "")).start),
        "spent": second.spent(month),
        "first_contact": second.first_contact(month),
        "reopened": second.reopened(month),
        "repeats": second.repeats(month),
        "satisfaction": second.satisfaction(month),
        "agents": second.agents(month),
        "hours": second.hours_of_week(month),
        "odd_targets": second.odd(month),
        "promises": second.kept(month),
        "triage": second.triage(month),
    }
    for name, value in expected.items():
        assert made[name] == value, name
    assert [{key: one[key] for key in one if key != "period"} for one in made["trend"]] == second.trend(month)
    assert [{key: one[key] for key in one if key != "how"} for one in made["credits"]] == second.credits(month)
    late = [(one["reference"], one["late_by"]) for one in made["exceptions"] if one["why"] == "late"]
    assert {by for _, by in late} == {by for _, by in second.late_worst(month)}


@pytest.mark.parametrize("customer", ["northwind", "harbour"])
def test_the_report_of_a_customer_is_of_their_complaints_alone(year: Year, services_of: Open, customer: str) -> None:
    month = date(2026, 9, 1)
    made, second = figures(services_of(year(1)), month, customer), Second(year(1), customer)
    assert made["compliance"] == second.outside(month)
    assert made["by_metric"] == [one for one in second.held(month, "metric") if one["name"] not in INSIDE]
    assert made["by_category"] == second.held(month, "category")
    assert made["received"] == len(second.received(month)) > 0
    assert made["spent"] == second.spent(month)
    assert made["promises"] == second.kept(month)
    assert made["satisfaction"] == second.satisfaction(month)
    assert [{key: one[key] for key in one if key != "how"} for one in made["credits"]] == second.credits(month)
    assert {one["customer"] for one in made["credits"]} == {customer}
    for inside in ("agents", "by_team", "by_customer", "odd_targets", "hours", "triage"):
        assert not made[inside], inside


def test_all_customers_together_are_the_whole(year: Year, services_of: Open) -> None:
    """With those who belong to none."""
    services, month = services_of(year(1)), date(2026, 9, 1)
    whole = figures(services, month)
    parts = [figures(services, month, name) for name in ("northwind", "harbour", "meadow")]
    others = next(one for one in whole["by_customer"] if one["name"] == "")
    for outcome in ("met", "late", "cancelled", "void", "merged", "open"):
        assert whole["compliance"][outcome] == others["now"][outcome] + sum(one["compliance"][outcome] for one in parts)


def test_what_is_kept_is_what_the_events_say(year: Year, services_of: Open) -> None:
    """The generated year is as daemons would have left it: computing all clocks anew changes nothing."""
    assert list(recompute(services_of(year(2)), None, dry_run=True)) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_dues_and_lengths_are_those_of_opening_hours_counted_by_hand(year: Year, seed: int) -> None:
    """Of clocks whose terms never changed: from the log, and hours written as plain days."""
    second, compared = Second(year(seed)), 0
    for clock in second.clocks:
        number, metric = clock["ticket_id"], clock["metric"]
        events, ticket = second.events[number], second.tickets[number]
        kinds = {one["type"] for one in events}
        simple = not kinds & {"policy", "merged_from", "reply_bounced"} and clock["track"] == "" and clock["cycle"] == 1
        if not simple or metric not in ("first_response", "resolution") or clock["state"] not in ("met", "late"):
            continue
        policy, hours = second.policies[ticket["policy_version"]], second.calendar_of(ticket)
        assert hours is not None
        start, stop = ticket["received_at"], clock["stopped_at"]
        pauses = () if metric == "first_response" else _pauses(second, number, policy["pause_on"], stop)
        elapsed = hours.between(start, stop) - sum(hours.between(*one) for one in pauses)
        assert clock["elapsed"] == elapsed
        target = policy["targets"][metric]
        if "days" in target:
            due = hours.business_days(start, 5)
            due = next((end for begin, end in pauses if begin < due < end), due)  # missed when it goes on, not before
        else:
            due = _due(hours, start, int(target[:-1]) * 3600, pauses)
        assert clock["last_due"] == due, (ticket["reference"], metric)
        assert clock["late"] == (stop > due or ("days" in target and stop > hours.business_days(start, 5)))
        compared += 1
    assert compared > TICKETS * 3 // 4


def _pauses(second: Second, number: int, pause_on: list[str], stop: int) -> list[tuple[int, int]]:
    marks = [*((at, to) for at, to, _ in second.statuses(number) if at < stop), (stop, "")]
    still = (*pause_on, "resolved")
    return [(at, after) for (at, to), (after, _) in pairwise(marks) if to in still]


def _due(hours: Any, start: int, seconds: int, pauses: Any) -> int:
    """The due moves with each pause that begins before it; one that is missed stays."""
    due = hours.after(start, seconds)
    for begin, end in pauses:
        if begin > due or (begin == due and hours.between(begin, end)):
            break
        due = hours.after(end, hours.between(begin, due))
    return int(due)

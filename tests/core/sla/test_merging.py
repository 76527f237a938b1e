"""Merging tickets, as pure replays: whatever goes into whatever, nobody gets time back (sla.md section 4)."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailsla.core.model import Instant, Status
from mailsla.core.sla.clocks import Adopted, Clock, Metric, SlaEvent, Terms, replay
from mailsla.core.sla.merging import adopted
from mailsla.core.sla.targets import parse_target
from tests.core.sla.at import at, office, said
from tests.properties import cases_of

ALWAYS = office(weekly=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("00:00", "24:00"),)))


def terms(resolution: str, version: int = 1) -> Terms:
    return Terms(office(), {Metric.RESOLUTION: parse_target(resolution)}, policy_version=version)


class Case:
    """A ticket with one clock, that of the resolution."""

    def __init__(self, created: Instant, under: Terms) -> None:
        self.under = {under.policy_version: under}
        self._first = under
        self.events = [SlaEvent(created, "created")]

    def clocks(self, now: Instant) -> tuple[Clock, ...]:
        return replay(self.events, self._first, now)

    def status(self, when: Instant, to: Status) -> None:
        self.events.append(SlaEvent(when, "status", to=to))

    def takes(self, other: "Case", now: Instant) -> None:
        """The other one goes into this one."""
        self.under |= other.under
        for one in adopted(self.clocks(now), other.clocks(now), {""}):
            brought = Adopted(one.metric, one.counts_from, one.elapsed, one.target, self.under[one.policy_version])
            self.events.append(SlaEvent(now, "merged_from", adopted=brought))


@pytest.mark.parametrize("target", ["5 business days", "7 calendar days", "24h"])
def test_in_a_chain_the_first_tickets_due_is_kept(target: str) -> None:
    under = terms(target)
    first, second, third = (Case(at(f"2026-11-{day} 10:00"), under) for day in (16, 18, 20))
    due = first.clocks(at("2026-11-16 11:00"))[0].due
    second.takes(first, at("2026-11-18 11:00"))
    third.takes(second, at("2026-11-18 11:00") if target == "24h" else at("2026-11-20 11:00"))
    assert third.clocks(third.events[-1].at)[0].due == due


def test_in_a_chain_the_first_tickets_calendar_and_policy_are_kept() -> None:
    around_the_clock = replace(terms("72h", 2), calendar=ALWAYS)
    first = Case(at("2026-11-16 10:00"), around_the_clock)
    second, third = Case(at("2026-11-16 11:00"), terms("40h")), Case(at("2026-11-16 11:30"), terms("40h"))
    second.takes(first, at("2026-11-16 12:00"))
    third.takes(second, at("2026-11-16 13:00"))
    (clock,) = third.clocks(at("2026-11-16 14:00"))
    assert (said(clock.due), clock.policy_version) == ("2026-11-19 10:00", 2)


def test_a_paused_clock_is_compared_in_its_own_calendar() -> None:
    """The 20 hours left of 24 are over the next morning around the clock, and only on Wednesday in office hours."""
    first = Case(at("2026-11-16 10:00"), replace(terms("24h", 2), calendar=ALWAYS))
    first.status(at("2026-11-16 14:00"), Status.WAITING_CUSTOMER)
    second = Case(at("2026-11-16 10:00"), terms("16h"))
    second.takes(first, at("2026-11-16 15:00"))
    assert said(second.clocks(at("2026-11-16 16:00"))[0].due) == "2026-11-17 11:00"


def test_one_that_was_late_already_and_waits_makes_the_other_late() -> None:
    first, second = Case(at("2026-11-16 10:00"), terms("2h")), Case(at("2026-11-16 13:00"), terms("8h", 2))
    first.status(at("2026-11-16 14:00"), Status.WAITING_CUSTOMER)
    second.takes(first, at("2026-11-16 15:00"))
    (clock,) = second.clocks(at("2026-11-16 16:00"))
    assert [(said(missed.at), missed.cause) for missed in clock.breaches] == [("2026-11-16 15:00", "merge")]


@cases_of(60)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(("8h", "20h", "3 business days"))), min_size=3, max_size=5)
)
def test_no_chain_of_merges_buys_time(tickets: Sequence[tuple[int, str]]) -> None:
    start, now = at("2026-11-16 09:00"), at("2026-11-18 12:00")
    chain = [Case(start + ahead * 1800, terms(target, n)) for n, (ahead, target) in enumerate(tickets)]
    alone = [clock.deadline for case in chain for clock in case.clocks(now)]
    for case, following in pairwise(chain):
        following.takes(case, now)
    (clock,) = chain[-1].clocks(now)
    earliest = min(deadline for deadline in alone if deadline is not None)
    assert clock.deadline is not None
    assert clock.deadline <= max(earliest, now), "what had passed already is missed at the merge"

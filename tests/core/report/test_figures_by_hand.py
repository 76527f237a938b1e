"""Figures of hand-made history: what counts where, and n/a where there was nothing to count."""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from mailsla.core.model import Event, Status, Ticket
from mailsla.core.report import arrivals, held
from mailsla.core.report.course import Course, course_of
from mailsla.core.report.credits_owed import credits_of
from mailsla.core.report.facts import Came, Counted, DueClock
from mailsla.core.report.lengths import Taken
from mailsla.core.report.model import AgentLoad, Part, TimeSpent
from mailsla.core.report.periods import month_named
from mailsla.core.report.tally import Tally
from mailsla.core.sla.credits import Credits, CreditStep
from mailsla.core.sla.service_level import Outcome

OCTOBER = month_named("2026-10", "Etc/UTC")


def event(at: int, type_: str, actor: str = "mailsla", **data: Any) -> Event:
    return Event(ticket_id=1, at=at, recorded_at=at, type=type_, actor=actor, data=data)


def to(at: int, status: str, actor: str = "agent:sam", **data: Any) -> Event:
    return event(at, "status", actor, to=status, **data)


def ticket(**changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "number": 1001,
        "reference": "ACME-1001",
        "mailbox": "support",
        "customer_id": 1,
        "requester": "kim@mail.example",
        "subject": "Kettle",
        "language": "en",
        "zone": "Etc/UTC",
        "received_at": 0,
        "opened_at": 0,
    }
    return Ticket(**values | changes)


def wall(start: int, end: int) -> int:
    return end - start


def counted(state: str = "met", count: int = 1, **changes: Any) -> Counted:
    values: dict[str, Any] = {
        "metric": "resolution",
        "policy": "gold",
        "state": state,
        "late": False,
        "void": False,
        "category": "parcel",
        "team": "depot",
        "organisation": "northwind",
        "count": count,
    }
    return Counted(**values | changes)


def due(elapsed: int, target: int = 400, **changes: Any) -> DueClock:
    values: dict[str, Any] = {
        "ticket_id": 1,
        "reference": "ACME-1001",
        "subject": "Kettle",
        "assignee": "sam",
        "policy": "gold",
        "track": "",
        "metric": "resolution",
        "state": "met" if elapsed <= target else "late",
        "late": elapsed > target,
        "void": False,
        "target": target,
        "elapsed": elapsed,
        "last_due": target,
        "stopped_at": elapsed,
        "versions": {"": 1},
    }
    return DueClock(**values | changes)


class TestCompliance:
    def test_of_nothing_is_not_available(self) -> None:
        assert held.compliance_of([]).ratio is None

    def test_what_left_the_statistics_is_listed_apart(self) -> None:
        some = [counted(count=3), counted("merged", 2), counted("met", 5, void=True), counted("cancelled", 4)]
        found = held.compliance_of([*some, counted("cancelled", 1, late=True)])
        assert found.ratio == Fraction(3, 4)
        assert (found.counts[Outcome.MERGED], found.counts[Outcome.VOID], found.counts[Outcome.CANCELLED]) == (2, 5, 4)

    def test_by_name_with_the_period_before(self) -> None:
        now, before = [counted(category="a"), counted("late", late=True, category="a")], [counted(category="b")]
        a, b = held.by_category(now, before)
        assert (a.name, a.now.ratio, a.before.ratio) == ("a", Fraction(1, 2), None)
        assert (b.name, b.now.ratio, b.before.ratio) == ("b", None, 1)

    def test_what_is_owed_inside_is_a_metric_and_nothing_else(self) -> None:
        now = [counted(), counted(metric="ola", state="late", late=True)]
        assert [one.name for one in held.by_metric(now, [])] == ["resolution", "ola"]
        assert held.by_team(now, [])[0].now.ratio == 1
        assert held.compliance_of(held.to_customers(now)).ratio == 1


class TestCourse:
    def test_time_goes_to_the_status_that_it_had(self) -> None:
        course = course_of(0, [to(10, "open"), to(30, "waiting_customer"), to(70, "open"), to(75, "resolved")])
        assert course.spent(75, wall) == {
            Status.NEW: 10,
            Status.OPEN: 25,
            Status.WAITING_CUSTOMER: 40,
        }

    def test_the_time_that_it_was_resolved_is_nobodys(self) -> None:
        course = course_of(0, [to(10, "resolved"), to(100, "open"), to(130, "resolved")])
        assert course.spent(130, wall) == {Status.NEW: 10, Status.OPEN: 30}

    def test_what_a_bounced_answer_did_never_was(self) -> None:
        events = [
            event(10, "agent_reply", "agent:sam", letter=5),
            to(10, "resolved", letter=5),
            event(20, "reply_bounced", letter=5, undone=True),
            to(20, "new", "mailsla"),
        ]
        course = course_of(0, events)
        assert (course.changes, course.answers) == ([], [])

    def test_a_late_bounce_takes_the_answer_back_and_not_the_status(self) -> None:
        events = [
            event(10, "agent_reply", "agent:sam", letter=5),
            to(10, "closed", letter=5),
            event(20, "reply_bounced", letter=5),
        ]
        course = course_of(0, events)
        assert ([one.to for one in course.changes], course.answers) == ([Status.CLOSED], [])

    def test_an_answer_past_us_has_no_letter_and_counts(self) -> None:
        events = [event(5, "reply_bounced", letter=9), event(10, "agent_reply", "agent:sam", message=3, direct=True)]
        assert course_of(0, events).answers == [(10, "sam")]

    @pytest.mark.parametrize(
        ("at", "status"), [(0, Status.NEW), (10, Status.NEW), (11, Status.OPEN), (99, Status.OPEN)]
    )
    def test_the_status_just_before(self, at: int, status: Status) -> None:
        assert course_of(0, [to(10, "open")]).status_at(at) is status

    def test_taken_up_again(self) -> None:
        def reopened(*later: Event) -> bool:
            course: Course = course_of(0, [to(10, "resolved"), *later])
            first = course.resolved_in(0, 20)
            assert first is not None
            return course.taken_up_after(first)

        assert not reopened()
        assert not reopened(to(30, "closed"))
        assert reopened(to(30, "open"), to(40, "resolved"))


class TestTally:
    def tally(self, *complaints: tuple[Ticket, list[Event]]) -> Tally:
        tally = Tally(100, 200)
        for one, events in complaints:
            tally.add(one, events, wall)
        return tally

    def test_of_nothing_is_not_available(self) -> None:
        tally = self.tally()
        assert tally.spent() is None
        assert (tally.first_contact.share, tally.reopened.share) == (None, None)

    def test_what_is_void_or_no_complaint_counts_nowhere(self) -> None:
        done = [event(110, "agent_reply", "agent:sam", letter=1), to(110, "resolved", letter=1)]
        void = ticket(status=Status.VOID, received_at=100, resolved_at=None)
        offer = ticket(status=Status.RESOLVED, received_at=100, resolved_at=110, triage={"scope": "out"})
        tally = self.tally((void, done), (offer, done))
        assert (tally.received, tally.resolved, tally.open_at_end, tally.agents(Counter())) == (0, 0, 0, [])

    def test_a_merged_one_is_neither_resolved_nor_open(self) -> None:
        merged = ticket(status=Status.MERGED, received_at=100, closed_at=150)
        tally = self.tally((merged, [to(110, "open"), to(150, "merged")]))
        assert (tally.received, tally.resolved, tally.open_at_end) == (1, 0, 0)

    def test_work_of_an_agent(self) -> None:
        events = [
            event(90, "assigned", assignee="kim"),
            event(100, "assigned", assignee="sam"),
            event(110, "agent_reply", "agent:sam", letter=1),
            event(150, "agent_reply", "agent:kim", letter=2),
            to(150, "resolved", "agent:kim", letter=2),
            to(160, "open", "customer:kim@mail.example"),
            event(200, "agent_reply", "agent:sam", letter=3),
        ]
        tally = self.tally((ticket(status=Status.OPEN), events))
        assert tally.agents(Counter({"sam": 2})) == [
            AgentLoad("kim", assigned=0, answers=1, resolved=1, late=0, open_now=0),
            AgentLoad("sam", assigned=1, answers=1, resolved=0, late=2, open_now=1),
        ]
        assert tally.reopened == Part(1, 1)

    def test_who_is_assigned_back_and_forth_got_it_once(self) -> None:
        events = [event(at, "assigned", assignee=name) for at, name in ((110, "sam"), (120, "kim"), (130, "sam"))]
        assert [one.assigned for one in self.tally((ticket(), events)).agents(Counter())] == [1, 1]

    def test_where_time_went(self) -> None:
        events = [to(20, "waiting_third_party"), to(90, "open"), to(120, "resolved")]
        tally = self.tally((ticket(status=Status.RESOLVED, resolved_at=120), events))
        by_status = {"new": 20, "open": 30, "waiting_third_party": 70}
        assert tally.spent() == TimeSpent(50, 0, 70, by_status, "waiting_third_party")

    def test_triage_by_itself_and_corrected(self) -> None:
        guessed = ticket(received_at=150, triage={"category": "parcel"})
        corrected = event(160, "category", "agent:sam", category="invoice")
        by_us = event(160, "category", "mailsla", category="invoice")
        unsure = (ticket(received_at=150, triage={"category": None}), [corrected])
        tally = self.tally((guessed, [corrected]), (guessed, [by_us]), (guessed, []), unsure)
        assert (tally.received, tally.automatic, tally.corrected) == (4, 3, 1)


class TestLengths:
    def taken(self, *clocks: DueClock, in_hours: bool | None = True) -> Taken:
        taken = Taken()
        for one in clocks:
            taken.add(one, in_hours)
        return taken

    def test_percentiles_by_nearest_rank(self) -> None:
        resolution = self.taken(*(due(n) for n in range(1, 101))).lengths()[2]
        assert (resolution.count, resolution.p50, resolution.p80, resolution.p95) == (100, 50, 80, 95)

    def test_of_nothing_is_not_available(self) -> None:
        assert [(one.count, one.p50, one.p95) for one in self.taken().lengths()] == [(0, None, None)] * 3

    def test_a_statute_beside_does_not_measure_twice(self) -> None:
        assert self.taken(due(5), due(5, track="statute")).lengths()[2].count == 1

    @pytest.mark.parametrize(
        ("clocks", "in_hours", "looks"),
        [
            ([due(90)] * 20, True, ["loose"]),
            ([due(100)] * 16 + [due(400)] * 4, True, ["loose"]),
            ([due(101)] * 20, True, []),
            ([due(90)] * 19, True, []),
            ([due(90)] * 19 + [due(401)], True, []),
            ([due(300)] * 15 + [due(401)] * 5, True, ["tight"]),
            ([due(300)] * 16 + [due(401)] * 5, True, []),
            ([due(90)] * 20, False, ["tight"]),
            ([due(90)] * 20, None, ["loose"]),
            ([due(90, target=0, late=False, state="met")] * 20, True, []),
            ([due(90, metric="ola")] * 20, True, []),
        ],
    )
    def test_odd_targets(self, clocks: list[DueClock], in_hours: bool | None, looks: list[str]) -> None:
        assert [one.looks for one in self.taken(*clocks, in_hours=in_hours).odd()] == looks


class TestArrivals:
    def came(self, at: int, category: str = "parcel", customer: int = 1, *, merged: bool = False) -> Came:
        return Came(customer, category, at, merged)

    @pytest.mark.parametrize(
        ("came", "part"),
        [
            ([], Part(0, 0)),
            ([(1000, "parcel", 1), (1500, "parcel", 1)], Part(1, 2)),
            ([(1000, "parcel", 1), (1500, "parcel", 2)], Part(0, 2)),
            ([(1000, "parcel", 1), (1500, "invoice", 1)], Part(0, 2)),
            ([(1000, "", 1), (1500, "", 1)], Part(0, 2)),
            ([(999, "parcel", 1), (1500, "parcel", 1)], Part(1, 1)),
            ([(1000, "parcel", 1), (1000 + 90 * 86_400, "parcel", 1)], Part(1, 2)),
            ([(1000, "parcel", 1), (1001 + 90 * 86_400, "parcel", 1)], Part(0, 2)),
        ],
    )
    def test_repeats(self, came: list[tuple[int, str, int]], part: Part) -> None:
        assert arrivals.repeats([self.came(*one) for one in came], 1000) == part

    def test_what_was_merged_is_the_same_complaint(self) -> None:
        assert arrivals.repeats([self.came(1000, merged=True), self.came(1500)], 1000) == Part(0, 1)


class TestCredits:
    STEPS = (CreditStep(at_least="99%", credit="0%"), CreditStep(at_least="0%", credit="30%"))

    def owed(self, terms: Credits, *some: Counted) -> Any:
        return credits_of(OCTOBER, some, {"gold": terms})

    def test_each_step_is_said(self) -> None:
        terms = Credits(by="compliance", steps=self.STEPS, cap="20%")
        (owed,) = self.owed(terms, counted(count=9), counted("late", late=True))
        assert (owed.customer, owed.policy, owed.month, owed.credit) == ("northwind", "gold", "2026-10", Fraction(1, 5))
        assert owed.how == (
            {"code": "credit_counts", "values": {"metrics": "", "met": 9, "late": 1}},
            {"code": "credit_compliance", "values": {"ratio": "9/10"}},
            {"code": "credit_band", "values": {"begins": "0%", "credit": "30%"}},
            {"code": "credit_capped", "values": {"cap": "20%"}},
        )

    def test_a_month_without_clocks_that_count_is_not_available(self) -> None:
        (owed,) = self.owed(Credits(by="compliance", steps=self.STEPS), counted("cancelled"))
        assert owed.credit is None
        assert [one["code"] for one in owed.how] == ["credit_counts", "credit_compliance"]

    def test_by_breaches_below_the_lowest_band(self) -> None:
        terms = Credits(by="breaches", steps=(CreditStep(at_least="2", credit="5%"),))
        (owed,) = self.owed(terms, counted("late", late=True))
        assert (owed.credit, [one["code"] for one in owed.how][1:]) == (0, ["credit_breaches", "credit_no_band"])

    def test_only_the_metrics_of_the_contract(self) -> None:
        terms = Credits(by="breaches", metrics=("resolution",), steps=(CreditStep(at_least="1", credit="5%"),))  # type: ignore[arg-type]
        (owed,) = self.owed(terms, counted(), counted("late", late=True, metric="first_response"))
        assert owed.credit == 0

    def test_no_contract_no_credit(self) -> None:
        assert self.owed(Credits(by="compliance", steps=self.STEPS), counted(policy="silver")) == []

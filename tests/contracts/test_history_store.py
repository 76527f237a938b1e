"""The contract of history: what belongs to a period, and what is no complaint."""

from typing import Any

import pytest

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import Promise, PromiseState, Status
from mailsla.core.report.facts import Came, Counted, Rated
from mailsla.core.sla.service_level import Outcome
from mailsla.core.triage.labels import How, Label
from mailsla.ports.store import UnitOfWork
from tests.contracts.values import NOW, clock, event, letter, new_notices, new_ticket, notice

DAY = 86_400
SINCE, UNTIL = NOW, NOW + DAY


def due(uow: UnitOfWork, ticket: int, at: int | None, metric: str = "first_response", **changes: Any) -> None:
    uow.clocks.replace(ticket, [clock(ticket, metric, last_due=at, **changes)])


def outcomes(found: list[Counted]) -> dict[Outcome, int]:
    counts: dict[Outcome, int] = {}
    for one in found:
        counts[one.outcome] = counts.get(one.outcome, 0) + one.count
    return counts


@pytest.mark.parametrize(("at", "counts"), [(SINCE, 0), (SINCE + 1, 1), (UNTIL, 1), (UNTIL + 1, 0), (None, 0)])
def test_a_clock_is_of_the_period_that_ends_at_its_due(store: SqlStore, at: int | None, counts: int) -> None:
    with store.begin() as uow:
        due(uow, new_ticket(uow), at, state="met")
        assert sum(one.count for one in uow.history.counted(SINCE, UNTIL)) == counts
        assert len(uow.history.due_clocks(SINCE, UNTIL, "", (SINCE, 0), 10)) == counts


@pytest.mark.parametrize(
    ("state", "breached_at", "status", "outcome"),
    [
        ("met", (), Status.CLOSED, Outcome.MET),
        ("met", (NOW,), Status.CLOSED, Outcome.LATE),
        ("late", (NOW,), Status.RESOLVED, Outcome.LATE),
        ("late", (), Status.RESOLVED, Outcome.MET),
        ("running", (), Status.OPEN, Outcome.OPEN),
        ("running", (NOW,), Status.OPEN, Outcome.LATE),
        ("cancelled", (), Status.CLOSED, Outcome.CANCELLED),
        ("cancelled", (NOW,), Status.CLOSED, Outcome.LATE),
        ("merged", (NOW,), Status.MERGED, Outcome.MERGED),
        ("late", (NOW,), Status.VOID, Outcome.VOID),
    ],
)
def test_how_a_clock_counts(
    store: SqlStore, state: str, breached_at: tuple[int, ...], status: Status, outcome: Outcome
) -> None:
    with store.begin() as uow:
        due(uow, new_ticket(uow, status=status), UNTIL, state=state, breached_at=breached_at)
        assert outcomes(uow.history.counted(SINCE, UNTIL)) == {outcome: 1}
        assert [one.outcome for one in uow.history.due_clocks(SINCE, UNTIL, "", (SINCE, 0), 10)] == [outcome]


def test_clocks_are_counted_by_all_that_a_report_asks_for(store: SqlStore) -> None:
    with store.begin() as uow:
        for category in ("parcel", "parcel", None):
            number = new_ticket(uow, category=category, team="depot", organisation="northwind")
            due(uow, number, UNTIL, state="met", policy="gold")
        of = {"metric": "first_response", "policy": "gold", "state": "met", "late": False, "void": False}
        whose = {"team": "depot", "organisation": "northwind"}
        assert sorted(uow.history.counted(SINCE, UNTIL), key=lambda one: one.count) == [
            Counted(**of, **whose, category="", count=1),  # type: ignore[arg-type]
            Counted(**of, **whose, category="parcel", count=2),  # type: ignore[arg-type]
        ]
        assert uow.history.counted(SINCE, UNTIL, "harbour") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_clocks_have_each_of_them_once(store: SqlStore, limit: int) -> None:
    with store.begin() as uow:
        for second in (1, 1, 5, 7):
            number = new_ticket(uow)
            rows = [clock(number, metric, last_due=SINCE + second) for metric in ("first_response", "resolution")]
            uow.clocks.replace(number, rows)
        found, after = [], (SINCE, 0)
        while page := uow.history.due_clocks(SINCE, UNTIL, "", after, limit):
            found += [(one.last_due, one.ticket_id, one.metric) for one in page]
            after = (page[-1].last_due, page[-1].ticket_id)
        assert len(found) == 8
        assert sorted(found) == sorted(set(found))
        assert [one[:2] for one in found] == sorted(one[:2] for one in found)


def test_a_clock_knows_the_agreements_of_its_ticket(store: SqlStore) -> None:
    with store.begin() as uow:
        version = uow.clocks.version("policy", "gold", "h", {}, NOW).id
        number = new_ticket(uow, policy_version=version, tracks={"statute": 7}, assignee="sam")
        due(uow, number, UNTIL)
        (found,) = uow.history.due_clocks(SINCE, UNTIL, "", (SINCE, 0), 10)
        assert found.versions == {"": version, "statute": 7}
        assert (found.assignee, found.stopped_at, found.target) == ("sam", None, 14_400)


def test_lengths_are_those_of_the_main_agreement_that_were_measured(store: SqlStore) -> None:
    with store.begin() as uow:
        number, void = new_ticket(uow, organisation="northwind"), new_ticket(uow, status=Status.VOID)
        states = [("met", ""), ("late", ""), ("running", ""), ("cancelled", ""), ("met", "statute")]
        rows = [
            clock(number, cycle=cycle, state=state, track=track, elapsed=cycle, last_due=UNTIL)
            for cycle, (state, track) in enumerate(states, start=1)
        ]
        uow.clocks.replace(number, [*rows, clock(number, cycle=9, state="met", elapsed=9, last_due=UNTIL + 1)])
        due(uow, void, UNTIL, state="met", elapsed=7)
        assert sorted(uow.history.lengths(SINCE, UNTIL)) == [("first_response", 1), ("first_response", 2)]
        assert uow.history.lengths(SINCE, UNTIL, "harbour") == []


def test_events_of_some_types(store: SqlStore) -> None:
    with store.begin() as uow:
        first, second = new_ticket(uow), new_ticket(uow)
        uow.tickets.add_events(
            [event(first, at=NOW + at, type=kind) for at, kind in ((9, "status"), (5, "note"), (3, "assigned"))]
        )
        found = uow.history.happened([first, second], {"status", "assigned"})
        assert {number: [one.type for one in some] for number, some in found.items()} == {
            first: ["assigned", "status"],
            second: [],
        }


def test_questions_how_satisfied_a_customer_is(store: SqlStore) -> None:
    with store.begin() as uow:
        number, void = new_ticket(uow, organisation="northwind"), new_ticket(uow, status=Status.VOID)
        uow.tickets.add_events(
            [
                event(of, at=at, type=kind)
                for at, of, kind in [
                    (SINCE, number, "satisfaction_asked"),
                    (UNTIL - 1, number, "satisfaction_asked"),
                    (UNTIL, number, "satisfaction_asked"),
                    (SINCE - 1, number, "satisfaction_asked"),
                    (SINCE, number, "letter_sent"),
                    (SINCE, void, "satisfaction_asked"),
                ]
            ]
        )
        assert uow.history.questions(SINCE, UNTIL) == 2
        assert uow.history.questions(SINCE, UNTIL, "harbour") == 0


def test_what_came_in_without_what_is_no_complaint(store: SqlStore) -> None:
    with store.begin() as uow:
        first = new_ticket(uow, received_at=SINCE, category="parcel", organisation="northwind")
        new_ticket(uow, received_at=UNTIL - 1, status=Status.MERGED)
        for received_at in (SINCE - 1, UNTIL):
            new_ticket(uow, received_at=received_at)
        new_ticket(uow, received_at=SINCE, status=Status.VOID)
        new_ticket(uow, received_at=SINCE, triage={"scope": "out"})
        customer = uow.tickets.get(first)
        assert customer is not None
        parcel = Came(customer.customer_id, "parcel", SINCE, merged=False)
        assert uow.history.came(SINCE, UNTIL) == [parcel, Came(customer.customer_id, "", UNTIL - 1, merged=True)]
        assert uow.history.came(SINCE, UNTIL, "northwind") == [parcel]
        assert uow.history.received_and_resolved(SINCE, UNTIL) == (2, 0)


def test_what_was_resolved(store: SqlStore) -> None:
    with store.begin() as uow:
        for at in (SINCE - 1, SINCE, UNTIL - 1, UNTIL, None):
            new_ticket(uow, received_at=0, resolved_at=at, organisation="northwind")
        new_ticket(uow, received_at=0, resolved_at=SINCE, triage={"scope": "out"})
        assert uow.history.received_and_resolved(SINCE, UNTIL) == (0, 2)
        assert uow.history.received_and_resolved(SINCE, UNTIL, "northwind") == (0, 2)
        assert uow.history.received_and_resolved(SINCE, UNTIL, "harbour") == (0, 0)


def test_tickets_that_were_there(store: SqlStore) -> None:
    """Received before its end, and not ended before its start."""
    with store.begin() as uow:
        new_ticket(uow, received_at=SINCE - 9, closed_at=SINCE - 1)
        ended = new_ticket(uow, received_at=SINCE - 9, closed_at=SINCE)
        open_one = new_ticket(uow, received_at=UNTIL - 1, organisation="northwind")
        new_ticket(uow, received_at=UNTIL)
        assert uow.history.active(SINCE, UNTIL) == [ended, open_one]
        assert uow.history.active(SINCE, UNTIL, "northwind") == [open_one]


def test_promises_by_what_became_of_them(store: SqlStore) -> None:
    with store.begin() as uow:
        number = new_ticket(uow, organisation="northwind")
        (about,) = new_notices(uow, [notice("ack", number)])
        (stated,) = uow.outbox.add_letters([letter(about, number)])
        values = {"ticket_id": number, "metric": "resolution", "stated_at": NOW, "letter_id": stated}
        kept = [
            (SINCE, PromiseState.KEPT),
            (SINCE + 1, PromiseState.KEPT),
            (UNTIL, PromiseState.BROKEN),
            (UNTIL + 1, PromiseState.KEPT),
        ]
        uow.clocks.add_promises([Promise(**values, until=until, state=state) for until, state in kept])  # type: ignore[arg-type]
        assert uow.history.promises(SINCE, UNTIL) == {PromiseState.KEPT: 1, PromiseState.BROKEN: 1}
        assert uow.history.promises(SINCE, UNTIL, "harbour") == {}


def test_ratings_that_came(store: SqlStore) -> None:
    with store.begin() as uow:
        number = new_ticket(uow, organisation="northwind")
        rated = [
            event(number, at=at, type=kind, data={"score": 4, "message": 7})
            for at, kind in ((SINCE - 1, "rating"), (SINCE, "rating"), (SINCE, "note"), (UNTIL, "rating"))
        ]
        uow.tickets.add_events(rated)
        assert uow.history.ratings(SINCE, UNTIL) == [Rated(number, SINCE, 4, 7)]
        assert uow.history.ratings(SINCE, UNTIL, "harbour") == []


def test_answers_to_our_own_question(store: SqlStore) -> None:
    with store.begin() as uow:
        number = new_ticket(uow)
        uow.learning.add(
            [
                Label(
                    at=at, key=f"{at}{how}{guessed}", category="a", who="x", how=how, ticket_id=number, guessed=guessed
                )
                for at, how, guessed in (
                    (SINCE, How.ASKED, "a"),
                    (SINCE, How.ASKED, "b"),
                    (SINCE, How.COMMAND, "a"),
                    (UNTIL, How.ASKED, "a"),
                )
            ]
        )
        assert uow.history.asked(SINCE, UNTIL) == (2, 1)


@pytest.mark.parametrize(
    ("state", "last_due", "lacks"),
    [
        ("met", None, True),
        ("late", None, True),
        ("met", NOW, False),
        ("paused", None, False),
        ("cancelled", None, False),
    ],
)
def test_a_stopped_clock_without_its_due_is_seen(
    store: SqlStore, state: str, last_due: int | None, lacks: bool
) -> None:
    with store.begin() as uow:
        due(uow, new_ticket(uow), last_due, state=state)
        assert uow.history.unfilled() is lacks

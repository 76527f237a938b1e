"""The complaint register: which times count, what is missing, and what does not belong into it."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailsla.core.model import Event, Instant, Status, Ticket
from mailsla.core.report.register import FORMS, NOT_KNOWN, entry_of, row_of, why_left_out
from mailsla.core.sla.calendar import Calendar, CalendarSpec

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


RECEIVED = at("2026-11-16 10:00")  # a Monday
TICKET = Ticket(
    id=1, number=1001, reference="ACME-1001", mailbox="support", customer_id=1, requester="ana@mail.example",
    subject="Late", language="en", zone="Europe/Berlin", received_at=RECEIVED, opened_at=RECEIVED, category="delivery",
    outcome={"upheld": "yes", "cause": "lost-parcel", "remedy": {"kind": "refund", "amount": "20", "currency": "EUR"}},
)  # fmt: skip


def event(when: Instant, type_: str, **data: object) -> Event:
    return Event(ticket_id=1, at=when, recorded_at=when, type=type_, actor="mailsla", data=data)


def office() -> Calendar:
    days = ("mon", "tue", "wed", "thu", "fri")
    weekly = dict.fromkeys(days, (("09:00", "17:00"),))
    return Calendar(CalendarSpec(name="office", zone="Europe/Berlin", weekly=weekly), BERLIN)  # type: ignore[arg-type]


def settled(when: Instant, *, letter: int | None = 7) -> tuple[Ticket, list[Event]]:
    by = {} if letter is None else {"letter": letter}
    ended = event(when, "status", **{"from": "open", "to": "resolved"}, **by)
    return replace(TICKET, status=Status.RESOLVED, resolved_at=when), [event(when, "agent_reply", letter=letter), ended]


@pytest.mark.parametrize(
    ("resolved", "three", "weeks"),
    [
        ("2026-11-19 16:59", True, True),  # the close of the third business day after the day of receipt
        ("2026-11-19 17:01", False, True),
        ("2027-01-11 23:59", False, True),  # eight weeks
        ("2027-01-12 00:01", False, False),
    ],
)
def test_settled_in_three_business_days_and_in_eight_weeks(resolved: str, three: bool, weeks: bool) -> None:
    ticket, events = settled(at(resolved))
    entry = entry_of(ticket, events, office(), at("2027-03-01 12:00"))
    assert (entry.within_three, entry.within_weeks) == (three, weeks)


@pytest.mark.parametrize(
    ("now", "three", "weeks"), [("2026-11-17 12:00", None, None), ("2026-11-20 12:00", False, None)]
)
def test_what_is_open_is_late_only_once_it_is(now: str, three: bool | None, weeks: bool | None) -> None:
    entry = entry_of(replace(TICKET, status=Status.OPEN), [], office(), at(now))
    assert (entry.within_three, entry.within_weeks, entry.missing) == (three, weeks, ())


def test_without_a_calendar_nothing_is_made_up() -> None:
    ticket, events = settled(RECEIVED + 60)
    assert entry_of(ticket, events, None, RECEIVED + 90).within_three is None


def test_the_final_response_is_the_letter_that_ended_it() -> None:
    ticket, events = settled(RECEIVED + 100)
    assert entry_of(ticket, events, None, RECEIVED).final == RECEIVED + 100
    ticket, events = settled(RECEIVED + 100, letter=None)
    assert entry_of(ticket, events, None, RECEIVED).final is None
    events.append(event(RECEIVED + 130, "letter_sent", kind="closing"))
    assert entry_of(ticket, events, None, RECEIVED).final == RECEIVED + 130


def test_after_mere_thanks_the_letter_before_them_stands() -> None:
    ticket, events = settled(RECEIVED + 100)
    events += [
        event(RECEIVED + 200, "customer_mail", thanks=True),
        event(RECEIVED + 200, "status", **{"from": "resolved", "to": "open"}),
        event(RECEIVED + 300, "status", **{"from": "open", "to": "resolved"}),
    ]
    assert entry_of(ticket, events, None, RECEIVED).final == RECEIVED + 100
    events[2] = event(RECEIVED + 200, "customer_mail")
    assert entry_of(ticket, events, None, RECEIVED).final is None


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"category": None}, ("category",)),
        ({"outcome": {}}, ("cause", "upheld")),
        ({"outcome": {"upheld": "partly", "cause": "x"}}, ("remedy",)),
        ({"outcome": {"upheld": "no", "cause": "x"}}, ()),
    ],
)
def test_what_a_person_has_to_add(changes: dict[str, object], missing: tuple[str, ...]) -> None:
    ticket, events = settled(RECEIVED + 100)
    changed = replace(ticket, **changes)  # type: ignore[arg-type]
    assert entry_of(changed, events, None, RECEIVED).missing == missing


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": Status.MERGED}, "merged"),
        ({"status": Status.VOID}, "void"),
        ({"status": Status.CLOSED, "triage": {"scope": "out"}}, "out_of_scope"),
    ],
)
def test_what_is_no_complaint_of_its_own_is_left_out_and_counted(changes: dict[str, object], why: str) -> None:
    gone = why_left_out(replace(TICKET, **changes))  # type: ignore[arg-type]
    assert gone is not None and getattr(gone, why) == gone.count == 1
    assert why_left_out(TICKET) is None


def test_the_columns_for_the_fca_name_nobody() -> None:
    row = row_of(entry_of(TICKET, [], None, RECEIVED), FORMS["fca"], lambda when: when and str(when))
    assert "ana@mail.example" not in row.values()
    assert (row["redress_amount"], row["redress_currency"], row["upheld"]) == ("20", "EUR", "yes")
    assert row["resolved"] is None and NOT_KNOWN == "n/a"

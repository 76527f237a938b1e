"""Samples of the letters between people inside, for `mailsla check` (letters_samples.py has the others)."""

from mailsla.core.letters_incident import IncidentCase, IncidentLetter
from mailsla.core.letters_links import Link
from mailsla.core.letters_people import (
    AgreedTerms,
    Alarm,
    CatchUp,
    ClockLines,
    Explanation,
    OpenCase,
    StandIn,
    StatedPromise,
    Waited,
)
from mailsla.core.model import Instant, Reason, Scalar

_HOUR, _DAY = 3600, 86400


def samples_of_people(now: Instant) -> tuple[StandIn, CatchUp, Explanation, IncidentLetter]:
    """One of each kind, as written at `now`."""
    return _stand_in(now), _catch_up(now), _explanation(now), _incident(now)


def _incident(now: Instant) -> IncidentLetter:
    return IncidentLetter(
        called="I7",
        open=False,
        words=("water", "tap", "pressure"),
        usual=2,
        cases=[
            IncidentCase(reference="ACME-1031", subject="No water", at=now - 2 * _HOUR, customer="Ana Vogel"),
            IncidentCase(reference="ACME-1042", subject="Tap is dry", at=now - _HOUR, customer="kim@mail.example"),
        ],
        reference="ACME-1031",
        links=[
            Link(does=does, to=f"{letter * 26}@reply.acme.example", until=now + 14 * _DAY)
            for does, letter in (("incident", "b"), ("incident_no", "c"))
        ],
    )


def _stand_in(now: Instant) -> StandIn:
    return StandIn(
        name="Sam Lee",
        until=now + 9 * _DAY,
        cases=(
            OpenCase(
                reference="ACME-1031",
                subject="Refund missing",
                priority="high",
                status="open",
                metric="first_response",
                due=now - 2 * _HOUR,
                late=True,
            ),
            OpenCase(
                reference="ACME-1042",
                subject="Where is my parcel",
                priority="normal",
                status="open",
                metric="resolution",
                due=now + 3 * _DAY,
            ),
            OpenCase(reference="ACME-1047", subject="Wrong item", priority="low", status="waiting_customer"),
        ),
    )


def _catch_up(now: Instant) -> CatchUp:
    return CatchUp(
        cases=(
            Waited(
                case=OpenCase(
                    reference="ACME-1031",
                    subject="Refund missing",
                    priority="high",
                    status="open",
                    metric="first_response",
                    due=now - 2 * _HOUR,
                    late=True,
                ),
                kinds=("escalation", "customer_answer"),
                instead_of="Sam Lee",
                text="Hello? Is anybody there?",
                files=(("photo of the box.jpg", 182_000),),
                alarms=(Alarm(due=now + 3 * _HOUR, metric="resolution"),),
                answer_to="support+k7q2m5x4t6w3p6r5n2b7c4d3fh@acme.example",
            ),
        ),
    )


def _explanation(now: Instant) -> Explanation:
    return Explanation(
        reference="ACME-1042",
        subject="Where is my parcel",
        category="Late delivery",
        category_reasons=(Reason("rule", {"rule": "parcel words", "because": "words: parcel"}),),
        category_by="",
        priority="high",
        priority_reasons=(Reason("priority_vip", {"points": 2}),),
        priority_by="mailsla",
        priority_raised=(Reason("priority_follow_ups", {"times": 3, "points": 4}),),
        policies=(AgreedTerms(policy="standard", version=3, calendar="office", calendar_version=1),),
        tzdata="2026.2",
        promises=(
            StatedPromise(
                metric="first_response",
                until=now + 8 * _HOUR,
                date_only=False,
                stated_at=now,
                state="kept",
                settled_at=now + 3 * _HOUR,
            ),
            StatedPromise(
                metric="resolution",
                until=now + 6 * _DAY,
                date_only=True,
                stated_at=now,
                state="open",
                by="Sam Lee",
            ),
        ),
        clocks=(
            ClockLines(metric="resolution", cycle=1, state="late", lines=_lines(now)),
            ClockLines(metric="first_response", cycle=1, state="running", lines=_days(now)),
        ),
    )


def _lines(now: Instant) -> tuple[Reason, ...]:
    """One of each line of core/sla/why.py."""
    week: dict[str, Scalar] = {
        "start": now,
        "end": now + 4 * _DAY + 8 * _HOUR,
        "days": 5,
        "each": 8 * _HOUR,
        "seconds": 40 * _HOUR,
    }
    paused: dict[str, Scalar] = {
        "start": now + 5 * _DAY,
        "end": now + 6 * _DAY,
        "status": "waiting_customer",
        "seconds": 8 * _HOUR,
    }
    return (
        Reason("started", {"at": now, "target": "48h", "version": 1}),
        Reason("counted_days", week),
        Reason("not_counted", paused),
        Reason("not_counted", {**paused, "end": None, "seconds": None}),
        Reason("closed", {"date": "2026-12-25", "name": "Christmas Day", "kind": "holiday"}),
        Reason("counted", {"start": now + 6 * _DAY, "end": now + 6 * _DAY + 8 * _HOUR, "seconds": 8 * _HOUR}),
        Reason("breached", {"at": now + 6 * _DAY + 8 * _HOUR, "cause": "due", "target": "48h"}),
        Reason("annulled", {"at": now, "kind": "annulled", "cause": "calendar", "corrected_at": now + _HOUR}),
        Reason("overdue", {"at": now + 6 * _DAY + 8 * _HOUR}),
    )


def _days(now: Instant) -> tuple[Reason, ...]:
    """The lines of a target of days (core/sla/day_counts.py)."""
    return (
        Reason("started", {"at": now, "target": "5 business days", "version": 1}),
        Reason("received", {"date": "2026-12-24"}),
        Reason("passed_over", {"date": "2026-12-25", "name": "Christmas Day", "kind": "holiday"}),
        Reason("passed_over", {"date": "2026-12-26", "name": "", "kind": "hours", "last": "2026-12-27"}),
        Reason("days", {"start": "2026-12-28", "end": "2026-12-31", "first": 1, "last": 4}),
        Reason("day", {"date": "2027-01-04", "number": 5}),
        Reason("civil", {"date": "2027-01-16", "target": "15 calendar days"}),
        Reason("rolled", {"date": "2027-01-18"}),
        Reason("due", {"at": now + 9 * _DAY}),
    )

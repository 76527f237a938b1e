"""A report with invented figures: what `mailsla check` renders to find faulty templates."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from mailsla.core.letters_report import CustomerReport, ManagerReport
from mailsla.core.report.model import (
    AgentLoad,
    CreditOwed,
    Exceptional,
    Held,
    Kept,
    Lengths,
    Objective,
    OddTarget,
    Part,
    Period,
    Report,
    Satisfaction,
    TimeSpent,
    TrendPoint,
    TriageQuality,
)
from mailsla.core.report.shown import for_customer
from mailsla.core.sla.service_level import Compliance, Outcome, ServiceLevel

_HOUR = 3600
_OCTOBER = Period("month", date(2026, 10, 1), date(2026, 10, 31), "Europe/Berlin")
_MONTHS = ((5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31))


def held(met: int, late: int) -> Compliance:
    """So many in time, so many late."""
    return Compliance({**dict.fromkeys(Outcome, 0), Outcome.MET: met, Outcome.LATE: late})


def _trend() -> Sequence[TrendPoint]:
    counts = ((88, 12), (90, 9), (97, 5), (84, 11), (92, 8), (96, 6))
    return [
        TrendPoint(Period("month", date(2026, month, 1), date(2026, month, last), "Europe/Berlin"), 60 + month, 58, one)
        for (month, last), one in zip(_MONTHS, (held(*pair) for pair in counts), strict=True)
    ]


def _hours() -> dict[tuple[int, int], int]:
    return {
        (day, hour): max(0, 9 - abs(hour - 10)) + (3 if day == 0 and hour in (9, 10) else 0)
        for day in range(5)
        for hour in range(6, 20)
    }


REPORT = Report(
    period=_OCTOBER,
    made_at=1793509200,  # 2026-11-01 05:00 UTC
    received=70,
    resolved=58,
    open_at_end=14,
    compliance=held(96, 6),
    before=held(92, 8),
    by_metric=(Held("first_response", held(66, 2), held(60, 4)), Held("resolution", held(30, 4), held(32, 4))),
    by_category=(
        Held("Late delivery", held(50, 4), held(40, 5)),
        Held("Damaged goods", held(30, 2), held(32, 1)),
        Held("Invoice", held(16, 0), held(20, 2)),
        Held("", held(0, 0), held(0, 0)),
    ),
    by_team=(Held("Delivery", held(70, 5), held(62, 6)), Held("Billing", held(26, 1), held(30, 2))),
    by_customer=(Held("Vogel Logistics", held(40, 5), held(38, 2)), Held("Bakery Kim", held(56, 1), held(54, 6))),
    trend=_trend(),
    lengths=(
        Lengths("first_response", 68, 55 * 60, 2 * _HOUR, 5 * _HOUR + 600),
        Lengths("resolution", 34, 9 * _HOUR, 15 * _HOUR, 31 * _HOUR),
        Lengths("periodic_update", 0, None, None, None),
    ),
    lengths_before=(Lengths("first_response", 64, 70 * 60, 3 * _HOUR, 6 * _HOUR),),
    spent=TimeSpent(
        310 * _HOUR,
        120 * _HOUR,
        90 * _HOUR,
        {"new": 60 * _HOUR, "open": 250 * _HOUR, "waiting_customer": 120 * _HOUR, "waiting_third_party": 90 * _HOUR},
        "open",
    ),
    objectives=(
        Objective("Answers within 4 h", "first_response", "4h", ServiceLevel(Fraction(9, 10), 64, 68), Fraction(9, 10)),
        Objective("Solved in 2 days", "resolution", "2 business days", ServiceLevel(Fraction(19, 20), 30, 34)),
        Objective("Updates", "periodic_update", "1 business day", ServiceLevel(Fraction(19, 20), 0, 0)),
    ),
    first_contact=Part(31, 58),
    reopened=Part(3, 58),
    repeats=Part(9, 70),
    satisfaction=Satisfaction(40, {1: 1, 2: 0, 3: 2, 4: 6, 5: 8}, (("ACME-1031", 1, "Nobody called me back."),)),
    credits=(
        CreditOwed(
            "Vogel Logistics",
            "gold",
            "2026-10",
            held(40, 5),
            5,
            Fraction(5, 100),
            (),
        ),
        CreditOwed("Bakery Kim", "gold", "2026-10", held(0, 0), 0, None),
    ),
    agents=(AgentLoad("Sam Lee", 40, 88, 30, 2, 9), AgentLoad("Jo Brandt", 30, 51, 28, 4, 5)),
    hours=_hours(),
    odd_targets=(
        OddTarget("standard", "first_response", "tight", 4 * _HOUR, 5 * _HOUR, Part(20, 68), Part(12, 68)),
        OddTarget("gold", "resolution", "loose", 40 * _HOUR, 6 * _HOUR, Part(0, 34), Part(0, 34)),
    ),
    promises=Kept(60, 5, 2, 3),
    triage=TriageQuality(Part(52, 70), Part(4, 52), Part(9, 10)),
    exceptions=(
        Exceptional("ACME-1031", "Refund missing", "late", 26 * _HOUR),
        Exceptional("ACME-1040", "Wrong item", "reopened"),
        Exceptional("ACME-1044", "Nobody answers", "rated"),
    ),
)

THEIRS = Report(
    period=_OCTOBER,
    made_at=REPORT.made_at,
    customer="Vogel Logistics",
    received=22,
    resolved=20,
    open_at_end=4,
    compliance=held(40, 5),
    before=held(38, 2),
    by_metric=(Held("first_response", held(26, 2), held(20, 1)), Held("resolution", held(14, 3), held(18, 1))),
    trend=REPORT.trend,
    lengths=REPORT.lengths,
    satisfaction=Satisfaction(12, {3: 1, 4: 2, 5: 3}),
    credits=REPORT.credits[:1],
    promises=Kept(20, 2, 1, 1),
    exceptions=REPORT.exceptions[:2],
)

SAMPLES_REPORTS = (
    ManagerReport(report=REPORT),
    CustomerReport(report=for_customer(THEIRS), name="Ana Vogel"),
)

"""Letters to render in tests and in the gallery: the shipped samples, and the cases that go wrong most easily."""

from dataclasses import replace

from mailsla.adapters.letters_samples import CASE, ENVELOPE, SAMPLES
from mailsla.adapters.letters_samples_reports import REPORT, THEIRS, held
from mailsla.core import letters, letters_people
from mailsla.core.letters import Content
from mailsla.core.letters_report import CustomerReport, ManagerReport
from mailsla.core.model import Reason
from mailsla.core.outcome import Outcome, Remedy
from mailsla.core.report.model import CreditOwed, Exceptional, Held, Lengths, Report, TimeSpent
from mailsla.core.report.shown import for_customer

NOW = ENVELOPE.date
HOUR, DAY = 3600, 86400

LONG_ADDRESS = "maximiliane.von.und.zu.hohenstein-wittgenstein@mail.example.org"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def _ack(**changes: object) -> letters.Acknowledgement:
    first = SAMPLES[0]
    assert isinstance(first, letters.Acknowledgement)
    return replace(first, **changes)  # type: ignore[arg-type]  # names of its own fields


def _due(**changes: object) -> letters.Due:
    return replace(CASE.dues[0], **changes)  # type: ignore[arg-type]  # names of its own fields


def _delay(**changes: object) -> letters.DelayNotice:
    found = next(one for one in SAMPLES if isinstance(one, letters.DelayNotice))
    return replace(found, **changes)  # type: ignore[arg-type]  # names of its own fields


def _update(**changes: object) -> letters.Update:
    found = next(one for one in SAMPLES if isinstance(one, letters.Update))
    return replace(found, **changes)  # type: ignore[arg-type]  # names of its own fields


def _status(**changes: object) -> letters.StatusAnswer:
    found = next(one for one in SAMPLES if isinstance(one, letters.StatusAnswer))
    return replace(found, **changes)  # type: ignore[arg-type]  # names of its own fields


_TO_TRIAGE = replace(
    CASE,
    category="",
    category_reasons=(Reason("category_unsure", {"certainty": 0.44, "threshold": 0.5}),),
    likeliest=(("delivery", "Late delivery", 0.44), ("defect", "Damaged goods", 0.41)),
)
_LATE = replace(CASE, dues=(_due(due=None, late_since=NOW - 3 * HOUR, share=1.0),), assignee="Sam Lee")
_WIDE = replace(
    CASE, customer_name="Maximiliane von und zu Hohenstein-Wittgenstein", customer_email=LONG_ADDRESS, subject=LONG_WORD
)
_BARE = letters.CaseFacts(
    reference="ACME-1050",
    subject="",
    status="new",
    priority="normal",
    customer_name="",
    customer_email="x@y.example",
    verified=False,
    customer_language="en",
    can_act=False,
)
_ITEM = letters.EscalationItem(
    case=_LATE,
    metric="first_response",
    due=NOW - 30,
    late=30,
    level=0,
    breached=True,
    tried=(),
)


def _transcript(command: str, result: Reason, *, ok: bool = True, **more: object) -> letters.Transcript:
    line = letters.TranscriptLine(command=command, done=ok, result=result)
    return letters.Transcript(reference="ACME-1042", subject="Where is my parcel", lines=(line,), ok=ok, **more)  # type: ignore[arg-type]  # names of its own fields


_NOTHING = Report(
    period=REPORT.period,
    made_at=REPORT.made_at,
    customer="Vogel Logistics",
    received=0,
    resolved=0,
    open_at_end=0,
    compliance=held(0, 0),
    before=held(0, 0),
    by_metric=(Held("resolution", held(0, 0), held(0, 0)),),
    trend=(replace(REPORT.trend[-1], received=0, resolved=0, compliance=held(0, 0)),),
    lengths=(Lengths("resolution", 0, None, None, None),),
    spent=TimeSpent(0, 0, 0, {}, None),
    credits=(CreditOwed("Vogel Logistics", "gold", "2026-10", held(0, 0), 0, None),),
)
_HOW = (
    {"code": "credit_counts", "values": {"metrics": "", "met": 40, "late": 5}},
    {"code": "credit_compliance", "values": {"ratio": "8/9"}},
    {"code": "credit_band", "values": {"begins": "80%", "credit": "5%"}},
    {"code": "credit_capped", "values": {"cap": "3%"}},
)

# Name -> content: what the picture or file of the gallery is called.
EDGE_CASES: dict[str, Content] = {
    "ack-unverified": _ack(name="", verified=False, category="", closed=None),
    "ack-holiday": _ack(
        closed=letters.Closed(reason="holiday", holiday="Christmas Day", reopens_at=NOW + 6 * DAY + HOUR)
    ),
    "ack-closed-day": _ack(closed=letters.Closed(reason="closed_day")),
    "ack-before-hours": _ack(closed=letters.Closed(reason="before_hours", reopens_at=NOW + HOUR)),
    "ack-no-sla": _ack(promises=()),
    "ack-late-fetch": _ack(closed=None, late_fetch=True),
    "ack-days-late": _ack(closed=None, received_at=NOW - 3 * DAY, delayed_days=3),
    "ack-promise-past": _ack(promises=(letters.Promised(metric="first_response", until=NOW - 1),)),
    "ack-long-subject": _ack(subject=f"{LONG_WORD} " * 12),
    "notification-to-triage": letters.AgentNotification(case=_TO_TRIAGE, text="Where is it?"),
    "notification-bare": letters.AgentNotification(case=_BARE, text=""),
    "notification-wide": letters.AgentNotification(case=_WIDE, text=f"{LONG_WORD}\n\n{LONG_WORD * 3}"),
    "notification-huge": letters.AgentNotification(case=CASE, text="Ärgerlich & <laut>! " * 30_000),
    "answer-third_party": letters.CustomerAnswer(
        case=CASE,
        text="I have it too.",
        author="kim@vogel.example",
        what="third_party",
        admit="kim@vogel.example",
    ),
    "answer-late": letters.CustomerAnswer(case=_LATE, text="Hello?", author="Ana Vogel", what="answer"),
    **{
        f"answer-{what}": letters.CustomerAnswer(case=CASE, text="Hello?", author="Ana Vogel", what=what)
        for what in ("unproven", "reopened", "auto_reply", "bounce", "thanks", "comment", "rating", "answered")
    },
    **{
        f"news-{what}": letters.CaseNews(
            case=CASE, what=Reason(f"news_{what}", {"reference": "ACME-1042", "who": "Jo Brandt", "team": "Delivery"})
        )
        for what in ("woke", "handover_team", "handover_gone")
    },
    "relay-plain": letters.Relay(subject="Where is my parcel", reference="ACME-1042", text="Yes.", signature=""),
    "relay-traps": letters.Relay(
        subject="",
        reference="ACME-1042",
        text="> quoted\n>quoted\nFrom here on\n-- \nnot a footer\n-- x\n=== line ===\n" + "word " * 40,
        signature="Sam",
    ),
    "closing-unverified": letters.Closing(
        name="", reference="ACME-1042", subject="Where", verified=False, reopen_until=None
    ),
    "closing-one-day": letters.Closing(
        name="Ana", reference="ACME-1042", subject="W", verified=True, reopen_until=NOW + HOUR, waited_days=1
    ),
    "closing-waited": letters.Closing(
        name="Ana", reference="ACME-1042", subject="W", verified=True, reopen_until=NOW + DAY, waited_days=14
    ),
    "closing-other-remedy": letters.Closing(
        name="Ana",
        reference="ACME-1042",
        subject="W",
        verified=True,
        reopen_until=NOW + 14 * DAY,
        outcome=Outcome(upheld="yes", remedy=Remedy(kind="other", text=f"a cable free of charge, {LONG_WORD}")),
    ),
    "closing-not-upheld": letters.Closing(
        name="Ana", reference="ACME-1042", subject="W", verified=True, reopen_until=None, outcome=Outcome(upheld="no")
    ),
    "stand-in-removed": letters_people.StandIn(
        name="sam",
        until=None,
        cases=(letters_people.OpenCase(reference="ACME-1047", subject="Wrong item", priority="low", status="open"),),
        yours=(
            letters_people.OpenCase(
                reference="ACME-1031",
                subject=LONG_WORD,
                priority="high",
                status="open",
                metric="first_response",
                due=NOW - HOUR,
                late=True,
            ),
        ),
    ),
    "waiting-no-end": letters.WaitingReminder(
        name="", reference="ACME-1042", subject="W", verified=False, closes_at=None
    ),
    "delay-date": _delay(
        was=letters.Promised(metric="resolution", until=NOW + 6 * DAY, date_only=True),
        promise=letters.Promised(metric="resolution", until=NOW + 9 * DAY, date_only=True),
        reason="",
    ),
    "delay-earlier": _delay(promise=letters.Promised(metric="first_response", until=NOW + HOUR), reason=""),
    "delay-first": _delay(name="", verified=False, was=None, reason=""),
    "delay-update": _delay(
        was=letters.Promised(metric="periodic_update", until=NOW + DAY),
        promise=letters.Promised(metric="periodic_update", until=NOW + 2 * DAY),
    ),
    "delay-long-reason": _delay(reason=f"{LONG_WORD} " * 2),
    "update-open": _update(waiting=False, since=NOW - 2 * DAY),
    "update-last": _update(promises=()),
    **{
        f"status-{stands}": _status(stands=stands, promises=())
        for stands in ("unanswered", "open", "waiting_third_party", "waiting_customer", "closed")
    },
    "status-resolved": _status(stands="resolved", promises=(), reopen_until=NOW + 13 * DAY),
    "status-missed": _status(
        stands="unanswered", promises=(), missed=letters.Promised(metric="first_response", until=NOW - HOUR)
    ),
    "status-stranger": _status(name="", verified=False, stands="unanswered"),
    "relay-update": letters.Relay(
        subject="Where is my parcel",
        reference="ACME-1042",
        text="We asked the depot.",
        signature="Sam",
        promises=(
            letters.Promised(metric="resolution", until=NOW + 3 * DAY),
            letters.Promised(metric="periodic_update", until=NOW + 2 * DAY, date_only=True),
        ),
    ),
    "transcript-done": letters.Transcript(
        reference="ACME-1042",
        subject="Where is my parcel",
        lines=(
            letters.TranscriptLine(command="#take", done=True, result=Reason("assigned", {"name": "sam"})),
            letters.TranscriptLine(command="#resolve", done=True, result=Reason("resolved")),
        ),
        ok=True,
        relayed=True,
        relay_at=NOW + 60,
    ),
    "transcript-copy": letters.Transcript(
        reference="ACME-1042",
        subject="Where is my parcel",
        lines=(),
        ok=True,
        relayed=True,
        relay_at=NOW + 60,
        undoable=True,
        copy=letters.Copy(
            name="Ana Vogel",
            email="ana.vogel@mail.example",
            text="It was found.\n\nIt arrives on Tuesday.",
            signature="Your delivery team",
            files=(letters.File(name="label.pdf", size=12_000),),
            resolves=True,
        ),
    ),
    "transcript-recalled": letters.Transcript(
        reference="ACME-1042",
        subject="Where is my parcel",
        lines=(letters.TranscriptLine(command="#undo", done=True, result=Reason("recalled")),),
        ok=True,
        text="It was found.\n\nIt arrives on Tuesday.",
    ),
    "transcript-overtaken": letters.Transcript(
        reference="ACME-1042",
        subject="Where is my parcel",
        lines=(
            letters.TranscriptLine(
                command="", done=False, result=Reason("relay_overtaken", {"name": "Kim Adler", "at": NOW - 60})
            ),
        ),
        ok=False,
        theirs=letters.Copy(name="Kim Adler", email="", text="It is lost; we send another."),
    ),
    "transcript-help-on": _transcript("#help wait", Reason("help_listed"), help=True, help_on="wait"),
    "transcript-link": _transcript("#take", Reason("assigned", {"name": "Sam Lee"}), by_link=True),
    "transcript-link-used": _transcript("#take", Reason("link_used", {"at": NOW - HOUR}), ok=False, by_link=True),
    "transcript-undo-late": _transcript(
        "#undo", Reason("undo_gone", {"customer": "Ana Vogel", "at": NOW - 60}), ok=False
    ),
    "reminder-now": letters.Reminder(case=_LATE, metric="first_response", due=NOW, left=0, left_today=0),
    "escalation-one": letters.Escalation(items=(_ITEM,)),
    "escalation-two-late": letters.Escalation(items=(_ITEM, replace(_ITEM, late=3 * DAY))),
    "escalation-one-ahead": letters.Escalation(items=(replace(_ITEM, late=-HOUR, due=NOW + HOUR, breached=False),)),
    # links are in letters about one case only
    "escalation-many": letters.Escalation(items=(replace(_ITEM, case=replace(_ITEM.case, links=())),) * 65),
    "report-nothing": ManagerReport(report=replace(_NOTHING, customer="")),
    "report-first": ManagerReport(report=replace(REPORT, trend=REPORT.trend[-1:], before=held(0, 0))),
    "report-200-categories": ManagerReport(
        report=replace(
            REPORT,
            by_category=[
                Held(f"{LONG_WORD if number % 50 == 3 else 'Kind'} {number}", held(number % 60, number % 7), held(3, 1))
                for number in range(200)
            ],
            by_team=(Held(LONG_WORD, held(3, 1), held(0, 0)),),
            exceptions=[Exceptional(f"ACME-{number}", LONG_WORD, "late", number * HOUR) for number in range(60)],
        )
    ),
    "customer-report-nothing": CustomerReport(report=for_customer(_NOTHING)),
    "customer-report-credit": CustomerReport(
        report=for_customer(replace(THEIRS, credits=[replace(THEIRS.credits[0], how=_HOW)])), name="Ana Vogel"
    ),
    "alert-recovered": letters.OperatorAlert(
        host="mail1",
        what=Reason("mailbox_failed", {"mailbox": "support", "cause": "login refused"}),
        since=NOW - HOUR,
        recovered=True,
    ),
    **{
        f"queue-{count}": letters.QueueDigest(
            host="mail1",
            rows=[
                letters.QueueRow(
                    number=f"M{n}",
                    queue="quarantine",
                    since=NOW - DAY,
                    about="support",
                    why=Reason("no_such_code", {"n": n}),
                )
                for n in range(count)
            ],
            counts={"quarantine": count},
        )
        for count in (1, 2, 5, 50)
    },
}

_NUMBERED = [(sum(one.kind == content.kind for one in SAMPLES[:n]) + 1, content) for n, content in enumerate(SAMPLES)]
ALL: dict[str, Content] = {
    content.kind if number == 1 else f"{content.kind}-{number}": content for number, content in _NUMBERED
} | EDGE_CASES

"""One letter of each kind with invented values: what `mailsla check` renders to find faulty templates."""

from dataclasses import replace

from mailsla.adapters.letters_samples_digest import samples_of_digests
from mailsla.adapters.letters_samples_people import samples_of_people
from mailsla.adapters.letters_samples_reports import SAMPLES_REPORTS
from mailsla.core import letters
from mailsla.core.letters import Content, Envelope, Reader
from mailsla.core.letters_links import Link
from mailsla.core.model import Reason
from mailsla.core.outcome import Outcome, Remedy

_FRIDAY = 1795196520  # 2026-11-20 17:42 UTC
_MONDAY = 1795449600  # 2026-11-23 16:00 UTC
_HOUR, _DAY = 3600, 86400

READER = Reader(language="en", zone="Europe/Berlin")

ENVELOPE = Envelope(
    from_name="ACME complaints",
    from_email="support@acme.example",
    to_email="ana.vogel@mail.example",
    to_name="Ana Vogel",
    reply_to="k7q2m5x4t6w3p6r5n2b7c4d3fh@reply.acme.example",
    message_id="f3k8w1@acme.example",
    in_reply_to="their-mail@mail.example",
    references=("their-mail@mail.example",),
    date=_FRIDAY + 60,
    auto_submitted="auto-generated",
)

TEXT = """\
Hello,

my parcel was promised for 12 November and today it still says "in transit".
Please send it again or give me my money back.

Ana Vogel"""


def _link(does: str, days: int) -> Link:
    return Link(does=does, to="k7q2m5x4t6w3p6r5n2b7c4d3fh@reply.acme.example", until=_FRIDAY + days * _DAY)


RATINGS = tuple(_link(score, 30) for score in ("1", "2", "3", "4", "5"))
OUTCOME = Outcome(
    upheld="partly",
    cause="lost-parcel",
    remedy=Remedy(kind="refund", amount="64.90", currency="EUR", by="2026-11-30"),
)
ADR = "Consumer Arbitration Board, Kanal 7, 10115 Berlin, www.arbitration.example"
CASE = letters.CaseFacts(
    reference="ACME-1042",
    subject="Where is my parcel",
    status="open",
    priority="high",
    priority_reasons=(
        Reason("priority_follow_ups", {"times": 2, "points": 2}),
        Reason("priority_signal", {"signal": "deadline", "words": "promised for", "points": 2, "floor": "high"}),
    ),
    category="Late delivery",
    category_reasons=(Reason("rule", {"rule": "parcel words", "because": "words: parcel"}),),
    customer_name="Ana Vogel",
    customer_email="ana.vogel@mail.example",
    verified=True,
    customer_language="de",
    organisation="Vogel GmbH",
    vip=True,
    dues=(
        letters.Due(metric="first_response", due=_MONDAY, left=27000, left_today=0, share=0.06),
        letters.Due(metric="resolution", due=None, paused=True, share=1.0),
    ),
    team="Delivery",
    assignee="",
    history=(letters.HistoryLine(at=_FRIDAY, who="ana.vogel@mail.example", what=Reason("event_created")),),
    files=(letters.File(name="receipt.pdf", size=120_400), letters.File(name="parcel.jpg", size=3_420_000)),
    linked="ACME-0911",
    next_step_at=_MONDAY - 6 * _HOUR,
    next_step_who="Jo Brandt",
    links=tuple(_link(does, 14) for does in ("take", "wait", "resolve", "spam")),
)
_TAKEN = replace(
    CASE,
    assignee="Sam Lee",
    history=(
        *CASE.history,
        letters.HistoryLine(at=_FRIDAY + 30, who="Sam Lee", what=Reason("event_assigned", {"assignee": "Sam Lee"})),
    ),
    participants=("kim@vogel.example",),
    next_step_at=None,
    links=CASE.links[1:],
)

SAMPLES: tuple[Content, ...] = (
    letters.Acknowledgement(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        received_at=_FRIDAY,
        closed=letters.Closed(reason="after_hours", reopens_at=_MONDAY - 8 * _HOUR),
        promises=(
            letters.Promised(metric="first_response", until=_MONDAY),
            letters.Promised(metric="resolution", until=_MONDAY + 11 * _DAY, date_only=True),
        ),
        category="Late delivery",
        team="Delivery team",
        host="acme.example",
    ),
    letters.AgentNotification(case=CASE, text=TEXT),
    letters.CustomerAnswer(
        case=replace(_TAKEN, outcome=OUTCOME), text="Is there any news?", author="Ana Vogel", what="answer"
    ),
    letters.Assignment(case=_TAKEN, text=TEXT, by="Jo Brandt"),
    letters.CaseNews(
        case=_TAKEN,
        what=Reason("news_handover_yours", {"reference": "ACME-1042", "who": "Jo Brandt", "team": "Delivery"}),
        note="The depot found it.\nPlease tell her when it leaves.",
        text=TEXT,
    ),
    letters.Relay(
        subject="Where is my parcel",
        reference="ACME-1042",
        text="Dear Ms Vogel,\n\nyour parcel is on its way again. You have it on Tuesday.",
        signature="Sam Lee\nDelivery team",
        resolved=True,
        asks=True,
        ratings=RATINGS,
        outcome=OUTCOME,
        adr=ADR,
        reopen_until=_FRIDAY + 14 * _DAY,
    ),
    letters.RelayCopy(
        subject="Where is my parcel",
        reference="ACME-1042",
        text="Dear Ms Vogel,\n\nyour parcel is on its way again. You have it on Tuesday.",
        signature="Sam Lee\nDelivery team",
        resolved=True,
        reopen_until=_FRIDAY + 14 * _DAY,
    ),
    letters.Closing(
        name="",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=False,
        reopen_until=_FRIDAY + 14 * _DAY,
        waited_days=14,
    ),
    letters.Closing(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        reopen_until=_FRIDAY + 14 * _DAY,
        asks=True,
        ratings=RATINGS,
        outcome=OUTCOME,
        adr=ADR,
        team="Delivery team",
    ),
    letters.SatisfactionReminder(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        asked_at=_FRIDAY - 3 * _DAY,
        ratings=RATINGS,
        team="Delivery team",
    ),
    letters.LowRating(
        case=replace(
            _TAKEN,
            status="resolved",
            dues=(),
            links=(),
            outcome=OUTCOME,
            rated=1,
            rated_words="Nobody called me back.",
        ),
        score=1,
        text="Nobody called me back, and the money is still not here.",
    ),
    letters.WaitingReminder(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        closes_at=_FRIDAY + 9 * _DAY,
        team="Delivery team",
    ),
    letters.DelayNotice(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        was=letters.Promised(metric="first_response", until=_MONDAY),
        promise=letters.Promised(metric="first_response", until=_MONDAY + 43 * _HOUR),
        reason="The carrier has not yet told us where the parcel is.",
        team="Delivery team",
    ),
    letters.OutOfScope(
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        text="Hello Ana Vogel,\n\nthis address handles complaints. For offers write to sales@acme.example.",
        language="en",
    ),
    letters.Update(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        since=_FRIDAY - 8 * _DAY,
        waiting=True,
        promises=(letters.Promised(metric="periodic_update", until=_MONDAY + 4 * _DAY),),
        team="Delivery team",
    ),
    letters.StatusAnswer(
        name="Ana Vogel",
        reference="ACME-1042",
        subject="Where is my parcel",
        verified=True,
        stands="open",
        since=_FRIDAY - _DAY,
        received_at=_FRIDAY - 3 * _DAY,
        promises=(letters.Promised(metric="resolution", until=_MONDAY),),
        team="Delivery team",
    ),
    letters.Transcript(
        reference="ACME-1042",
        subject="Where is my parcel",
        lines=(
            letters.TranscriptLine(command="#take", done=False, result=Reason("command_not_run")),
            letters.TranscriptLine(
                command="#prio high",
                done=False,
                result=Reason("command_unknown", {"command": "#prio"}),
                meant="#priority low|normal|high|urgent",
            ),
        ),
        ok=False,
    ),
    letters.Transcript(
        reference="ACME-1042",
        subject="Where is my parcel",
        lines=(letters.TranscriptLine(command="#help", done=True, result=Reason("help_listed")),),
        ok=True,
        help=True,
    ),
    letters.Reminder(
        case=CASE,
        metric="first_response",
        due=_MONDAY,
        left=3 * _HOUR,
        left_today=_HOUR,
        left_tomorrow=2 * _HOUR,
        share=0.75,
        actions=("#take", "#resolve"),
    ),
    letters.Escalation(
        items=(
            letters.EscalationItem(
                case=CASE,
                metric="first_response",
                due=_FRIDAY - 7800,
                late=7800,
                level=1,
                breached=True,
                tried=(letters.HistoryLine(at=_FRIDAY - _DAY, who="mailsla", what=Reason("event_warned")),),
                next_at=_MONDAY - 6 * _HOUR,
                next_who="Jo Brandt",
            ),
            letters.EscalationItem(
                case=replace(_TAKEN, reference="ACME-1047", subject="Wrong item", priority="normal"),
                metric="resolution",
                due=_FRIDAY + 7200,
                late=-7200,
                level=0,
                breached=False,
            ),
        ),
        no_recipient=True,
    ),
    letters.DeliveryFailed(
        reference="ACME-1042",
        subject="Where is my parcel",
        recipient="ana.vogel@mail.example",
        was="relay",
        answer="550 5.1.1 no such user here",
        at=_FRIDAY,
    ),
    letters.Confirmation(
        reference="ACME-1042",
        subject="Where is my parcel",
        received_at=_FRIDAY,
        text="Your parcel is on its way again.",
        commands=("#take", "#resolve"),
        to_customer="Ana Vogel",
        why=Reason("access_agent_unproven"),
        until=_FRIDAY + 2 * _DAY,
        yes=_link("yes", 2),
    ),
    letters.OperatorAlert(
        host="mail1",
        what=Reason("mailbox_failed", {"mailbox": "support", "cause": "login refused"}),
        since=_FRIDAY - _HOUR,
        command="mailsla check",
        again_at=_FRIDAY + _DAY,
    ),
    letters.QueueDigest(
        host="mail1",
        rows=(
            letters.QueueRow(
                number="M7", queue="held", since=_FRIDAY - _DAY, about="ACME-1042", why=Reason("access_agent_unproven")
            ),
        ),
        counts={"held": 1, "outbox": 0},
    ),
    letters.Folded(
        lines=(
            letters.FoldedLine(at=_FRIDAY, kind="escalation", reference="ACME-1042", subject="Where is my parcel"),
            letters.FoldedLine(at=_FRIDAY, kind="operator_alert", reference="", subject=""),
        )
    ),
    *samples_of_people(_FRIDAY),
    *samples_of_digests(_FRIDAY),
    *SAMPLES_REPORTS,
)

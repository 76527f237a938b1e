"""What is periodic: the operator's daily digest of queues, and the alarm when a queue waits too long."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailsla.core.access.tokens import blank_tokens, hashes_in
from mailsla.core.digest import next_at
from mailsla.core.model import Instant, IntakeState, LetterState, Moment, Reason, Scalar
from mailsla.core.notices import reason_data, to_operator
from mailsla.flows import objectives, policies
from mailsla.flows.learning import learn_at_night, next_night
from mailsla.flows.queues import WAITS_FOR_BUDGET
from mailsla.flows.recomputing import recompute_due
from mailsla.flows.report_mail import MOMENT, ensure_reports, report_due
from mailsla.flows.services import Services
from mailsla.flows.steps import satisfying
from mailsla.flows.steps.absence_begins import begins
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.digests import digest_due, plan_digests
from mailsla.flows.steps.noticing import KIND, look_soon, notice_bursts
from mailsla.flows.steps.reassigning import of_removed
from mailsla.ports.store import UnitOfWork

QUEUES = (IntakeState.HELD, IntakeState.QUARANTINED)
NOT_SENT = (LetterState.FAILED, LetterState.HELD, LetterState.QUEUED)
ALARM_EVERY = 3600
MOST_ROWS = 40
DAY = 24 * 3600
TOKENS_STAND = 30 * DAY  # in stored letters (mail.md section 3)
TIDIED_AFTER = 3600  # seconds from the start: what is due has gone out by then
TIDIED_AT_ONCE = 50

Job = Callable[[UnitOfWork, Services, Moment, Instant], None]


def ensure_jobs(services: Services) -> None:
    """At start: the moments of all periodic jobs exist. One that is due already, or that another daemon set, stays."""
    now = services.now()
    with services.store.begin() as uow:
        uow.clocks.bring_forward(Moment(kind="queue_alarm", key="", at=now + ALARM_EVERY))
        uow.clocks.bring_forward(Moment(kind="queue_digest", key="", at=next_digest(services, now)))
        uow.clocks.bring_forward(Moment(kind="tidy", key="tokens", at=now + TIDIED_AFTER))
        uow.clocks.bring_forward(Moment(kind="removed_agents", key="", at=now))
        uow.clocks.bring_forward(Moment(kind="learn", key="", at=next_night(services, now)))
        ensure_reports(uow, services, now)
        if services.settings.objectives:
            uow.clocks.bring_forward(Moment(kind=objectives.KIND, key="", at=next_digest(services, now)))
        if any(one.review_by for one in services.settings.approvals.values()):
            uow.clocks.bring_forward(Moment(kind=policies.KIND, key="", at=next_digest(services, now)))
        look_soon(uow, now)
        plan_digests(uow, services, now)
        uow.commit()


def next_digest(services: Services, now: Instant) -> Instant:
    """The next `digest_at` in the zone of the first mailbox."""
    return next_at(services.settings.digest_at, services.zone(services.settings.mailboxes[0].zone), now)


def queue_rows(uow: UnitOfWork, services: Services, now: Instant) -> list[dict[str, object]]:
    """All that waits for a person, oldest first: held and quarantined mail; letters that failed, are held, can't be
    made, or have waited to be sent for so long that somebody should look."""
    rows: list[tuple[Instant, dict[str, object]]] = []
    for intake in uow.intake.listed(QUEUES):
        why = Reason("queue_reason", {"text": intake.reason})
        row: dict[str, object] = {
            "number": f"M{intake.id}",
            "queue": "held" if intake.state is IntakeState.HELD else "quarantine",
            "since": intake.accepted_at,
            "about": intake.mailbox,
            "why": reason_data(why),
        }
        rows.append((intake.accepted_at, row))
    stuck = now - services.settings.limits.queue_alarm_seconds
    for letter in uow.outbox.letters(states=NOT_SENT):
        if letter.state is LetterState.QUEUED and letter.created_at > stuck:
            continue
        why = Reason("letter_answer", {"kind": letter.kind, "answer": letter.outcome})
        row = {
            "number": f"L{letter.id}",
            "queue": "outbox",
            "since": letter.created_at,
            "about": letter.recipient,
            "why": reason_data(why),
        }
        rows.append((letter.created_at, row))
    for notice in uow.outbox.postponed():
        if notice.reason != WAITS_FOR_BUDGET:
            why = Reason("letter_answer", {"kind": notice.kind, "answer": notice.reason})
            row = {
                "number": f"N{notice.id}",
                "queue": "outbox",
                "since": notice.created_at,
                "about": notice.recipient,
                "why": reason_data(why),
            }
            rows.append((notice.created_at, row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _digest(uow: UnitOfWork, services: Services, _moment: Moment, now: Instant) -> None:
    """Nothing to say: nothing sent."""
    rows = queue_rows(uow, services, now)
    if rows:
        counts: dict[str, int] = {}
        for row in rows:
            counts[str(row["queue"])] = counts.get(str(row["queue"]), 0) + 1
        data = {"rows": rows[:MOST_ROWS], "counts": counts}
        key = f"digest:{now // 3600}"
        uow.outbox.add_notices([to_operator("queue_digest", services.settings.operator, key, now, data)])
    uow.clocks.set_moment(Moment(kind="queue_digest", key="", at=next_digest(services, now)))


def _objectives(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """With the morning's digest."""
    objectives.objectives_due(uow, services, moment, now, next_digest(services, now))


def _reviews(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """With the morning's digest."""
    policies.reviews_due(uow, services, moment, now, next_digest(services, now))


def _alarm(uow: UnitOfWork, services: Services, _moment: Moment, now: Instant) -> None:
    """Somebody must look: a mail, or a letter that was possibly sent, has waited for longer than the configured time.

    Said once for each; the daily digest goes on about it.
    """
    before = now - services.settings.limits.queue_alarm_seconds
    for intake in uow.intake.listed(QUEUES):
        if intake.accepted_at <= before:
            values: dict[str, Scalar] = {"intake": intake.id, "state": intake.state.value}
            command, since = f"mailsla queue show M{intake.id}", intake.accepted_at
            alert(uow, services, "queue_waits", now, values, command=command, since=since, once=True)
    for letter in uow.outbox.letters(states=(LetterState.HELD,)):
        if letter.created_at <= before and letter.kind != "customer_report":  # of which the operator was told at once
            about: dict[str, Scalar] = {"letter": letter.id, "kind": letter.kind}
            command, since = f"mailsla queue show L{letter.id}", letter.created_at
            alert(uow, services, "letter_waits", now, about, command=command, since=since, once=True)
    uow.clocks.set_moment(Moment(kind="queue_alarm", key="", at=now + ALARM_EVERY))


def _tidy(uow: UnitOfWork, _services: Services, moment: Moment, now: Instant) -> None:
    """The tokens in letters that were sent 30 days ago are blanked: no copy of the database gives a right to act."""
    letters = uow.outbox.to_blank(now - TOKENS_STAND, TIDIED_AT_ONCE)
    for number, content in letters:
        ours = [one for one in hashes_in(content) if uow.tickets.token(one) is not None]
        uow.outbox.blank(number, blank_tokens(content, ours))
    more = len(letters) == TIDIED_AT_ONCE
    uow.clocks.set_moment(replace(moment, at=now if more else now + DAY))


JOBS: Mapping[str, Job] = {
    "queue_digest": _digest,
    "queue_alarm": _alarm,
    "tidy": _tidy,
    "absence": begins,
    "removed_agents": of_removed,
    "recompute": recompute_due,
    "digest": digest_due,
    "learn": learn_at_night,
    MOMENT: report_due,
    KIND: notice_bursts,
    satisfying.KIND: satisfying.ask_again,
    objectives.KIND: _objectives,
    policies.KIND: _reviews,
}

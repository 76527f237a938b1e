"""Reports on a schedule: what is due is made by a process of its own, and goes out once for each period and reader."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial

from mailsla.core.model import Instant, Moment
from mailsla.core.report.model import Period
from mailsla.core.report.schedule import MONTH, WEEK, due, last_of, next_due, owed
from mailsla.errors import MailslaError, TemporaryError
from mailsla.flows.services import Services
from mailsla.flows.steps.alerts import alert
from mailsla.flows.steps.report_letters import Post, Sources, for_ours, for_theirs, keep, rendered
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.occasions import RESTORED

MOMENT = "report"  # kind of the due moments; their key is week or month
ERRAND = "report"
AGAIN = 15 * 60  # seconds until what was not made then is looked for again
MOST = 3  # periods that are made up for after an outage, of each kind


def ensure_reports(uow: UnitOfWork, services: Services, now: Instant) -> None:
    """At start: the moments of both kinds exist. One that is due already stays."""
    for kind in (WEEK, MONTH):
        uow.clocks.bring_forward(Moment(kind=MOMENT, key=kind, at=_next(services, kind, now)))


def report_due(uow: UnitOfWork, services: Services, moment: Moment, now: Instant) -> None:
    """The moment stays near until the report has been made, so that neither a restart nor a failure loses it."""
    owes = _wanted(services, moment.key) and _owed(uow, services, moment.key, now)
    if owes:
        services.errands.add(ERRAND)
    at = now + AGAIN if owes else _next(services, moment.key, now)
    uow.clocks.set_moment(replace(moment, at=at))


def make_due(services: Services, sources: Sources) -> int:
    """Make the letters of all reports that are due; how many. For a process that ends soon: charts take memory."""
    now, made = services.now(), 0
    for kind in (WEEK, MONTH):
        with services.store.begin() as uow:
            periods = _owed(uow, services, kind, now) if _wanted(services, kind) else []
            restored = uow.occasions.when(RESTORED) or 0
        for period in periods:
            at = due(period, services.settings.reports.at, _zone(services))
            posts, problems = _posts(services, sources, period, now, past=at <= restored)
            made += _store(services, kind, at, posts, problems, now)
    return made


def _wanted(services: Services, kind: str) -> bool:
    reports = services.settings.reports
    return bool(reports.everybody(kind)) or any(one.every == kind for one in reports.customers)


def _owed(uow: UnitOfWork, services: Services, kind: str, now: Instant) -> list[Period]:
    zone, at = _zone(services), services.settings.reports.at
    last = last_of(uow.occasions.when(_reported(kind)), zone)
    return owed(kind, last, at, now, zone, services.settings.mailboxes[0].zone, MOST)


def _next(services: Services, kind: str, now: Instant) -> Instant:
    return next_due(kind, services.settings.reports.at, now, _zone(services), services.settings.mailboxes[0].zone)


def _zone(services: Services) -> tzinfo:
    return services.zone(services.settings.mailboxes[0].zone)


def _reported(kind: str) -> str:
    """Of the occasion: when the report that was made last was due."""
    return f"reported:{kind}"


def _posts(
    services: Services, sources: Sources, period: Period, now: Instant, *, past: bool
) -> tuple[list[Post], list[tuple[str, str]]]:
    """All letters about a period; with (whose, why) what could not be made, which holds up no other."""
    posts: list[Post] = []
    problems: list[tuple[str, str]] = []
    reports = services.settings.reports
    theirs = [one for one in reports.customers if one.every == period.kind]
    makers = [(one.organisation, partial(for_theirs, services, sources, period, one, now, past=past)) for one in theirs]
    if reports.everybody(period.kind):
        makers.insert(0, ("", partial(for_ours, services, sources, period, now)))
    for whose, make in makers:
        try:
            posts += list(make())
        except TemporaryError:
            raise
        except MailslaError as error:
            problems.append((whose, error.message))
    return posts, problems


def _store(
    services: Services,
    kind: str,
    at: Instant,
    posts: Sequence[Post],
    problems: Sequence[tuple[str, str]],
    now: Instant,
) -> int:
    """Letters, and that the period is done with: both or neither. What another process made meanwhile stays its."""
    letters = [(one, rendered(services, one, now)) for one in posts]
    made = 0
    with services.store.begin() as uow:
        uow.outbox.add_notices([one.notice for one in posts])
        for one, letter in letters:
            pending = uow.outbox.pending_for(one.notice.recipient)
            notice = next((found for found in pending if found.key == one.notice.key), None)
            if notice is not None and keep(uow, services, one, replace(letter, notice_id=notice.id), now):
                made += 1
        for whose, cause in problems:
            values = {"customer": whose or "-", "cause": cause}
            alert(uow, services, "report_failed", now, values, command="mailsla report --help", about=f"{kind}:{whose}")
        uow.occasions.note(_reported(kind), at)
        uow.clocks.set_moment(Moment(kind=MOMENT, key=kind, at=_next(services, kind, now)))
        uow.commit()
    return made

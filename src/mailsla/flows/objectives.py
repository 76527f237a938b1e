"""Objectives as they stand in a month, and the letter when at this pace the month will be lost."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from mailsla.core.model import ClockRow, Instant, Moment, Reason, Scalar, Status, Ticket
from mailsla.core.report import periods
from mailsla.core.report.model import Period
from mailsla.core.report.objectives import Count, Goal, Lasted, Level, Standing, in_time, levels_of, standing
from mailsla.core.sla.terms import DUTIES
from mailsla.core.sla.timer import LIVE, ClockState
from mailsla.flows.services import Services
from mailsla.flows.steps.alarming import alarm
from mailsla.flows.steps.terms import agreement_by_version
from mailsla.ports.store import UnitOfWork

KIND = "objectives"  # of the moment
COMMAND = "mailsla sla objectives"
PAGE = 512
MEASURED = (ClockState.MET, ClockState.LATE)

Key = tuple[int, int]  # which of the objectives, and which of its levels


def this_month(services: Services, now: Instant) -> Period:
    """In the zone of the first mailbox."""
    zone = services.settings.mailboxes[0].zone
    return periods.period_with("month", datetime.fromtimestamp(now, services.zone(zone)).date(), zone)


def standings(uow: UnitOfWork, services: Services, month: Period, now: Instant) -> list[Standing]:
    """Each level of each objective, in the order of the configuration; of what is due in the month."""
    goals = services.settings.objectives
    if not goals:
        return []
    counts, before = (_counts(uow, services, one, now) for one in (month, periods.before(month)))
    gone = _gone(periods.bounds(month, services.zone(month.zone)), now)
    return [
        standing(goal, level, counts[place, number], _total(before[place, number]), gone)
        for place, goal in enumerate(goals)
        for number, level in enumerate(levels_of(goal))
    ]


def _gone(bounds: tuple[Instant, Instant], now: Instant) -> Fraction:
    """Of the month, from 0 to 1."""
    return Fraction(min(max(now - bounds[0], 0), bounds[1] - bounds[0]), bounds[1] - bounds[0])


def objectives_due(uow: UnitOfWork, services: Services, moment: Moment, now: Instant, again: Instant) -> None:
    """Once a day: who is to know hears when a month will be lost, and once more when it is; each once."""
    if not services.settings.objectives:
        return
    month = this_month(services, now)
    for one in standings(uow, services, month, now):
        if one.stage:
            _tell(uow, services, month, one, now)
    uow.clocks.set_moment(Moment(kind=moment.kind, key=moment.key, at=again))


def _tell(uow: UnitOfWork, services: Services, month: Period, one: Standing, now: Instant) -> None:
    level, objective = one.objective.level, one.objective
    values: dict[str, Scalar] = {
        "name": objective.name,
        "within": objective.within,
        "share_now": float(level.ratio or 0),
        "threshold": float(level.share),
        "good": level.good,
        "count": level.total,
        "bad": level.total - level.good,
        "most": one.allowed,
    }
    what = Reason("objective_lost", values) if one.stage == "lost" else Reason("objective_at_risk", values)
    key = f"objective:{objective.name}:{objective.within}:{month.start:%Y-%m}:{one.stage}"
    alarm(uow, services, one.goal.to, key, what, COMMAND, now)


def _counts(uow: UnitOfWork, services: Services, month: Period, now: Instant) -> dict[Key, Count]:
    goals = [(place, goal, tuple(levels_of(goal))) for place, goal in enumerate(services.settings.objectives)]
    counts = {(place, number): Count() for place, _, levels in goals for number in range(len(levels))}
    bounds = periods.bounds(month, services.zone(month.zone))
    ids = _due(uow, bounds)
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        tickets, clocks = uow.tickets.get_all(page), uow.clocks.of_tickets(page)
        for number in page:
            for clock in clocks[number]:
                if clock.last_due is not None and bounds[0] < clock.last_due <= bounds[1]:
                    _count(uow, services, tickets[number], clock, goals, counts, now)
    return counts


def _due(uow: UnitOfWork, bounds: tuple[Instant, Instant]) -> list[int]:
    """The tickets that have something due then."""
    found, after = set[int](), (bounds[0], 0)
    while True:
        page = uow.history.due_clocks(*bounds, "", after, PAGE)
        found |= {one.ticket_id for one in page}
        if len(page) < PAGE:
            return sorted(found)
        after = (page[-1].last_due, page[-1].ticket_id)


def _count(
    uow: UnitOfWork,
    services: Services,
    ticket: Ticket,
    clock: ClockRow,
    goals: Sequence[tuple[int, Goal, Sequence[Level]]],
    counts: dict[Key, Count],
    now: Instant,
) -> None:
    """What was cancelled, merged or void is no success and no failure."""
    live = clock.state in LIVE
    if not (live or clock.state in MEASURED) or ticket.status is Status.VOID:
        return
    version = {"": ticket.policy_version, **ticket.tracks}.get(clock.track)
    agreement = agreement_by_version(uow, services, version)
    if agreement is None or clock.last_due is None or (clock.track and clock.metric not in DUTIES):
        return
    stopped = None if live else clock.stopped_at
    lasted = Lasted(clock.started_at, stopped, clock.elapsed, clock.target, clock.last_due)
    for place, goal, levels in goals:
        if goal.metric.value == clock.metric and goal.takes(
            ticket.category, ticket.team, ticket.organisation, ticket.priority
        ):
            for number, level in enumerate(levels):
                counts[place, number].add(in_time(level.within, agreement.calendar, lasted, now))


def _total(count: Count) -> int:
    return count.good + count.bad

"""Why a clock is due when it is: what counted, what did not, and what came of it, as values in order of time."""

from collections.abc import Sequence

from mailsla.core.model import Instant, Reason, Scalar
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.spans import gaps
from mailsla.core.sla.timer import Clock

SHORTEST_RUN = 3  # days in a row that are told as one line


def why(clock: Clock, calendar: Calendar) -> tuple[Reason, ...]:
    """The lines of an explanation; instants are epoch seconds, lengths seconds.

    Codes: started(at, target, version), counted(start, end, seconds) for each open range, closed(date, name, kind) for
    a holiday or exception passed over, not_counted(start, end, status, seconds) for a pause with the open time in it
    (end None: it goes on), breached(at, cause, target), and last one of due(at), overdue(at), ended(at, state),
    no_due(state): paused, or running and never due.
    Ranges are those of the calendar in force now, also for time that was counted in an earlier one.
    """
    end = _end(clock)
    started: dict[str, Scalar] = {
        "at": clock.started_at,
        "target": clock.target.written,
        "version": clock.target_version,
    }
    lines = [(clock.started_at, 0, Reason("started", started))]
    for pause in clock.pauses:
        seconds = None if pause.end is None else calendar.elapsed(pause.start, pause.end)
        values = {"start": pause.start, "end": pause.end, "status": pause.status.value, "seconds": seconds}
        lines.append((pause.start, 1, Reason("not_counted", values)))
    for closed in calendar.closed_dates(clock.started_at, end):
        values = {"date": closed.day.isoformat(), "name": closed.name, "kind": closed.kind}
        lines.append((calendar.end_of_date(closed.day), 2, Reason("closed", values)))
    for run_start, run_end in gaps(clock.paused_spans(), clock.started_at, end):
        for a, b in calendar.periods(run_start, run_end):
            lines.append((a, 3, Reason("counted", {"start": a, "end": b, "seconds": b - a})))
    for missed in clock.breaches:
        breach = {"at": missed.at, "cause": missed.cause, "target": missed.target.written}
        lines.append((missed.at, 4, Reason("breached", breach)))
    in_order = sorted(lines, key=lambda line: line[:2])
    return (*(reason for _, _, reason in in_order), _outcome(clock))


def in_runs(reasons: Sequence[Reason], calendar: Calendar) -> tuple[Reason, ...]:
    """The lines with each run of days in a row that count alike as one: counted_days(start, end, days, each, seconds).

    `start` and `end` are those of the first and the last range, `each` seconds a day; two days in a row stay apart.
    """
    lines: list[Reason] = []
    run: list[Reason] = []
    for reason in (*reasons, None):
        if reason is not None and run and _goes_on(run[-1], reason, calendar):
            run.append(reason)
            continue
        lines += run if len(run) < SHORTEST_RUN else [_as_one(run)]
        run = []
        if reason is not None and reason.code == "counted":
            run = [reason]
        elif reason is not None:
            lines.append(reason)
    return tuple(lines)


def _goes_on(last: Reason, reason: Reason, calendar: Calendar) -> bool:
    """Whether the range is the same hours of the next day."""
    if reason.code != "counted" or reason.values["seconds"] != last.values["seconds"]:
        return False
    before, after = (calendar.local_date(_instant(one, "start")) for one in (last, reason))
    return (after - before).days == 1


def _as_one(run: Sequence[Reason]) -> Reason:
    each = _instant(run[0], "seconds")
    values: dict[str, Scalar] = {"start": run[0].values["start"], "end": run[-1].values["end"], "days": len(run)}
    return Reason("counted_days", {**values, "each": each, "seconds": each * len(run)})


def _instant(reason: Reason, key: str) -> Instant:
    value = reason.values[key]
    assert isinstance(value, int)  # of all lines that `why` makes
    return value


def _end(clock: Clock) -> Instant:
    """Until when ranges are listed: the deadline, the stop, or the pause that goes on."""
    if clock.deadline is not None:
        return clock.deadline
    if clock.stopped_at is not None:
        return clock.stopped_at
    return clock.pauses[-1].start if clock.pauses else clock.started_at


def _outcome(clock: Clock) -> Reason:
    if clock.stopped_at is not None:
        return Reason("ended", {"at": clock.stopped_at, "state": clock.state.value})
    if clock.deadline is None:
        return Reason("no_due", {"state": clock.state.value})
    return Reason("overdue" if clock.overdue else "due", {"at": clock.deadline})

"""Why a clock is due when it is: what counted, what did not, and what came of it, as values in order of time."""

from mailsla.core.model import Instant, Reason, Scalar
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.spans import gaps
from mailsla.core.sla.timer import Clock


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

"""Why a clock is due when it is: what counted, what did not, and what came of it, as values in order of time."""

from collections.abc import Sequence
from datetime import date

from mailsla.core.model import Instant, Reason, Scalar
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.day_counts import counted_days
from mailsla.core.sla.spans import gaps
from mailsla.core.sla.timer import Clock, Missed, Pause

ALIKE = {"counted": ("seconds",), "day": (), "passed_over": ("name", "kind")}  # lines that go on from day to day
SHORTEST = {"counted": 3, "day": 3, "passed_over": 2}  # how many of them in a row are told as one


def why(clock: Clock, calendar: Calendar) -> tuple[Reason, ...]:
    """The lines of an explanation; instants are epoch seconds, lengths seconds.

    Codes: started(at, target, version), counted(start, end, seconds) for each open range, closed(date, name, kind) for
    a holiday or exception passed over, not_counted(start, end, status, seconds) for a pause with the open time in it
    (end None: it goes on), breached(at, cause, target), and last one of due(at), overdue(at), ended(at, state),
    no_due(state): paused, or running and never due.
    A target of days, weeks or months has the lines of core/sla/day_counts.py in place of ranges; its pauses are
    told where the policy says that they move it.
    """
    if clock.target.seconds is None:
        return _why_days(clock, calendar)
    end = _end(clock)
    lines = [(clock.started_at, 0, _started(clock))]
    for pause in clock.pauses:
        lines.append((pause.start, 1, _not_counted(pause, calendar)))
    for closed in calendar.closed_dates(clock.started_at, end):
        values = {"date": closed.day.isoformat(), "name": closed.name, "kind": closed.kind}
        lines.append((calendar.end_of_date(closed.day), 2, Reason("closed", values)))
    for run_start, run_end in gaps(clock.paused_spans(), clock.started_at, end):
        for a, b in calendar.periods(run_start, run_end):
            lines.append((a, 3, Reason("counted", {"start": a, "end": b, "seconds": b - a})))
    lines += [(missed.at, 4, _breached(missed)) for missed in clock.breaches]
    in_order = sorted(lines, key=lambda line: line[:2])
    return (*(reason for _, _, reason in in_order), _outcome(clock))


def _why_days(clock: Clock, calendar: Calendar) -> tuple[Reason, ...]:
    *days, _ = counted_days(clock.target, calendar, clock.started_at, None, later=clock.later)
    paused = [_not_counted(pause, calendar) for pause in clock.pauses] if clock.later else []
    return (_started(clock), *paused, *days, *map(_breached, clock.breaches), _outcome(clock))


def _not_counted(pause: Pause, calendar: Calendar) -> Reason:
    seconds = None if pause.end is None else calendar.elapsed(pause.start, pause.end)
    values = {"start": pause.start, "end": pause.end, "status": pause.status.value, "seconds": seconds}
    return Reason("not_counted", values)


def _started(clock: Clock) -> Reason:
    values: dict[str, Scalar] = {
        "at": clock.started_at,
        "target": clock.target.written,
        "version": clock.target_version,
    }
    return Reason("started", values)


def _breached(missed: Missed) -> Reason:
    return Reason("breached", {"at": missed.at, "cause": missed.cause, "target": missed.target.written})


def in_runs(reasons: Sequence[Reason], calendar: Calendar) -> tuple[Reason, ...]:
    """The lines for people: the ranges of one day as one, and of days in a row that count alike.

    Of several ranges of a day `start` and `end` are those of the first and the last, `seconds` what is open of it.
    Three days or more of equal length become counted_days(start, end, days, each, seconds), `each` seconds a day;
    business days in a row days(start, end, first, last), and dates in a row without hours one passed_over with `last`.
    """
    lines: list[Reason] = []
    for run in _runs(_by_day(reasons, calendar), calendar):
        lines += [_as_one(run)] if len(run) >= SHORTEST.get(run[0].code, 2) else run
    return tuple(lines)


def _by_day(reasons: Sequence[Reason], calendar: Calendar) -> list[Reason]:
    """Ranges that follow each other on one date are one: a lunch break is no news."""
    lines: list[Reason] = []
    for reason in reasons:
        last = lines[-1] if lines else None
        if last and reason.code == last.code == "counted" and _date(last, calendar) == _date(reason, calendar):
            seconds = _instant(last, "seconds") + _instant(reason, "seconds")
            lines[-1] = Reason("counted", {**last.values, "end": reason.values["end"], "seconds": seconds})
        else:
            lines.append(reason)
    return lines


def _runs(reasons: Sequence[Reason], calendar: Calendar) -> list[list[Reason]]:
    runs: list[list[Reason]] = []
    for reason in reasons:
        if runs and _goes_on(runs[-1][-1], reason, calendar):
            runs[-1].append(reason)
        else:
            runs.append([reason])
    return runs


def _goes_on(last: Reason, reason: Reason, calendar: Calendar) -> bool:
    """Whether it is the same again on the next date."""
    if reason.code != last.code or reason.code not in ALIKE:
        return False
    same = all(reason.values[key] == last.values[key] for key in ALIKE[reason.code])
    return same and (_date(reason, calendar) - _date(last, calendar)).days == 1


def _as_one(run: Sequence[Reason]) -> Reason:
    first, last = run[0].values, run[-1].values
    match run[0].code:
        case "counted":
            each = _instant(run[0], "seconds")
            values: dict[str, Scalar] = {"start": first["start"], "end": last["end"], "days": len(run)}
            return Reason("counted_days", {**values, "each": each, "seconds": each * len(run)})
        case "day":
            numbers: dict[str, Scalar] = {"first": first["number"], "last": last["number"]}
            return Reason("days", {"start": first["date"], "end": last["date"], **numbers})
        case "passed_over" if len(run) > 1:
            return Reason("passed_over", {**first, "last": last["date"]})
    return run[0]


def _date(reason: Reason, calendar: Calendar) -> date:
    """The local date of a line that has one."""
    written = reason.values.get("date")
    return date.fromisoformat(written) if isinstance(written, str) else calendar.local_date(_instant(reason, "start"))


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

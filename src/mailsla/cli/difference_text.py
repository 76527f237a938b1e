"""What differs between two versions of a policy, or of opening hours, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date

from mailsla.cli import words
from mailsla.core.sla.calendar import CalendarSpec
from mailsla.core.sla.credits import Credits
from mailsla.core.sla.hours import WEEKDAYS
from mailsla.core.sla.policy import Level, Match, Policy
from mailsla.core.sla.terms import Metric

SAID = {  # a key of a policy -> what it is about; the others have lines of their own
    "track": "runs as",
    "calendar": "opening hours",
    "end_of": "a business day ends at",
    "roll": "a day that is closed",
    "pause_on": "pauses",
    "grace_until_next_opening": "due at closing time means the next opening",
    "warnings": "warnings",
    "reopen_window": "an answer takes it up again within",
    "remind_waiting": "the customer is reminded after",
    "resolve_waiting": "silence counts as resolved after",
    "on_reply": "an agent's answer",
    "delay_notice": "the customer is told of a delay before",
    "delay_extends": "a delay gives so much more",
    "auto_update": "updates are sent by themselves",
    "promised": "customers are told the times",
    "pauses_move_days": "pauses move targets of days",
}
NOTHING = "none"


def policy_lines(old: Policy, new: Policy) -> Iterator[str]:
    """ "first response: 4h -> 2h", "escalation, level 2: goes to maria instead of jo"."""
    for metric in Metric:
        if old.targets.get(metric) != new.targets.get(metric):
            yield _line(words.metric_of(metric.value), old.targets.get(metric), new.targets.get(metric))
    if old.match != new.match:
        yield _line("for", _match(old.match), _match(new.match))
    for key, said in SAID.items():
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            yield _line(said, before, after)
    yield from _ladder(old.ladder, new.ladder)
    if old.credits != new.credits:
        yield _line("credits", _credits(old.credits), _credits(new.credits))


def hours_lines(old: CalendarSpec, new: CalendarSpec) -> Iterator[str]:
    """ "Thu 24 Dec 2026 is closed now", "Mon: 09:00-17:00 -> 09:00-18:00"."""
    if old.zone != new.zone:
        yield _line("time zone", old.zone, new.zone)
    for day in WEEKDAYS:
        before, after = old.weekly.get(day, ()), new.weekly.get(day, ())
        if before != after:
            yield _line(day.capitalize(), _open(before), _open(after))
    for each in sorted({*old.holidays, *new.holidays, *old.exceptions, *new.exceptions}):
        before_that, after_that = _date(old, each), _date(new, each)
        if before_that != after_that:
            yield f"{_day(each)} {after_that} now" if after_that else f"{_day(each)} has its usual hours again"
    for closure in old.closures:
        if closure not in new.closures:
            yield f"{_day(closure[0])} is not closed any more from {closure[1]} to {closure[2]}"
    for closure in new.closures:
        if closure not in old.closures:
            yield f"{_day(closure[0])} is closed from {closure[1]} to {closure[2]} now"


def _ladder(old: Sequence[Level], new: Sequence[Level]) -> Iterator[str]:
    for place in range(max(len(old), len(new))):
        said = f"escalation, level {place + 1}"
        if place >= len(new):
            yield f"{said}: is gone (it was at {old[place].offset}, to {_people(old[place])})"
        elif place >= len(old):
            yield f"{said}: is new, at {new[place].offset}, to {_people(new[place])}"
        else:
            yield from (f"{said}: {change}" for change in _level(old[place], new[place]))


def _level(old: Level, new: Level) -> Iterator[str]:
    if old.to != new.to:
        yield f"goes to {_people(new)} instead of {_people(old)}"
    if old.offset != new.offset:
        yield f"comes at {new.offset} from due instead of {old.offset}"
    if (old.repeat, old.at_most) != (new.repeat, new.at_most):
        yield f"is told {_repeated(new)} instead of {_repeated(old)}"
    if old.override_quiet_hours != new.override_quiet_hours:
        yield "waits for no opening any more" if new.override_quiet_hours else "waits for the reader's opening now"


def _repeated(level: Level) -> str:
    return f"every {level.repeat}, {level.at_most} times at most" if level.repeat else "once"


def _people(level: Level) -> str:
    return ", ".join(name.removeprefix("role:") for name in level.to) or "nobody"


def _match(match: Match) -> str:
    given = {one.name: getattr(match, one.name) for one in fields(Match)}
    return "; ".join(f"{key} {' or '.join(values)}" for key, values in given.items() if values) or "everything"


def _credits(credits: Credits | None) -> str:
    if credits is None:
        return NOTHING
    steps = ", ".join(f"{one.credit} from {one.at_least}" for one in credits.steps)
    of = f" of {', '.join(words.metric_of(one.value) for one in credits.metrics)}" if credits.metrics else ""
    return f"by {credits.by}{of}: {steps}, at most {credits.cap}"


def _line(said: str, before: object, after: object) -> str:
    return f"{said}: {_value(before)} -> {_value(after)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(one).replace("_", " ") for one in value) or NOTHING
    return str(value).replace("_", " ") if value else NOTHING


def _open(intervals: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{start}-{end}" for start, end in intervals) or "closed"


def _date(spec: CalendarSpec, day: date) -> str:
    """What a date has in place of its usual hours; "" = nothing."""
    exceptions: Mapping[date, Sequence[tuple[str, str]]] = spec.exceptions
    if day in exceptions:
        return f"is open {_open(exceptions[day])}" if exceptions[day] else "is closed"
    if day in spec.holidays:
        return f"is closed ({spec.holidays[day]})" if spec.holidays[day] else "is closed"
    return ""


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"

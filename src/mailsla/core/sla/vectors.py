"""Vectors: lines of JSON that say what the engine has to answer (docs/vectors.md); here they are put to it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar, get_args

from mailsla.core.model import Instant, Status
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.core.sla.clocks import Clock, Metric, SlaEvent, Terms, replay
from mailsla.core.sla.hours import WEEKDAYS, Interval
from mailsla.core.sla.spans import Span
from mailsla.core.sla.targets import EndOf, Roll, Target, due_of
from mailsla.errors import MailslaError, PermanentError

Zones = Callable[[str], tzinfo]
"""The zone of an IANA name; PermanentError when there is none."""

MEND = "docs/vectors.md has the format"
_RENDERED = ("expected", "fold", "weekday")
T = TypeVar("T")
_PAUSING = frozenset({Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY})


class VectorError(MailslaError):
    """A line that is no vector: what is wrong with it, and the mend."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one vector; `expected` and `got` are values of JSON.

    applies: whether the line says what is right for this release of the time zone data; without, nothing was asked.
    """

    label: str
    kind: str
    applies: bool
    expected: object = None
    got: object = None

    @property
    def agrees(self) -> bool:
        """Whether the engine says what the line says; true is not 1 here, as in JSON."""
        return _canonical(self.expected) == _canonical(self.got)


def verdict(line: str, zones: Zones, release: str) -> Verdict:
    """The verdict on one line; `release` is the IANA release of the zones, as in "2026f". VectorError: no vector."""
    vector = _object(line)
    kind = _text(vector, "kind")
    if kind not in _ANSWERS:
        raise VectorError(f'there is no kind "{kind}"', f"use one of {', '.join(_ANSWERS)}")
    label = str(vector.get("id", vector.get("topic", "")))
    by_release = vector.get("expected_by_tzdata")
    if by_release is not None and not isinstance(by_release, dict):
        raise VectorError('"expected_by_tzdata" is no object', 'write {"2026f": ...}')
    if by_release is not None and release not in by_release:
        return Verdict(label, kind, applies=False)
    if by_release is not None:
        expected = by_release[release]
    elif kind == "render_local":
        expected = {key: _value(vector, key) for key in _RENDERED}
    else:
        expected = _value(vector, "expected")
    try:
        return Verdict(label, kind, True, expected, _ANSWERS[kind](vector, zones))
    except VectorError:
        raise
    except PermanentError as unknown_zone:
        raise VectorError(unknown_zone.message, unknown_zone.mend) from unknown_zone
    except (ValueError, OverflowError) as malformed:  # of a date, a time of day, a status, a metric
        raise VectorError(str(malformed), MEND) from malformed


def calendar_of(rules: Mapping[str, Any], zones: Zones) -> Calendar:
    """The value of "calendar"; VectorError, ValueError or PermanentError when it is none."""
    weekly = _table(rules, "weekly")
    for name in weekly:
        if name not in WEEKDAYS:
            raise VectorError(f'there is no weekday "{name}"', f"use one of {', '.join(WEEKDAYS)}")
    spec = CalendarSpec(
        zone=_text(rules, "tz"),
        weekly={day: _intervals(hours) for day, hours in weekly.items()},
        holidays={date.fromisoformat(str(day)): "" for day in _list(rules, "holidays")},
        exceptions={
            date.fromisoformat(day): _intervals(hours) for day, hours in _table(rules, "exceptions", {}).items()
        },
        closures=tuple((date.fromisoformat(day), a, b) for day, a, b in _rows(rules, "closures", 3)),
    )
    return Calendar(spec, zones(spec.zone))


def instant(text: object) -> Instant:
    """ "2026-11-20T15:55:00Z" as epoch seconds; VectorError for any other form."""
    try:
        return int(datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S%z").timestamp())
    except ValueError as malformed:
        raise VectorError(f"{json.dumps(text)} is no instant", 'write it like "2026-11-20T15:55:00Z"') from malformed


def written(at: Instant | None) -> str | None:
    """Epoch seconds in the form that `instant` reads; None stays None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------------------------------------- what is answered


def _due(vector: Mapping[str, Any], zones: Zones) -> object:
    pauses = _spans(vector, "pauses")
    return written(_calendar(vector, zones).due(_at(vector, "start"), _number(vector, "target_seconds"), pauses))


def _elapsed(vector: Mapping[str, Any], zones: Zones) -> object:
    return _calendar(vector, zones).elapsed(_at(vector, "start"), _at(vector, "end"), _spans(vector, "pauses"))


def _next_open(vector: Mapping[str, Any], zones: Zones) -> object:
    return written(_calendar(vector, zones).next_open(_at(vector, "start")))


def _is_open(vector: Mapping[str, Any], zones: Zones) -> object:
    return _calendar(vector, zones).is_open(_at(vector, "at"))


def _periods(vector: Mapping[str, Any], zones: Zones) -> object:
    found = _calendar(vector, zones).periods(_at(vector, "start"), _at(vector, "end"))
    return [[written(start), written(end)] for start, end in found]


def _business_days(vector: Mapping[str, Any], zones: Zones) -> object:
    end_of: EndOf = _choice(vector, "end_of", get_args(EndOf))
    target = Target("business_days", _number(vector, "business_days"), end_of=end_of)
    return written(due_of(target, _calendar(vector, zones), _at(vector, "start")))


def _calendar_days(vector: Mapping[str, Any], zones: Zones) -> object:
    roll: Roll = _choice(vector, "roll", get_args(Roll))
    target = Target("calendar_days", _number(vector, "calendar_days"), roll=roll)
    return written(due_of(target, _calendar(vector, zones), _at(vector, "start")))


def _render_local(vector: Mapping[str, Any], zones: Zones) -> object:
    zone = _text(vector, "zone")
    local = Calendar(CalendarSpec(zone=zone), zones(zone)).local_time(_at(vector, "instant"))
    return {"expected": local.isoformat(), "fold": local.fold, "weekday": WEEKDAYS[local.weekday()]}


def _clocks(vector: Mapping[str, Any], zones: Zones) -> object:
    events = _list(vector, "events")
    if not events:
        raise VectorError('"events" is empty', 'the first event is of type "created"')
    terms = _terms(_calendar(vector, zones), _targets(vector))
    now = _at(events[-1], "at")
    return [clock_form(clock) for clock in replay(_events(events, terms), terms, now)]


_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], Zones], object]] = {
    "due": _due,
    "elapsed": _elapsed,
    "next_open": _next_open,
    "is_open": _is_open,
    "periods": _periods,
    "business_days": _business_days,
    "calendar_days": _calendar_days,
    "render_local": _render_local,
    "clock": _clocks,
}


def _events(written_events: Sequence[Any], terms: Terms) -> list[SlaEvent]:
    events = []
    targets = dict(terms.targets)
    for event in written_events:
        at, kind = _at(event, "at"), _text(event, "type")
        if kind == "targets":
            targets |= _targets(event)
            events.append(SlaEvent(at, "terms", terms=_terms(terms.calendar, targets)))
        elif kind == "status":
            events.append(SlaEvent(at, "status", to=Status(_text(event, "to"))))
        else:
            events.append(SlaEvent(at, kind))
    return events


def _terms(calendar: Calendar, targets: Mapping[Metric, Target]) -> Terms:
    return Terms(calendar, dict(targets), _PAUSING)


def _targets(owner: Mapping[str, Any]) -> dict[Metric, Target]:
    table = _table(owner, "targets")
    return {Metric(metric): Target("seconds", _number(table, metric)) for metric in table}


def clock_form(clock: Clock) -> dict[str, object]:
    """A clock as vectors write it."""
    return {
        "metric": clock.metric.value,
        "cycle": clock.cycle,
        "state": clock.state.value,
        "elapsed": clock.elapsed,
        "target": clock.target.seconds,
        "paused_business_seconds": clock.paused_business_seconds,
        "breached_at": [written(at) for at in clock.breached_at],
        "stopped_at": written(clock.stopped_at),
        "due": written(clock.due),
    }


# ------------------------------------------------------------------------------------------------------- what is read


def _object(line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as malformed:
        raise VectorError(f"this is not JSON: {malformed}", "write one JSON object on each line") from malformed
    if not isinstance(value, dict):
        raise VectorError("this is no JSON object", "write one JSON object on each line")
    return value


def _value(owner: object, key: str) -> Any:
    if not isinstance(owner, Mapping):
        raise VectorError(f"{json.dumps(owner)} is no object with a key {key}", MEND)
    if key not in owner:
        raise VectorError(f'"{key}" is missing', MEND)
    return owner[key]


def _text(owner: object, key: str) -> str:
    value = _value(owner, key)
    if not isinstance(value, str):
        raise VectorError(f'"{key}" is no text', MEND)
    return value


def _choice(owner: object, key: str, choices: Sequence[T]) -> T:
    text = _text(owner, key)
    for choice in choices:
        if choice == text:
            return choice
    raise VectorError(f'"{key}" is "{text}"', f"use {' or '.join(map(str, choices))}")


def _number(owner: object, key: str) -> int:
    value = _value(owner, key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise VectorError(f'"{key}" is no whole number from 0 on', MEND)
    return value


def _at(owner: object, key: str) -> Instant:
    return instant(_value(owner, key))


def _table(owner: Mapping[str, Any], key: str, absent: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    value = owner.get(key, absent)
    if not isinstance(value, dict):
        raise VectorError(f'"{key}" is {"missing" if value is None else "no object"}', MEND)
    return value


def _list(owner: Mapping[str, Any], key: str) -> list[Any]:
    value = owner.get(key, [])
    if not isinstance(value, list):
        raise VectorError(f'"{key}" is no list', MEND)
    return value


def _rows(owner: Mapping[str, Any], key: str, length: int) -> list[list[str]]:
    rows = _list(owner, key)
    for row in rows:
        if not (isinstance(row, list) and len(row) == length and all(isinstance(part, str) for part in row)):
            raise VectorError(f'"{key}" holds {json.dumps(row)}, no list of {length} texts', MEND)
    return rows


def _spans(owner: Mapping[str, Any], key: str) -> list[Span]:
    return [(instant(start), instant(end)) for start, end in _rows(owner, key, 2)]


def _intervals(hours: object) -> tuple[Interval, ...]:
    return tuple((start, end) for start, end in _rows({"hours": hours}, "hours", 2))


def _calendar(vector: Mapping[str, Any], zones: Zones) -> Calendar:
    rules = _value(vector, "calendar")
    if not isinstance(rules, dict):
        raise VectorError('"calendar" is no object', MEND)
    return calendar_of(rules, zones)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)

"""The shared vectors of ../../shared/vectors/sla as values of the engine (format: its README.md)."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from mailsla.adapters import zones
from mailsla.core.model import Status
from mailsla.core.sla.calendar import Calendar, CalendarSpec
from mailsla.core.sla.clocks import Clock, Metric, SlaEvent, Terms, replay
from mailsla.core.sla.targets import Target, due_of
from tests.shared import shared

Vector = Mapping[str, Any]
FILES = ("dev_oracle", "dev_peers", "dev_render", "tzdata_sensitive")


def load() -> list[Vector]:
    """All lines of all files that have an answer for the installed release of tzdata."""
    vectors = []
    for name in FILES:
        for line in shared(f"vectors/sla/{name}.jsonl").read_text().splitlines():
            vector = json.loads(line)
            by_release = vector.pop("expected_by_tzdata", None)
            if by_release is not None:
                if zones.tzdata_version() not in by_release:
                    continue
                vector["expected"] = by_release[zones.tzdata_version()]
            vectors.append(vector)
    return vectors


def instant(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp())


def written(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def calendar(rules: Vector) -> Calendar:
    spec = CalendarSpec(
        zone=rules["tz"],
        weekly={day: tuple((a, b) for a, b in hours) for day, hours in rules["weekly"].items()},
        holidays={date.fromisoformat(day): "" for day in rules.get("holidays", ())},
        exceptions={
            date.fromisoformat(day): tuple((a, b) for a, b in hours)
            for day, hours in rules.get("exceptions", {}).items()
        },
        closures=tuple((date.fromisoformat(day), a, b) for day, a, b in rules.get("closures", ())),
    )
    return Calendar(spec, zones.zone(spec.zone))


def answer(vector: Vector) -> Any:
    """What the engine says, in the vector's own form."""
    if vector["kind"] == "render_local":
        return rendered(vector)
    opening = calendar(vector["calendar"])
    pauses = [(instant(a), instant(b)) for a, b in vector.get("pauses", ())]
    match vector["kind"]:
        case "due":
            return written(opening.due(instant(vector["start"]), vector["target_seconds"], pauses))
        case "elapsed":
            return opening.elapsed(instant(vector["start"]), instant(vector["end"]), pauses)
        case "next_open":
            return written(opening.next_open(instant(vector["start"])))
        case "is_open":
            return opening.is_open(instant(vector["at"]))
        case "periods":
            found = opening.periods(instant(vector["start"]), instant(vector["end"]))
            return [[written(a), written(b)] for a, b in found]
        case "business_days":
            target = Target("business_days", vector["business_days"], end_of=vector["end_of"])
            return written(due_of(target, opening, instant(vector["start"])))
        case "calendar_days":
            target = Target("calendar_days", vector["calendar_days"], roll=vector["roll"])
            return written(due_of(target, opening, instant(vector["start"])))
        case "clock":
            return [clock_form(clock) for clock in clocks(vector, opening)]
    raise AssertionError(f"a kind of vector that is not known: {vector['kind']}")


def rendered(vector: Vector) -> dict[str, Any]:
    spec = CalendarSpec(zone=vector["zone"])
    local = Calendar(spec, zones.zone(spec.zone)).local_time(instant(vector["instant"]))
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[local.weekday()]
    return {"expected": local.isoformat(), "fold": local.fold, "weekday": weekday}


def expected(vector: Vector) -> Any:
    if vector["kind"] == "render_local":
        return {key: vector[key] for key in ("expected", "fold", "weekday")}
    return vector["expected"]


def clocks(vector: Vector, opening: Calendar) -> tuple[Clock, ...]:
    targets = {Metric(metric): Target("seconds", seconds) for metric, seconds in vector["targets"].items()}
    pause_on = frozenset({Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY})
    terms = Terms(opening, dict(targets), pause_on)
    events = []
    for event in vector["events"]:
        at = instant(event["at"])
        if event["type"] == "targets":
            targets |= {Metric(metric): Target("seconds", seconds) for metric, seconds in event["targets"].items()}
            events.append(SlaEvent(at, "terms", terms=Terms(opening, dict(targets), pause_on)))
        elif event["type"] == "status":
            events.append(SlaEvent(at, "status", to=Status(event["to"])))
        else:
            events.append(SlaEvent(at, event["type"]))
    return replay(events, terms, instant(vector["events"][-1]["at"]))


def clock_form(clock: Clock) -> dict[str, Any]:
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

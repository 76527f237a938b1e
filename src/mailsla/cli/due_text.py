"""What `mailsla sla due` prints: the deadline in words, local and in UTC, and how it was counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from mailsla.cli import words
from mailsla.cli.output import iso
from mailsla.cli.why_text import reason_line
from mailsla.core.model import Instant, Reason
from mailsla.core.sla.targets import Target
from mailsla.core.sla.trial import Trial


@dataclass(frozen=True, slots=True)
class Wall:
    """Times as the clock on a calendar's wall shows them; `now`: what a year is left out against."""

    zone: tzinfo
    now: Instant

    def when(self, instant: Instant) -> str:
        """To the minute."""
        return words.when(instant, self.zone, self.now)

    def due(self, instant: Instant) -> str:
        """The end of a date is its 24:00."""
        return words.due(instant, self.zone, self.now)

    def word(self, reason: Reason) -> str:
        """A code that has no sentence here stands for itself."""
        return reason.code.replace("_", " ")


def due_lines(trial: Trial, zone: tzinfo, start: Instant) -> Iterator[str]:
    """First when, then why."""
    if trial.due is None:
        yield "Never due: the calendar does not open long enough within ten years."
    else:
        yield f"Due {local_of(trial.due, zone)} = {iso(trial.due)}"
    yield ""
    wall = Wall(zone, start)
    yield from words.facts(_line(reason, wall) for reason in trial.lines)


def local_of(instant: Instant, zone: tzinfo) -> str:
    """ "Mon 23 Nov 2026, 12:55 (Europe/Berlin, UTC+01:00)"; an end of a date is its 24:00, with seconds if any."""
    at_midnight = words.ends_date(instant, zone)
    local = datetime.fromtimestamp(instant - at_midnight, UTC).astimezone(zone)
    clock = "24:00" if at_midnight else local.strftime("%H:%M:%S").removesuffix(":00")
    offset = local.isoformat(timespec="seconds")[19:]
    return f"{local.strftime('%a')} {local.day} {local.strftime('%b %Y')}, {clock} ({zone}, UTC{offset})"


def _line(reason: Reason, wall: Wall) -> tuple[str, str]:
    values = reason.values
    match reason.code:
        case "not_counted":
            told, _ = reason_line(reason, wall)
            return told, f"paused: {words.hours_of(int(str(values['seconds'])))} not counted"
        case "due":
            return local_of(int(str(values["at"])), wall.zone).partition(" (")[0], "due"
    return reason_line(reason, wall)


def json_of(trial: Trial, zone: tzinfo, target: Target) -> dict[str, object]:
    """The same for programs: instants in UTC, `due_local` with its offset."""
    local = None if trial.due is None else datetime.fromtimestamp(trial.due, zone).isoformat()
    return {
        "target": target.written,
        "due": iso(trial.due),
        "due_local": local,
        "zone": str(zone),
        "why": _rows(trial.lines),
    }


def _rows(lines: Sequence[Reason]) -> list[dict[str, object]]:
    instants = ("at", "start", "end")
    return [
        {"code": reason.code}
        | {
            key: iso(value) if key in instants and isinstance(value, int) else value
            for key, value in reason.values.items()
        }
        for reason in lines
    ]

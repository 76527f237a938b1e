"""What `mailsla agent` prints: agents as rows, and one whole; as text and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from mailsla.cli import words
from mailsla.cli.output import iso
from mailsla.core.absence import Absence
from mailsla.core.commands.absent import first_day, last_day
from mailsla.flows.absences import Presence
from mailsla.flows.services import Services

COLUMNS = ("agent", "name", "here", "absent until", "stands in", "open", "next absence")


def row_of(found: Presence) -> Mapping[str, object]:
    """One agent as JSON."""
    coming = _coming(found)
    return {
        "agent": found.agent.name,
        "display_name": found.agent.display_name,
        "email": found.agent.email,
        "teams": list(found.teams),
        "here": found.away is None,
        "absent_until": iso(found.away.until) if found.away else None,
        "deputy": (found.away.deputy or None) if found.away else None,
        "stands_in": found.stands_in.name if found.stands_in else None,
        "open": len(found.open),
        "next_absence": iso(coming.starts) if coming else None,
    }


def cells(found: Presence, services: Services) -> Sequence[str]:
    """One agent as a row of COLUMNS."""
    coming = _coming(found)
    return [
        found.agent.name,
        found.agent.display_name or "-",
        "no" if found.away else "yes",
        _until(found, services) if found.away else "-",
        _stands_in(found) if found.away else "-",
        str(len(found.open)),
        _days(coming, found, services) if coming else "-",
    ]


def agent_lines(found: Presence, past: Sequence[Absence], services: Services) -> Iterator[str]:
    """One agent, as a person reads it from top to bottom."""
    agent = found.agent
    yield words.address_of(agent.display_name or agent.name, agent.email)
    yield from words.facts(
        (
            ("here", f"no, absent until {_until(found, services)}" if found.away else "yes"),
            ("stands in", _stands_in(found) if found.away else ""),
            ("teams", ", ".join(found.teams) or "none"),
            ("manager", words.person_of(agent.manager, services.settings.directory) if agent.manager else "none"),
            ("hours", f"calendar {agent.calendar}" if agent.calendar else "always reachable"),
            ("zone", agent.zone),
        )
    )
    yield "\nAbsences entered, the newest first" if past else "\nNo absence was ever entered."
    yield from words.facts((_days(one, found, services), _about(one, found, services)) for one in past)
    yield f"\nOpen: {len(found.open)}" if found.open else "\nNothing is open."
    yield from words.facts((one.reference, f"{words.status_of(one.status)}: {one.subject}") for one in found.open)


def _coming(found: Presence) -> Absence | None:
    return next((one for one in found.coming if one.starts > found.at), None)


def _until(found: Presence, services: Services) -> str:
    until = found.away.until if found.away else None
    return "further notice" if until is None else _day(last_day(until, services.zone(found.agent.zone)))


def _stands_in(found: Presence) -> str:
    if found.stands_in is not None:
        return found.stands_in.name
    return "the team" if found.teams else "the manager"


def _days(absence: Absence, found: Presence, services: Services) -> str:
    zone = services.zone(found.agent.zone)
    first, last = first_day(absence, zone), last_day(absence.ends, zone)
    return _day(first) if first == last else f"{_day(first)} - {_day(last)}"


def _about(absence: Absence, found: Presence, services: Services) -> str:
    zone = services.zone(found.agent.zone)
    who = f"deputy {absence.deputy}" if absence.deputy else "no deputy"
    ended = f"; ended {words.when(absence.cancelled_at, zone, found.at)}" if absence.cancelled_at else ""
    return f"{who}, by {absence.set_by.partition(':')[2]} {words.when(absence.set_at, zone, found.at)}{ended}"


def _day(day: date) -> str:
    return f"{day.strftime('%a')} {day.day} {day.strftime('%b %Y')}"

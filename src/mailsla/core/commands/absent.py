"""`#absent DATES [deputy NAME]`, `#absent off`: what an agent's absence becomes, or why not (mail.md section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mailsla.core.absence import Absence
from mailsla.core.absence_dates import Asked, DatesError, read_dates
from mailsla.core.commands.grammar import closest
from mailsla.core.directory import Agent, Directory
from mailsla.core.model import Instant, Reason, Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """What is asked of, by whom and when. `standing`: the absences of all agents that are neither over nor ended."""

    agent: Agent
    zone: tzinfo  # the agent's: their days begin there
    directory: Directory
    standing: Sequence[Absence]
    set_by: str
    now: Instant


@dataclass(frozen=True, slots=True)
class Decision:
    """`begins` or `ends` is set, or neither: then `said` tells why not, and `meant` what was probably meant."""

    said: Reason
    begins: Absence | None = None
    ends: Absence | None = None
    meant: str = ""

    @property
    def ok(self) -> bool:
        """Whether something is done."""
        return self.begins is not None or self.ends is not None


def absent(text: str, away: Away) -> Decision:
    """Read the dates and decide."""
    today = datetime.fromtimestamp(away.now, away.zone).date()
    try:
        asked = read_dates(text, today)
    except DatesError as error:
        return Decision(error.reason)
    if asked.first is None or asked.last is None:
        return _ended(away)
    deputy = _deputy(asked.deputy, away)
    if isinstance(deputy, Decision):
        return deputy
    return _begun(asked, asked.first, asked.last, deputy, away)


def first_day(absence: Absence, zone: tzinfo) -> date:
    """The first local date of an absence."""
    return datetime.fromtimestamp(absence.starts, zone).date()


def last_day(until: Instant, zone: tzinfo) -> date:
    """The last local date of an absence that ends then."""
    return datetime.fromtimestamp(until - 1, zone).date()


def _begun(asked: Asked, first: date, last: date, deputy: str, away: Away) -> Decision:
    starts, ends = max(_midnight(first, away.zone), away.now), _midnight(last + timedelta(days=1), away.zone)
    mine = [one for one in away.standing if one.agent == away.agent.name]
    if (other := next((one for one in mine if one.overlaps(starts, ends)), None)) is not None:
        return Decision(Reason("absent_overlaps", _days(other, away.zone)), meant="#absent off")
    absence = Absence(
        agent=away.agent.name, starts=starts, ends=ends, deputy=deputy, set_by=away.set_by, set_at=away.now
    )
    said: dict[str, Scalar] = {"name": _called(away.agent), **_days(absence, away.zone)}
    if not deputy:
        return Decision(Reason("absent_set", said), begins=absence)
    said["deputy"] = _called(away.directory.agents[deputy])
    theirs = next((one for one in away.standing if one.agent == deputy and one.overlaps(starts, ends)), None)
    if theirs is not None or away.directory.agents[deputy].absent:
        return Decision(Reason("absent_set_deputy_absent", said), begins=absence)
    return Decision(Reason("absent_set_deputy", said), begins=absence)


def _ended(away: Away) -> Decision:
    """Back: the absence of now ends; where there is none, the next one does not take place."""
    mine = sorted((one for one in away.standing if one.agent == away.agent.name), key=lambda one: one.starts)
    values: dict[str, Scalar] = {"name": _called(away.agent)}
    if not mine and away.agent.absent:
        return Decision(Reason("absent_configured", values))
    if not mine:
        return Decision(Reason("absent_not", values))
    values |= _days(mine[0], away.zone)
    began = mine[0].starts <= away.now
    return Decision(Reason("absent_ended", values) if began else Reason("absent_cancelled", values), ends=mine[0])


def _deputy(wanted: str, away: Away) -> str | Decision:
    """The name of the deputy, by short name, display name or address; "" for none."""
    if not wanted:
        return ""
    agents, word = away.directory.agents, wanted.lower()
    found = [one for one in agents.values() if word in (one.name.lower(), one.display_name.lower(), *one.emails)]
    if len(found) != 1:
        known = [name for name in agents if name != away.agent.name]
        near = closest(wanted, known)
        values = {"deputy": wanted[:80], "known": ", ".join(sorted(known)[:20])}
        return Decision(Reason("absent_deputy_unknown", values), meant=f"deputy {near}" if near else "")
    if found[0].name == away.agent.name:
        return Decision(Reason("absent_deputy_self", {"name": _called(away.agent)}))
    return found[0].name


def _days(absence: Absence, zone: tzinfo) -> dict[str, Scalar]:
    return {"first": first_day(absence, zone).isoformat(), "last": last_day(absence.ends, zone).isoformat()}


def _midnight(day: date, zone: tzinfo) -> Instant:
    """The first instant of a local date; where its midnight does not exist, what is shown next."""
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())


def _called(agent: Agent) -> str:
    return agent.display_name or agent.name

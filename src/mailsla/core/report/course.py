"""The course of one complaint as its events tell it: statuses, who had it, who answered, and where its time went."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailsla.core.model import ENDED, Event, Instant, Status

AGENT = "agent:"
Elapsed = Callable[[Instant, Instant], int]
STILL = (*ENDED, Status.RESOLVED)


@dataclass(frozen=True, slots=True)
class Change:
    """The status became this one."""

    at: Instant
    to: Status
    actor: str


@dataclass(frozen=True, slots=True)
class Course:
    """Of one ticket. assigned: (when, to whom, "" = nobody); answers: (when, by whom), without those that bounced."""

    received_at: Instant
    changes: Sequence[Change]
    assigned: Sequence[tuple[Instant, str]]
    answers: Sequence[tuple[Instant, str]]

    def status_at(self, t: Instant) -> Status:
        """The status just before an instant."""
        past = [one.to for one in self.changes if one.at < t]
        return past[-1] if past else Status.NEW

    def assignee_at(self, t: Instant) -> str:
        """Who had it just before an instant."""
        past = [name for at, name in self.assigned if at < t]
        return past[-1] if past else ""

    def resolved_in(self, since: Instant, until: Instant) -> Change | None:
        """The first time in [since, until) that it became resolved."""
        return next((one for one in self.changes if one.to is Status.RESOLVED and since <= one.at < until), None)

    def taken_up_after(self, resolved: Change) -> bool:
        """Whether it was reopened: what was resolved became anything that is not over."""
        place = self.changes.index(resolved)
        return any(one.to not in STILL for one in self.changes[place + 1 :])

    def spent(self, until: Instant, elapsed: Elapsed) -> Mapping[Status, int]:
        """How long it had each status from its receipt to `until`, without the time that it was resolved."""
        found: Counter[Status] = Counter()
        for start, end, status in self._spans(until):
            if status not in STILL:
                found[status] += elapsed(start, end)
        return found

    def _spans(self, until: Instant) -> Iterator[tuple[Instant, Instant, Status]]:
        start, status = self.received_at, Status.NEW
        for one in self.changes:
            if one.at >= until:
                break
            yield start, max(one.at, start), status
            start, status = max(one.at, start), one.to
        yield start, max(until, start), status


def course_of(received_at: Instant, events: Sequence[Event]) -> Course:
    """`events`: all of the ticket, by (at, order of writing). An answer that bounced was never given, and what it did
    to the status where that could still be taken back never was."""
    bounced = {event.data["letter"] for event in events if event.type == "reply_bounced"}
    undone = {event.data["letter"] for event in events if event.type == "reply_bounced" and event.data.get("undone")}
    changes: list[Change] = []
    for event in events:
        if event.type == "status" and event.data.get("letter") not in undone:
            to = Status(str(event.data["to"]))
            if to is not (changes[-1].to if changes else Status.NEW):
                changes.append(Change(event.at, to, event.actor))
    return Course(
        received_at,
        changes,
        [(event.at, str(event.data.get("assignee") or "")) for event in events if event.type == "assigned"],
        [
            (event.at, event.actor.removeprefix(AGENT))
            for event in events
            if event.type == "agent_reply"
            and event.actor.startswith(AGENT)
            and ("letter" not in event.data or event.data["letter"] not in bounced)
        ],
    )

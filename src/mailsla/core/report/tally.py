"""What the complaints of a period come to, counted one after the other: workload, first contact, where time went."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailsla.core.model import Event, Instant, Status, Ticket
from mailsla.core.report.course import AGENT, Course, Elapsed, course_of
from mailsla.core.report.model import AgentLoad, Part, TimeSpent
from mailsla.core.sla.first_contact import first_contact
from mailsla.core.triage.scope import scope_of

US = (Status.NEW, Status.OPEN)
BY_PEOPLE = (AGENT, "cli:")
READS = frozenset({"status", "agent_reply", "reply_bounced", "assigned", "category"})
"""The types of events that it looks at."""


@dataclass(slots=True)
class _Load:
    assigned: int = 0
    answers: int = 0
    resolved: int = 0
    open_now: int = 0


@dataclass(slots=True)
class Tally:
    """Of the instants [since, until); `add` each complaint that was there. `again`: references of those taken up
    again.
    """

    since: Instant
    until: Instant
    open_at_end: int = 0
    resolved: int = 0
    at_first_contact: int = 0
    ever_resolved: int = 0
    again: list[tuple[str, str]] = field(default_factory=list)  # reference, subject
    received: int = 0
    automatic: int = 0
    corrected: int = 0
    _spent: Counter[Status] = field(default_factory=Counter)
    _measured: int = 0
    _loads: dict[str, _Load] = field(default_factory=dict)

    def add(self, ticket: Ticket, events: Sequence[Event], elapsed: Elapsed | None) -> None:
        """`events`: all of the ticket, by (at, order of writing). `elapsed`: of the calendar of its agreement, None =
        it has none. What is void, or no complaint, counts nowhere.
        """
        if ticket.status is Status.VOID or scope_of(ticket) is not None:
            return
        course = course_of(ticket.received_at, events)
        self._work(course)
        if self._within(ticket.received_at):
            self._triage(ticket, events)
        first = course.resolved_in(self.since, self.until)
        if first is not None:
            self.ever_resolved += 1
            if course.taken_up_after(first):
                self.again.append((ticket.reference, ticket.subject))
        if ticket.resolved_at is not None and self._within(ticket.resolved_at):
            self.resolved += 1
            self.at_first_contact += first_contact(events)
            if elapsed is not None:
                self._measured += 1
                self._spent.update(course.spent(ticket.resolved_at, elapsed))

    def spent(self) -> TimeSpent | None:
        """Of the complaints that were resolved and have an agreement, whose hours count; None when there are none."""
        if not self._measured:
            return None
        us = sum(self._spent[status] for status in US)
        by_status = {status.value: seconds for status, seconds in sorted(self._spent.items()) if seconds}
        return TimeSpent(
            us=us,
            customer=self._spent[Status.WAITING_CUSTOMER],
            supplier=self._spent[Status.WAITING_THIRD_PARTY],
            by_status=by_status,
            bottleneck=max(by_status, key=lambda name: by_status[name], default=None),
        )

    def agents(self, late: Counter[str]) -> list[AgentLoad]:
        """By name. `late`: by assignee, the clocks due in the period that are late."""
        names = sorted(self._loads.keys() | (late.keys() - {""}))
        return [
            AgentLoad(name, load.assigned, load.answers, load.resolved, late[name], load.open_now)
            for name in names
            for load in [self._loads.get(name, _Load())]
        ]

    @property
    def first_contact(self) -> Part:
        """Of those resolved."""
        return Part(self.at_first_contact, self.resolved)

    @property
    def reopened(self) -> Part:
        """Of those that became resolved in the period, how many were taken up again until now."""
        return Part(len(self.again), self.ever_resolved)

    def _work(self, course: Course) -> None:
        """Who had it, who answered, who resolved it, and who has it at the end."""
        for name in {name for at, name in course.assigned if name and self._within(at)}:
            self._load(name).assigned += 1
        for at, name in course.answers:
            if self._within(at):
                self._load(name).answers += 1
        solvers = {one.actor for one in course.changes if one.to is Status.RESOLVED and self._within(one.at)}
        for actor in solvers:
            if actor.startswith(AGENT):
                self._load(actor.removeprefix(AGENT)).resolved += 1
        status = course.status_at(self.until)
        if status in (*US, Status.WAITING_CUSTOMER, Status.WAITING_THIRD_PARTY):
            self.open_at_end += 1
            if name := course.assignee_at(self.until):
                self._load(name).open_now += 1

    def _triage(self, ticket: Ticket, events: Sequence[Event]) -> None:
        self.received += 1
        if ticket.triage.get("category") is None:
            return
        self.automatic += 1
        self.corrected += any(one.type == "category" and one.actor.startswith(BY_PEOPLE) for one in events)

    def _within(self, at: Instant) -> bool:
        return self.since <= at < self.until

    def _load(self, name: str) -> _Load:
        return self._loads.setdefault(name, _Load())

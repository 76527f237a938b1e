"""A unit of work in memory, for the tickets whose lives are being made: what the flows ask of one, and no more.

What daemons would have written in the course of a year is written at the end of each life: the times at which they
would have noticed what was missed are put in here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from mailsla.core.model import (
    Breach,
    ClockRow,
    Correction,
    Customer,
    Event,
    Instant,
    Letter,
    Message,
    Moment,
    Notice,
    Promise,
    Ticket,
    Version,
)
from mailsla.core.triage.labels import Label
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


class Books:
    """Plays the tickets, clocks, outbox, absences and labels of a UnitOfWork. `uow`: itself, as flows call it."""

    def __init__(self, services: Services) -> None:
        self.tickets = _Tickets()
        self.clocks = _Clocks(services)
        self.outbox = _Outbox()
        self.absences = _Absences()
        self.learning = _Labels()
        self.incidents = _Incidents()

    @property
    def uow(self) -> UnitOfWork:
        """Whatever else of a unit of work somebody asked for is not there, and would be seen at once."""
        return cast(UnitOfWork, self)

    def rows(self, done: Iterable[int]) -> list[Any]:
        """All that is to be written of tickets whose lives are over; they are forgotten here."""
        found: list[Any] = self.tickets.take_customers()
        for number in done:
            found += self.tickets.take(number)
            found += self.clocks.take(number)
        return [*found, *self.outbox.take(), *self.learning.take()]


class _Incidents:
    """None goes on in that year."""

    def of_ticket(self, _ticket_id: int) -> None:
        """No ticket belongs to one."""


class _Tickets:
    def __init__(self) -> None:
        self._customers: dict[str, Customer] = {}
        self._new_customers: list[Customer] = []
        self._tickets: dict[int, Ticket] = {}
        self._events: defaultdict[int, list[Event]] = defaultdict(list)
        self._messages: defaultdict[int, list[Message]] = defaultdict(list)
        self._last: dict[str | None, str] = {}
        self._numbers = {"ticket": 0, "message": 0}

    def take_customers(self) -> list[Any]:
        found, self._new_customers = self._new_customers, []
        return list(found)

    def take(self, number: int) -> list[Any]:
        """In the order in which it was noticed; of one instant, in that of writing."""
        events = sorted((_noticed(one) for one in self._events.pop(number)), key=lambda event: event.recorded_at)
        return [self._tickets.pop(number), *self._messages.pop(number, ()), *events]

    def next_number(self) -> int:
        self._numbers["ticket"] += 1
        return 1000 + self._numbers["ticket"]

    def add(self, ticket: Ticket) -> int:
        number = self._numbers["ticket"]
        self._tickets[number] = replace(ticket, id=number)
        if ticket.assignee is not None:
            self._last[ticket.team] = ticket.assignee
        return number

    def update(self, ticket: Ticket) -> None:
        self._tickets[ticket.id] = ticket

    def get(self, number: int) -> Ticket | None:
        return self._tickets.get(number)

    def last_assignee(self, team: str) -> str | None:
        return self._last.get(team)

    def customer(self, email: str, name: str, now: Instant) -> Customer:
        if email not in self._customers:
            made = Customer(id=len(self._customers) + 1, email=email, name=name, first_seen_at=now)
            self._customers[email] = made
            self._new_customers.append(made)
        return self._customers[email]

    def participants(self, number: int) -> set[str]:
        return {self._tickets[number].requester}

    def add_message(self, message: Message) -> int:
        self._numbers["message"] += 1
        self._messages[message.ticket_id].append(replace(message, id=self._numbers["message"]))
        return self._numbers["message"]

    def events(self, number: int) -> list[Event]:
        return sorted(self._events[number], key=lambda event: event.at)

    def add_events(self, events: Sequence[Event]) -> None:
        for event in events:
            self._events[event.ticket_id].append(event)

    def expire_tokens(self, number: int, at: Instant | None) -> None:
        """Nobody here has one."""


class _Clocks:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._rows: dict[int, Sequence[ClockRow]] = {}
        self._breaches: defaultdict[int, list[Breach]] = defaultdict(list)
        self._corrections: defaultdict[int, list[Correction]] = defaultdict(list)
        self._promises: defaultdict[int, list[Promise]] = defaultdict(list)
        self._moments: dict[int, Moment] = {}
        self._of_breach: dict[int, int] = {}
        self._made = {"breach": 0, "promise": 0}

    def take(self, number: int) -> list[Any]:
        """All of a ticket."""
        moment = self._moments.pop(number, None)
        return [
            *self._rows.pop(number, ()),
            *self._breaches.pop(number, ()),
            *self._corrections.pop(number, ()),
            *self._promises.pop(number, ()),
            *([moment] if moment else ()),
        ]

    def replace(self, number: int, rows: Sequence[ClockRow], *, first: bool = False) -> None:
        self._rows[number] = rows

    def breaches(self, number: int) -> list[Breach]:
        return self._breaches[number]

    def corrections(self, number: int) -> list[Correction]:
        return self._corrections[number]

    def add_breach(self, breach: Breach) -> bool:
        self._made["breach"] += 1
        noticed = breach.breached_at + 1 if breach.cause == "due" else breach.breached_at
        made = replace(breach, id=self._made["breach"], recorded_at=min(noticed, breach.recorded_at))
        self._breaches[breach.ticket_id].append(made)
        self._of_breach[made.id] = breach.ticket_id
        return True

    def correct(self, correction: Correction) -> None:
        self._corrections[self._of_breach[correction.breach_id]].append(correction)

    def fired(self, number: int) -> set[str]:
        return set()

    def promises(self, number: int) -> list[Promise]:
        return self._promises[number]

    def add_promises(self, promises: Iterable[Promise]) -> None:
        for promise in promises:
            self._made["promise"] += 1
            self._promises[promise.ticket_id].append(replace(promise, id=self._made["promise"]))

    def settle_promise(self, promise: Promise) -> bool:
        kept = self._promises[promise.ticket_id]
        self._promises[promise.ticket_id] = [promise if one.id == promise.id else one for one in kept]
        return True

    def set_moment(self, moment: Moment) -> None:
        self._moments[int(moment.key)] = moment

    def drop_moment(self, kind: str, key: str) -> None:
        self._moments.pop(int(key), None)

    def version(self, kind: str, name: str, content_hash: str, content: Mapping[str, object], now: Instant) -> Version:
        """One that is configured: all of them have been registered."""
        number = self._services.versions[kind, name]
        return Version(id=number, kind=kind, name=name, hash=content_hash, content=content, effective_from=now)


class _Outbox:
    def __init__(self) -> None:
        self._made: list[Notice | Letter] = []
        self._count = 0

    def sent(self, notice: Notice, letter: Letter) -> int:
        """Both get one number; that of the letter."""
        self._count += 1
        self._made += [
            replace(notice, id=self._count),
            replace(letter, id=self._count, notice_id=self._count, message_id=f"{self._count}@acme.example"),
        ]
        return self._count

    def add_notices(self, notices: Sequence[Notice]) -> None:
        """Nobody is written to."""

    def take(self) -> list[Any]:
        found, self._made = self._made, []
        return list(found)


class _Absences:
    def standing(self, now: Instant) -> list[Any]:
        return []


class _Labels:
    def __init__(self) -> None:
        self._made: list[Label] = []

    def add(self, labels: Sequence[Label]) -> int:
        self._made += labels
        return len(labels)

    def take(self) -> list[Any]:
        found, self._made = self._made, []
        return list(found)


def _noticed(event: Event) -> Event:
    """A due that passed is noticed the second after; what something else found over, at once."""
    if event.type == "promise_broken" or (event.type == "breached" and event.data.get("cause") == "due"):
        return replace(event, recorded_at=min(event.recorded_at, event.at + 1))
    return replace(event, recorded_at=event.at) if event.type == "breached" else event

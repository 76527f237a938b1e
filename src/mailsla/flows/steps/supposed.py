"""The events of a ticket as if other policies and calendars had been in force: only what they decide is otherwise.

Where the configured policies and the supposed ones choose alike, the version that counted then stays, so that to
suppose what is in force changes nothing. What people did stays in any case: that they would have done something else
under other deadlines, nobody knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailsla.config.settings import Settings
from mailsla.core.model import Event, Instant, Ticket
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.clocks import ADOPTING, Clock
from mailsla.core.sla.facts_then import CHANGES, facts_after
from mailsla.core.sla.merging import adopted
from mailsla.core.sla.policy import Facts, Policy, match, terms_of
from mailsla.flows.services import Services
from mailsla.flows.steps.clocks import clocks_of, versions_of
from mailsla.flows.steps.merging import clock_data
from mailsla.flows.steps.registering import effective_from
from mailsla.flows.steps.splitting import held_for
from mailsla.flows.steps.terms import Agreement, agreement_by_version
from mailsla.ports.store import UnitOfWork

Versions = Mapping[str, int | None]
"""By track; those of supposed policies are below 0."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """A ticket's events, and whether anything counts otherwise by them. `versions`: at the end."""

    events: Sequence[Event]
    versions: Versions
    otherwise: bool


class Supposition:
    """`then` in place of the configured policies and calendars. Reads, and remembers nothing of tickets."""

    def __init__(self, services: Services, then: Settings) -> None:
        self._now, self._then = services.settings, then
        self._others = frozenset(name for name, spec in then.calendars.items() if spec != self._now.calendars.get(name))
        calendars = {**services.calendars, **{name: _calendar(services, then, name) for name in self._others}}
        self.services = replace(services, calendars=calendars, agreements={}, versions={})
        self._version: dict[str, int] = {}
        for number, policy in enumerate((one for one in then.policies if one.targets), start=1):
            self._version[policy.name] = -number
            terms = terms_of(policy, calendars[policy.calendar], -number)
            self.services.agreements[-number] = Agreement(policy, terms, -number)
        self._by_name = {policy.name: policy for policy in self._now.policies}
        self._then_by_name = {policy.name: policy for policy in then.policies}

    def clocks(
        self, uow: UnitOfWork, ticket: Ticket, events: Sequence[Event], now: Instant
    ) -> tuple[Clock, ...] | None:
        """Those that the ticket would have; None: the same as it has."""
        supposed = self.of(uow, ticket, events)
        return clocks_of(uow, self.services, ticket, now, supposed.events) if supposed.otherwise else None

    def of(self, uow: UnitOfWork, ticket: Ticket, events: Sequence[Event], before: int | None = None) -> Supposed:
        """The events of a ticket under what is supposed. `before`: only those written before this one."""
        return _Walk(self, uow, ticket, events).until(before)

    def chosen(self, uow: UnitOfWork, counted: Versions, facts: Facts) -> dict[str, int | None]:
        """The versions that would count where `counted` did, for a ticket of these facts."""
        now, then = match(self._now.policies, facts), match(self._then.policies, facts)
        found: dict[str, int | None] = {}
        for track in dict.fromkeys((*counted, *now, *then)):
            old, new = _owing(now.get(track)), _owing(then.get(track))
            if ":" in track:  # what a team or supplier owes is no policy of the file
                found[track] = counted[track]
            elif old != new:
                found[track] = self._version[new.name] if new else None
            elif old is None and track in counted:
                found[track] = self._of_another(uow, counted[track])
            elif track in counted:
                found[track] = counted[track]
        return {track: version for track, version in found.items() if version is not None or track == ""}

    def organisation_of(self, address: str) -> str | None:
        """By its name, as configured."""
        found = self._now.directory.organisation_of(address)
        return found.name if found else None

    def other_hours(self, uow: UnitOfWork, versions: Versions) -> bool:
        """Whether one of these counts in a calendar that is supposed to be another."""
        agreements = (agreement_by_version(uow, self.services, version) for version in versions.values())
        return bool(self._others) and any(one.policy.calendar in self._others for one in agreements if one)

    def _of_another(self, uow: UnitOfWork, version: int | None) -> int | None:
        """An agreement that no policy chooses here: a merged ticket brought it, or it was configured once."""
        agreement = agreement_by_version(uow, self.services, version)
        if agreement is None:
            return version
        name = agreement.policy.name
        new = self._then_by_name.get(name)
        if name not in self._by_name or self._by_name[name] == new:
            return version
        return self._version.get(name)


class _Walk:
    """Through the events of one ticket, in the order that they count in."""

    def __init__(self, supposition: Supposition, uow: UnitOfWork, ticket: Ticket, events: Sequence[Event]) -> None:
        self._all, self._uow, self._ticket = supposition, uow, ticket
        self._events = events
        self._facts = facts_after(ticket, events, supposition.organisation_of)
        self._agreed_at = {event.recorded_at: event.id for event in events if "policy_version" in event.data}
        self._out: list[Event] = []
        self._counted: Versions = {}  # in history
        self._ours: Versions = {}
        self._otherwise = False

    def until(self, before: int | None) -> Supposed:
        """All events, or those written before this one."""
        for event in self._events:
            if before is None or event.id < before:
                self._event(event)
        return Supposed(self._out, self._ours, self._otherwise)

    def _event(self, event: Event) -> None:
        if "policy_version" in event.data:
            self._counted = versions_of(event)
            chosen = self._all.chosen(self._uow, self._counted, self._facts[event.id])
            self._ours = {} if event.data.get("scope") else chosen
            event = self._agreed(event)
        elif event.type in ADOPTING:
            event = self._adopting(event)
        self._out.append(event)
        if event.type in CHANGES and self._agreed_at.get(event.recorded_at, 0) <= event.id:
            self._changed(event)

    def _agreed(self, event: Event) -> Event:
        """The event with what would count from then on."""
        if self._all.other_hours(self._uow, self._ours):
            self._otherwise = True
        if dict(self._ours) == {track: one for track, one in self._counted.items() if one is not None or track == ""}:
            return event
        self._otherwise = True
        return replace(event, data={**event.data, **_data(self._ours)})

    def _changed(self, event: Event) -> None:
        """Another category, say, that no other policy followed in history: perhaps one would have."""
        if "" not in self._ours:
            return  # it is no complaint yet
        ours = self._all.chosen(self._uow, self._counted, self._facts[event.id])
        if ours != self._ours:
            self._ours = ours
            self._out.append(self._agreed(replace(event, type="policy", data=_data(self._counted))))

    def _adopting(self, event: Event) -> Event:
        """A merge or split with the clocks that would have come along; as it was where neither ticket is otherwise."""
        other = self._uow.tickets.by_reference(str(event.data["reference"]))
        if other is None:  # nothing of it is kept
            return event
        events = self._uow.tickets.events(other.id)
        left = next((one for one in events if self._here(one)), None)
        if left is None or left.data.get("answered"):
            return event
        source = self._all.of(self._uow, other, events, before=left.id)
        if not (source.otherwise or self._otherwise):
            return event
        self._otherwise = True
        return self._merged(event, other, source) if left.type == "merged" else self._split(event, other, source, left)

    def _here(self, event: Event) -> bool:
        """Whether it tells, on the other ticket, of what came here."""
        return event.type in ("merged", "split_off") and event.data["reference"] == self._ticket.reference

    def _merged(self, event: Event, other: Ticket, source: Supposed) -> Event:
        together = {**{track: one for track, one in source.versions.items() if ":" not in track and one}, **self._ours}
        brought = bool(self._out) and (self._out[-1].type, self._out[-1].recorded_at) == ("policy", event.recorded_at)
        mine = self._clocks(self._ticket, self._out[:-1] if brought else self._out, event.at)
        taken = adopted(mine, self._clocks(other, source.events, event.at), together.keys())
        if together.keys() != self._ours.keys():
            self._ours = together
            self._out.append(replace(event, type="policy", data=_data(together)))
        return _with(event, taken)

    def _split(self, event: Event, other: Ticket, source: Supposed, left: Event) -> Event:
        mail = next((one for one in source.events if one.data.get("message") == left.data["message"]), None)
        held = held_for(self._clocks(other, source.events, event.at), mail.at) if mail else ()
        return _with(event, adopted(self._clocks(self._ticket, self._out, event.at), held, self._ours.keys()))

    def _clocks(self, ticket: Ticket, events: Iterable[Event], at: Instant) -> tuple[Clock, ...]:
        return clocks_of(self._uow, self._all.services, ticket, at, events)


def _calendar(services: Services, then: Settings, name: str) -> Calendar:
    """From the date that it names; else it has always been so."""
    spec = then.calendars[name]
    made = Calendar(spec, services.zone(spec.zone))
    old = services.calendars.get(name)
    if spec.effective_from is None or old is None:
        return made
    since = effective_from(spec, made.zone, 0)
    while old.before is not None and old.since >= since:
        old = old.before
    return Calendar(spec, services.zone(spec.zone), since=since, before=old)


def _owing(policy: Policy | None) -> Policy | None:
    """One without targets is none."""
    return policy if policy is not None and policy.targets else None


def _data(versions: Versions) -> dict[str, object]:
    tracks = {track: version for track, version in versions.items() if track}
    return {"policy_version": versions.get(""), "tracks": tracks}


def _with(event: Event, taken: Iterable[Clock]) -> Event:
    return replace(event, data={**event.data, "clocks": [clock_data(one) for one in taken]})

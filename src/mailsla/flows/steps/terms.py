"""The agreements that a ticket's clocks run under: immutable policy versions with their calendars, one a track."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailsla.core.model import Instant, Ticket
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.policy import SUPPLIER, TEAM, Facts, Policy, match, terms_of
from mailsla.core.sla.terms import Terms
from mailsla.errors import ConfigError, Problem
from mailsla.flows.services import Services
from mailsla.ports.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class Agreement:
    """A policy version ready to count with."""

    policy: Policy
    terms: Terms
    version: int

    @property
    def calendar(self) -> Calendar:
        """The hours that it counts in."""
        return self.terms.calendar


Agreements = Mapping[str, Agreement]
"""By track; without "" there is no SLA."""


def agreements_for(uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant) -> dict[str, Agreement]:
    """What counts from now on for a ticket with these facts: the configured policies, what its team owes, and what was
    agreed with other teams and with suppliers that had it before.
    """
    facts = Facts(
        category=ticket.category,
        priority=ticket.priority,
        organisation=ticket.organisation,
        customer=ticket.requester,
        mailbox=ticket.mailbox,
    )
    found = {
        track: agreement
        for track, version in ticket.tracks.items()
        if track.startswith((TEAM, SUPPLIER)) and (agreement := agreement_by_version(uow, services, version))
    }
    for policy in match(services.settings.policies, facts).values():
        if policy.targets:
            found[policy.track] = registered(uow, services, policy, now)
    team = services.settings.directory.teams.get(ticket.team or "")
    if team is not None and team.duty is not None:
        found[team.track] = registered(uow, services, team.duty, now)
    return found


def registered(uow: UnitOfWork, services: Services, policy: Policy, now: Instant) -> Agreement:
    """A policy of the configuration by its version, which is made when new."""
    known = services.versions.get((policy.kind, policy.name))
    return versioned(uow, services, policy, now) if known is None else _agreement(uow, services, policy, known)


def versioned(uow: UnitOfWork, services: Services, policy: Policy, now: Instant) -> Agreement:
    """Any policy by the version of its content."""
    content_hash, content = services.policy_content(policy)
    version = uow.clocks.version(policy.kind, policy.name, content_hash, content, now)
    return _agreement(uow, services, policy, version.id)


def agreed(ticket: Ticket, agreements: Agreements) -> tuple[Ticket, dict[str, object]]:
    """The ticket under these agreements, and what an event says of them."""
    main = agreements.get("")
    tracks = {track: one.version for track, one in sorted(agreements.items()) if track}
    data: dict[str, object] = {
        "policy_version": main.version if main else None,
        "policy": main.policy.name if main else "",
    }
    if tracks:
        data["tracks"] = tracks
    return replace(ticket, policy_version=main.version if main else None, tracks=tracks), data


def agreement_of(uow: UnitOfWork, services: Services, ticket: Ticket) -> Agreement | None:
    """What the ticket was opened under, or last changed to; None: no SLA."""
    return agreement_by_version(uow, services, ticket.policy_version)


def agreements_of(uow: UnitOfWork, services: Services, ticket: Ticket) -> dict[str, Agreement]:
    """The same with all that runs beside it."""
    versions = {"": ticket.policy_version, **ticket.tracks}
    found = {track: agreement_by_version(uow, services, version) for track, version in versions.items()}
    return {track: agreement for track, agreement in found.items() if agreement is not None}


def agreement_by_version(uow: UnitOfWork, services: Services, version: int | None) -> Agreement | None:
    """By the id of the policy's version, which never changes."""
    if version is None:
        return None
    cached = services.agreements.get(version)
    if isinstance(cached, Agreement):
        return cached
    stored = uow.clocks.version_by_id(version)
    if stored is None:
        raise KeyError(f"policy version {version} is not in the database")
    return _agreement(uow, services, services.policy_of(stored), version)


def _agreement(uow: UnitOfWork, services: Services, policy: Policy, version: int) -> Agreement:
    cached = services.agreements.get(version)
    if isinstance(cached, Agreement):
        return cached
    agreement = Agreement(policy, terms_of(policy, _calendar(uow, services, policy), version), version)
    services.agreements[version] = agreement
    return agreement


def _calendar(uow: UnitOfWork, services: Services, policy: Policy) -> Calendar:
    """The calendar as configured; where it is configured no more, as it was last: tickets go on under it."""
    configured = services.calendars.get(policy.calendar)
    if configured is not None:
        return configured
    stored = uow.clocks.versions("calendar", policy.calendar)
    if not stored:
        problem = Problem(
            f"policies.{policy.name}.calendar",
            f'tickets run under calendar "{policy.calendar}", which is configured no more',
            f"put [calendars.{policy.calendar}] back",
        )
        raise ConfigError((problem,))
    return services.calendar_of(stored)

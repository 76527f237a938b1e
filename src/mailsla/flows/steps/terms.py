"""The agreement that a ticket's clocks run under: an immutable policy version with its calendar."""

from dataclasses import dataclass

from mailsla.core.model import Instant, Ticket
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.policy import Facts, Policy, match, terms_of
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


def agreement_for(uow: UnitOfWork, services: Services, ticket: Ticket, now: Instant) -> Agreement | None:
    """What the policies in force say about a ticket with these facts; None: no SLA."""
    facts = Facts(
        category=ticket.category,
        priority=ticket.priority,
        organisation=ticket.organisation,
        customer=ticket.requester,
        mailbox=ticket.mailbox,
    )
    policy = match(services.settings.policies, facts)
    if policy is None or not policy.targets:
        return None
    known = services.versions.get(policy.name)
    if known is None:
        content_hash, content = services.policy_content(policy)
        known = uow.clocks.version("policy", policy.name, content_hash, content, now).id
    return _agreement(uow, services, policy, known)


def agreement_of(uow: UnitOfWork, services: Services, ticket: Ticket) -> Agreement | None:
    """What the ticket was opened under, or last changed to; None: no SLA."""
    return agreement_by_version(uow, services, ticket.policy_version)


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
    stored = uow.clocks.newest_version("calendar", policy.calendar)
    if stored is None:
        problem = Problem(
            f"policies.{policy.name}.calendar",
            f'tickets run under calendar "{policy.calendar}", which is configured no more',
            f"put [calendars.{policy.calendar}] back",
        )
        raise ConfigError((problem,))
    return services.calendar_of(stored)

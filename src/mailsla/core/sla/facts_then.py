"""What policies looked at when each event of a ticket happened: its facts of today, with each change taken back."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailsla.core.model import Event, Ticket
from mailsla.core.sla.policy import Facts

CHANGES = ("category", "priority", "requester")  # events after which another policy may be the first that matches


def facts_of(ticket: Ticket) -> Facts:
    """As they are now."""
    return Facts(
        category=ticket.category,
        priority=ticket.priority,
        organisation=ticket.organisation,
        customer=ticket.requester,
        mailbox=ticket.mailbox,
    )


def facts_after(
    ticket: Ticket, events: Sequence[Event], organisation_of: Callable[[str], str | None]
) -> dict[int, Facts]:
    """By the id of an event, the facts once it had happened. `events`: all that are written of the ticket.

    `organisation_of` an address: the requester's of before, which nothing else tells.
    """
    facts, found = facts_of(ticket), {}
    for event in sorted(events, key=lambda one: one.id, reverse=True):  # as they were written
        found[event.id] = facts
        facts = _before(facts, event, organisation_of)
    return found


def _before(facts: Facts, event: Event, organisation_of: Callable[[str], str | None]) -> Facts:
    data = event.data
    if event.type == "category":
        return replace(facts, category=str(data["from"]) or None)
    if event.type == "priority":
        return replace(facts, priority=str(data["from"]))
    if event.type == "requester":
        before = str(data["before"])
        return replace(facts, customer=before, organisation=organisation_of(before) if before else None)
    return facts

"""What happens to a ticket by itself: reminders and the end of waiting, and closing (mail.md section 7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from mailsla.core.model import ENDED, Event, Instant, Status, Ticket
from mailsla.core.sla.calendar import Calendar
from mailsla.core.sla.policy import Policy
from mailsla.core.sla.targets import due_of, parse_target

DAY = 24 * 3600
REOPEN_DAYS = 14  # where no policy says otherwise


@dataclass(frozen=True, slots=True)
class Step:
    """What is to happen and when. `key` keeps a reminder from being sent twice."""

    at: Instant
    what: Literal["close", "remind_waiting", "resolve_waiting"]
    key: str = ""


def next_step(ticket: Ticket, policy: Policy | None, calendar: Calendar | None, fired: Collection[str]) -> Step | None:
    """The next thing that will happen if nobody does anything; None: nothing."""
    if ticket.status is Status.RESOLVED and ticket.resolved_at is not None:
        # A mail at the very end of the window still reopens: closed is what comes a second later.
        return Step(reopen_until(policy, calendar, ticket.resolved_at) + 1, "close")
    if ticket.status is Status.WAITING_CUSTOMER and ticket.waiting_since is not None and policy and calendar:
        reminded = f"waiting:{ticket.waiting_since}"
        if policy.remind_waiting is not None and reminded not in fired:
            at = due_of(parse_target(policy.remind_waiting), calendar, ticket.waiting_since)
            return Step(at, "remind_waiting", reminded) if at is not None else None
        if policy.resolve_waiting is not None:
            at = due_of(parse_target(policy.resolve_waiting), calendar, ticket.waiting_since)
            return Step(at, "resolve_waiting") if at is not None else None
    return None


def after_reply(status: Status, policy: Policy | None, *, resolve: bool, wait: bool) -> Status:
    """The status once an agent's answer was sent: what was ordered with it, else what the policy says for an open case.

    An afterthought on a resolved case takes nothing up again.
    """
    if status in ENDED:
        return status
    if resolve:
        return Status.RESOLVED
    waits = policy is not None and policy.on_reply == "wait" and status in (Status.NEW, Status.OPEN)
    return Status.WAITING_CUSTOMER if wait or waits else status


def closes_again(events: Sequence[Event]) -> bool:
    """Whether nothing but thanks of the customer undid the last resolve: they were told of it, and need not be again.

    `events`: all of the ticket, by (at, order of writing).
    """
    thanked = False
    for event in reversed(events):
        match event.type:
            case "status" if event.data.get("to") == Status.RESOLVED.value:
                return thanked
            case "status" if event.actor.startswith(("agent:", "cli:")):
                return False
            case "customer_mail" if event.data.get("thanks"):
                thanked = True
            case "customer_mail" | "merged_from" | "requester":
                return False
    return False


def resolves_waiting_at(ticket: Ticket, policy: Policy, calendar: Calendar) -> Instant | None:
    """When a ticket that waits for its customer is resolved by itself."""
    if ticket.waiting_since is None or policy.resolve_waiting is None:
        return None
    return due_of(parse_target(policy.resolve_waiting), calendar, ticket.waiting_since)


def reopen_until(policy: Policy | None, calendar: Calendar | None, resolved_at: Instant) -> Instant:
    """The last instant at which a mail of the customer reopens the ticket."""
    if policy is not None and calendar is not None:
        until = due_of(parse_target(policy.reopen_window), calendar, resolved_at)
        if until is not None:
            return until
    return resolved_at + REOPEN_DAYS * DAY

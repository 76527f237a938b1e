"""What happened -> who is written to, and when: notices, each with the key that keeps it from being said twice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from mailsla.core.directory import Agent
from mailsla.core.model import Data, Instant, Notice, NoticeState, Reason, Role, Ticket

# Order of urgency (mail.md section 5): relay, escalation, acknowledgement, reminder and the rest, digest. What answers
# a reader's own mail goes with the acknowledgements, and never becomes part of the hourly list that a flood does. So
# what a forger can cause is of the rest: the question "Did you send this?", and transcripts of unproven mail.
REST = 3
URGENCY: Mapping[str, int] = {
    "relay": 0,
    "relay_copy": 0,
    "escalation": 1,
    "operator_alert": 1,
    "acknowledgement": 2,
    "out_of_scope": 2,
    "closing": 2,
    "transcript": 2,
    "explanation": 2,
    "queue_digest": 4,
    "agent_digest": 4,
    "manager_digest": 4,
    "report": 4,
    "customer_report": 4,
    "folded": 4,
}
# Kinds that answer what the reader just did: quiet hours don't hold them back.
AT_ONCE = frozenset({"transcript", "confirmation", "explanation"})
# Mail to a customer that a person wrote; all other kinds are automatic.
WRITTEN_BY_A_PERSON = frozenset({"relay", "relay_copy"})
INSTEAD_OF = "for"  # in a notice's data: the absent agent whose letter somebody else reads
PAST = "from before the database was restored: perhaps sent then"
UNREACHABLE = "@unknown.invalid"  # RFC 2606: the requester of a mail that could not be read


class Hours(Protocol):
    """The calendar of a recipient."""

    def next_open(self, t: Instant) -> Instant | None: ...


def reachable_at(agent: Agent, calendars: Mapping[str, Hours], now: Instant) -> Instant:
    """When the agent's quiet hours are over; `now` when they have none, or when their calendar never opens again."""
    hours = calendars.get(agent.calendar)
    opening = hours.next_open(now) if hours else now
    return now if opening is None else opening


def to_customer(kind: str, ticket: Ticket, key: str, now: Instant, data: Data | None = None) -> Notice:
    """A mail to the requester. A stub ticket has nobody to write to: its notice is muted, visibly."""
    nobody = ticket.requester.endswith(UNREACHABLE)
    return Notice(
        key=key,
        kind=kind,
        ticket_id=ticket.id,
        recipient=ticket.requester,
        person=ticket.requester,
        role=Role.CUSTOMER,
        not_before=now,
        created_at=now,
        urgency=URGENCY.get(kind, REST),
        data=data or {},
        state=NoticeState.MUTED if nobody else NoticeState.PENDING,
        reason="no address to write to" if nobody else "",
    )


def later(notice: Notice, at: Instant) -> Notice:
    """The notice as one that does not go out before that."""
    return replace(notice, not_before=max(at, notice.not_before))


def muted(notice: Notice, why: str) -> Notice:
    """The notice as one that is not sent, with the reason."""
    return replace(notice, state=NoticeState.MUTED, reason=why)


def to_agent(
    kind: str,
    ticket: Ticket | None,
    agent: Agent,
    key: str,
    now: Instant,
    calendars: Mapping[str, Hours],
    data: Data | None = None,
    *,
    role: Role = Role.AGENT,
    override_quiet: bool = False,
) -> Notice:
    """A mail to an agent or manager; their name is added to the key, so that each of several gets theirs."""
    at_once = kind in AT_ONCE or override_quiet
    return Notice(
        key=f"{key}:{agent.name}",
        kind=kind,
        ticket_id=ticket.id if ticket else None,
        recipient=agent.email,
        person=agent.name,
        role=role,
        not_before=now if at_once else reachable_at(agent, calendars, now),
        created_at=now,
        urgency=URGENCY.get(kind, REST),
        data=data or {},
    )


def to_operator(kind: str, address: str, key: str, now: Instant, data: Data, ticket_id: int | None = None) -> Notice:
    """A mail to the person who runs mailsla."""
    return Notice(
        key=f"{key}:operator",
        kind=kind,
        ticket_id=ticket_id,
        recipient=address,
        person="operator",
        role=Role.OPERATOR,
        not_before=now,
        created_at=now,
        urgency=URGENCY.get(kind, REST),
        data=data,
    )


def reason_data(reason: Reason) -> Data:
    """A reason as JSON, for a notice or an event."""
    return {"code": reason.code, "values": dict(reason.values)}


def reason_from(data: object) -> Reason:
    """What `reason_data` made."""
    if not isinstance(data, Mapping) or not isinstance(data.get("code"), str):
        raise ValueError(f"not a reason: {data!r}")
    return Reason(data["code"], dict(data.get("values") or {}))

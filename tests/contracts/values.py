"""Values to store, each complete; what a test is about it names itself."""

from collections.abc import Sequence
from typing import Any

from mailsla.core.model import (
    Breach,
    ClockRow,
    Customer,
    Event,
    Intake,
    Letter,
    Message,
    Notice,
    Role,
    Ticket,
    Token,
)
from mailsla.ports.store import UnitOfWork
from mailsla.ports.store.intake import IntakeStore

NOW = 1_780_000_000  # an instant in 2026
FOREVER = 1 << 40
DAY = 86_400
OWNER = "daemon1"  # who has what is claimed here


def intake(uid: str = "1", **changes: Any) -> Intake:
    values: dict[str, Any] = {
        "mailbox": "support",
        "folder": "INBOX",
        "uidvalidity": 7,
        "uid": uid,
        "sha256": "a" * 64,
        "received_at": NOW,
        "accepted_at": NOW + 1,
    }
    return Intake(**values | changes)


def claim(store: IntakeStore, intake_id: int, owner: str = OWNER, now: int = NOW) -> bool:
    """`owner` takes the mail in work, for a minute at most."""
    found = store.get(intake_id)
    return found is not None and store.claim(found, owner, now, now + 60)


def ticket(customer: Customer, number: int = 1001, **changes: Any) -> Ticket:
    values: dict[str, Any] = {
        "number": number,
        "reference": f"ACME-{number}",
        "mailbox": "support",
        "customer_id": customer.id,
        "requester": customer.email,
        "subject": "Broken kettle",
        "language": "en",
        "zone": "Europe/Dublin",
        "received_at": NOW,
        "opened_at": NOW + 1,
        "triage": {"category": {"code": "keyword", "values": {"word": "broken"}}},
    }
    return Ticket(**values | changes)


def new_ticket(uow: UnitOfWork, **changes: Any) -> int:
    """A ticket of Kim's in the database; its id."""
    kim = uow.tickets.customer("kim@example.org", "Kim", NOW)
    return uow.tickets.add(ticket(kim, uow.tickets.next_number(), **changes))


def message(ticket_id: int, **changes: Any) -> Message:
    values: dict[str, Any] = {
        "ticket_id": ticket_id,
        "direction": "in",
        "kind": "customer",
        "author": "kim@example.org",
        "message_id": "first@mail.example.org",
        "at": NOW,
    }
    return Message(**values | changes)


def event(ticket_id: int, **changes: Any) -> Event:
    values: dict[str, Any] = {
        "ticket_id": ticket_id,
        "at": NOW,
        "recorded_at": NOW + 1,
        "type": "opened",
        "actor": "customer:kim@example.org",
    }
    return Event(**values | changes)


def token(ticket_id: int, token_hash: str = "t" * 64, **changes: Any) -> Token:
    values: dict[str, Any] = {
        "hash": token_hash,
        "ticket_id": ticket_id,
        "person": "sam",
        "role": Role.AGENT,
        "purpose": "reply",
        "created_at": NOW,
    }
    return Token(**values | changes)


def clock(ticket_id: int, metric: str = "first_response", **changes: Any) -> ClockRow:
    values: dict[str, Any] = {
        "ticket_id": ticket_id,
        "policy": "standard",
        "metric": metric,
        "cycle": 1,
        "state": "running",
        "started_at": NOW,
        "target": 14_400,
        "target_version": 1,
        "elapsed": 0,
        "due": NOW + 14_400,
    }
    return ClockRow(**values | changes)


def breach(ticket_id: int, policy_version: int, **changes: Any) -> Breach:
    values: dict[str, Any] = {
        "ticket_id": ticket_id,
        "policy_version": policy_version,
        "metric": "first_response",
        "cycle": 1,
        "target_version": 1,
        "target": 14_400,
        "breached_at": NOW + 14_400,
        "recorded_at": NOW + 14_460,
        "tzdata": "2026.1",
    }
    return Breach(**values | changes)


def notice(key: str, ticket_id: int | None = None, **changes: Any) -> Notice:
    values: dict[str, Any] = {
        "key": key,
        "kind": "acknowledgement",
        "ticket_id": ticket_id,
        "recipient": "kim@example.org",
        "person": "kim@example.org",
        "role": Role.CUSTOMER,
        "not_before": NOW,
        "created_at": NOW,
        "urgency": 2,
        "data": {"first_answer_by": NOW + 14_400},
    }
    return Notice(**values | changes)


def letter(notice_id: int, ticket_id: int | None = None, **changes: Any) -> Letter:
    values: dict[str, Any] = {
        "notice_id": notice_id,
        "kind": "acknowledgement",
        "ticket_id": ticket_id,
        "sender": "support@acme.example",
        "recipient": "kim@example.org",
        "outside": True,
        "automatic": True,
        "message_id": f"letter{notice_id}@acme.example",
        "content": b"Subject: Re: Broken kettle\r\n\r\nWe have it.\r\n",
        "urgency": 2,
        "created_at": NOW,
        "next_at": NOW,
    }
    return Letter(**values | changes)


def new_notices(uow: UnitOfWork, notices: Sequence[Notice]) -> list[int]:
    """Add them; the ids of those that were new, in order."""
    before = {one.id for one in uow.outbox.due_notices(FOREVER, 1000)}
    uow.outbox.add_notices(notices)
    return sorted({one.id for one in uow.outbox.due_notices(FOREVER, 1000)} - before)


def new_letter(uow: UnitOfWork, key: str, ticket_id: int | None = None, **changes: Any) -> int:
    """A letter in the database, of a notice of its own; its id."""
    (notice_id,) = new_notices(uow, [notice(key, ticket_id)])
    (letter_id,) = uow.outbox.add_letters([letter(notice_id, ticket_id, **changes)])
    return letter_id

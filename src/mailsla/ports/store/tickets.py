"""Tickets with their customers, messages, audit events and tokens."""

from collections.abc import Sequence
from typing import Protocol

from mailsla.core.model import Customer, Event, Instant, Message, Posted, StoredAttachment, Ticket, Token


class TicketStore(Protocol):
    """Tickets and what belongs to them."""

    def next_number(self) -> int:
        """1001, 1002, ...; a number given to a rolled back transaction is given again."""

    def add(self, ticket: Ticket) -> int:
        """Insert; the id."""

    def update(self, ticket: Ticket) -> None:
        """Write all columns of the ticket with this id."""

    def get(self, ticket_id: int) -> Ticket | None:
        """By id."""

    def get_all(self, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        """Those that there are, by id."""

    def by_reference(self, reference: str) -> Ticket | None:
        """By "ACME-1042" without regard to case, or by the bare number "1042"."""

    def listed(self, *, statuses: Sequence[str] = (), assignee: str | None = None, limit: int = 500) -> list[Ticket]:
        """Newest first."""

    def page(self, after: int, limit: int) -> list[Ticket]:
        """The next ones by id; `after` 0 begins."""

    def of_customer(self, customer_id: int) -> list[Ticket]:
        """All tickets of a customer, newest first."""

    def last_assignee(self, team: str) -> str | None:
        """Who of the team was given a ticket last (round robin)."""

    def assignees(self, statuses: Sequence[str]) -> list[str]:
        """Who has tickets of these statuses, each once, in the order of the alphabet."""

    def load(self, agents: Sequence[str], statuses: Sequence[str]) -> dict[str, int]:
        """How many tickets of these statuses each has; who has none is left out."""

    def customer(self, email: str, name: str, now: Instant) -> Customer:
        """The customer with this address; made when new. A name is kept when there was none."""

    def save_customer(self, customer: Customer) -> None:
        """Write language, zone, name and mail_stopped_until."""

    def customer_by_email(self, email: str) -> Customer | None:
        """Without making one."""

    def customers_by_email(self, emails: Sequence[str]) -> dict[str, Customer]:
        """The same for many lower-case addresses; those of nobody are left out."""

    def participants(self, ticket_id: int) -> set[str]:
        """Lower-case addresses of the customers who may read this ticket: the requester, and whom an agent admitted."""

    def admit(self, ticket_id: int, email: str) -> None:
        """Add a participant; twice is once."""

    def dismiss(self, ticket_id: int, email: str) -> None:
        """Take a participant away; nothing where they were none."""

    def add_message(self, message: Message, attachments: Sequence[StoredAttachment] = ()) -> int:
        """Insert both (attachments' message_id is set here); the id."""

    def messages(self, ticket_id: int) -> list[Message]:
        """The conversation, oldest first."""

    def message(self, message_id: int) -> Message | None:
        """One message, by id."""

    def messages_by_id(self, message_ids: Sequence[int]) -> dict[int, Message]:
        """Those that there are, by id."""

    def move_message(self, message_id: int, ticket_id: int) -> None:
        """Into the conversation of another ticket, with its attachments."""

    def attachments(self, message_id: int) -> list[StoredAttachment]:
        """Of one message."""

    def attachments_of(self, message_ids: Sequence[int]) -> dict[int, list[StoredAttachment]]:
        """The same for many; a message without has an empty list."""

    def posted_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Posted]]:
        """The mails of each ticket that customers wrote (internal ones left out), then the letters on it, oldest
        first."""

    def tickets_by_message_ids(self, message_ids: Sequence[str]) -> list[tuple[str, int, str | None]]:
        """(Message-ID, ticket id, reader): tickets that hold an inbound mail with one of these Message-IDs (reader
        None), or that one of our letters with such a Message-ID is about (its recipient)."""

    def answered_before(self, message_id: str, author: str) -> list[int]:
        """Tickets that hold a mail of this author (lower case) which refers to this Message-ID, the newest mail first;
        their newest 50 mails are looked at."""

    def letter_by_message_id(self, message_id: str) -> tuple[int, int | None, str] | None:
        """(letter id, ticket id, recipient) of a letter of ours."""

    def add_events(self, events: Sequence[Event]) -> None:
        """Append, in order."""

    def events(self, ticket_id: int) -> list[Event]:
        """All of a ticket, ordered by (at, id)."""

    def events_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Event]]:
        """The same for many."""

    def add_tokens(self, tokens: Sequence[Token]) -> None:
        """Insert."""

    def token(self, token_hash: str) -> Token | None:
        """By hash."""

    def use_token(self, token_hash: str, now: Instant) -> bool:
        """Set used_at where it was not set; False when it was."""

    def use_confirmations(self, ticket_id: int, intake_id: int, now: Instant) -> bool:
        """Set used_at of the tokens of the ticket that let this held mail go; False when all had it."""

    def expire_tokens(self, ticket_id: int, at: Instant | None) -> None:
        """Set expires_at of the ticket's tokens (None: they do not expire, after a reopening); those of links end by
        themselves."""

"""Tickets, customers, conversation, audit trail and tokens in the database (ports.store.tickets)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, literal, null, select, union_all, update

from mailsla.adapters.db.rows import Rows, slices
from mailsla.adapters.db.schema import (
    attachments,
    counters,
    customers,
    events,
    letters,
    messages,
    participants,
    tickets,
    tokens,
)
from mailsla.adapters.db.upsert import InsertInto, Statement, upsert
from mailsla.core.access.tokens import OF_LINKS
from mailsla.core.model import Customer, Event, Instant, Message, Posted, StoredAttachment, Ticket, Token

FIRST_NUMBER = 1001
_LONGEST_NUMBER = 18  # digits that surely fit 64 bits
_ANSWERS_SEARCHED = 50  # a mail is overtaken by the next ones, not by what its author writes weeks later

_TICKET = Rows(tickets, Ticket)
_CUSTOMER = Rows(customers, Customer)
_MESSAGE = Rows(messages, Message)
_ATTACHMENT = Rows(attachments, StoredAttachment)
_EVENT = Rows(events, Event)
_TOKEN = Rows(tokens, Token)


def _next_number(into: InsertInto) -> Statement:
    return (
        into(counters)
        .values(name="ticket", value=FIRST_NUMBER)
        .on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )


def _customer(into: InsertInto) -> Statement:
    statement = into(customers)
    name = case((customers.c.name == "", statement.excluded.name), else_=customers.c.name)
    return statement.on_conflict_do_update(index_elements=["email"], set_={"name": name}).returning(*_CUSTOMER.columns)


_NEXT_NUMBER = upsert(_next_number)
_MAKE_CUSTOMER = upsert(_customer)
_ADMIT = upsert(lambda into: into(participants).on_conflict_do_nothing(index_elements=["ticket_id", "email"]))

_ADD_TICKET = insert(tickets).returning(tickets.c.id)
_UPDATE_TICKET = update(tickets).where(tickets.c.id == bindparam("of"))
_TICKETS = select(*_TICKET.columns)
_GET_TICKET = _TICKETS.where(tickets.c.id == bindparam("id"))
_GET_TICKETS = _TICKETS.where(tickets.c.id.in_(bindparam("ids", expanding=True)))
_TICKET_BY_NUMBER = _TICKETS.where(tickets.c.number == bindparam("number"))
_NEWEST_TICKETS = _TICKETS.order_by(tickets.c.id.desc()).limit(bindparam("most"))
_PAGE = _TICKETS.where(tickets.c.id > bindparam("after")).order_by(tickets.c.id).limit(bindparam("most"))
_TICKETS_OF_CUSTOMER = _TICKETS.where(tickets.c.customer_id == bindparam("customer_id")).order_by(tickets.c.id.desc())
_LAST_ASSIGNEE = (
    select(tickets.c.assignee)
    .where(tickets.c.team == bindparam("team"), tickets.c.assignee.is_not(None))
    .order_by(tickets.c.id.desc())
    .limit(1)
)
_LOAD = (
    select(tickets.c.assignee, func.count().label("load"))
    .where(
        tickets.c.assignee.in_(bindparam("agents", expanding=True)),
        tickets.c.status.in_(bindparam("statuses", expanding=True)),
    )
    .group_by(tickets.c.assignee)
)
_ASSIGNEES = (
    select(tickets.c.assignee)
    .where(tickets.c.assignee.is_not(None), tickets.c.status.in_(bindparam("statuses", expanding=True)))
    .distinct()
    .order_by(tickets.c.assignee)
)
_SAVE_CUSTOMER = update(customers).where(customers.c.id == bindparam("of"))
_CUSTOMER_BY_EMAIL = select(*_CUSTOMER.columns).where(customers.c.email == bindparam("email"))
_CUSTOMERS = select(*_CUSTOMER.columns).where(customers.c.email.in_(bindparam("emails", expanding=True)))
_PARTICIPANTS = union_all(
    select(tickets.c.requester).where(tickets.c.id == bindparam("ticket_id")),
    select(participants.c.email).where(participants.c.ticket_id == bindparam("ticket_id")),
)
_DISMISS = delete(participants).where(
    participants.c.ticket_id == bindparam("of"), participants.c.email == bindparam("who")
)
_ADD_MESSAGE = insert(messages).returning(messages.c.id)
_ADD_ATTACHMENTS = insert(attachments)
_MOVE_MESSAGE = update(messages).where(messages.c.id == bindparam("of"))
_MESSAGES = (
    select(*_MESSAGE.columns)
    .where(messages.c.ticket_id == bindparam("ticket_id"))
    .order_by(messages.c.at, messages.c.id)
)
_GET_MESSAGE = select(*_MESSAGE.columns).where(messages.c.id == bindparam("id"))
_GET_MESSAGES = select(*_MESSAGE.columns).where(messages.c.id.in_(bindparam("ids", expanding=True)))
_ATTACHMENTS = (
    select(*_ATTACHMENT.columns)
    .where(attachments.c.message_id.in_(bindparam("message_ids", expanding=True)))
    .order_by(attachments.c.id)
)
_POSTED = union_all(
    select(
        messages.c.ticket_id, messages.c.at, messages.c.message_id, literal("").label("recipient"), messages.c.id
    ).where(
        messages.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)),
        messages.c.kind == "customer",
        messages.c.message_id != "",
        ~messages.c.internal,
    ),
    select(letters.c.ticket_id, letters.c.created_at, letters.c.message_id, letters.c.recipient, letters.c.id).where(
        letters.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)), letters.c.outside
    ),
)
_BY_MESSAGE_IDS = union_all(
    select(messages.c.message_id, messages.c.ticket_id, null().label("reader")).where(
        messages.c.message_id.in_(bindparam("ids", expanding=True)), messages.c.direction == "in"
    ),
    select(letters.c.message_id, letters.c.ticket_id, letters.c.recipient).where(
        letters.c.message_id.in_(bindparam("ids", expanding=True)), letters.c.ticket_id.is_not(None)
    ),
)
_NEWEST_OF_AUTHOR = (
    select(messages.c.ticket_id, messages.c.references)
    .where(messages.c.author == bindparam("author"), messages.c.direction == "in")
    .order_by(messages.c.at.desc(), messages.c.id.desc())
    .limit(_ANSWERS_SEARCHED)
)
_LETTER_BY_MESSAGE_ID = (
    select(letters.c.id, letters.c.ticket_id, letters.c.recipient)
    .where(letters.c.message_id == bindparam("message_id"))
    .order_by(letters.c.id)
    .limit(1)
)
_ADD_EVENTS = insert(events)
_EVENTS = (
    select(*_EVENT.columns)
    .where(events.c.ticket_id.in_(bindparam("ticket_ids", expanding=True)))
    .order_by(events.c.at, events.c.id)
)
_ADD_TOKENS = insert(tokens)
_GET_TOKEN = select(*_TOKEN.columns).where(tokens.c.hash == bindparam("hash"))
_USE_TOKEN = update(tokens).where(tokens.c.hash == bindparam("of"), tokens.c.used_at.is_(None))
_EXPIRE_TOKENS = update(tokens).where(tokens.c.ticket_id == bindparam("of"), tokens.c.purpose.not_in(sorted(OF_LINKS)))
_USE_CONFIRMATIONS = update(tokens).where(
    tokens.c.ticket_id == bindparam("of"),
    tokens.c.intake_id == bindparam("held"),
    tokens.c.used_at.is_(None),
)


class SqlTicketStore:
    """ports.store.tickets.TicketStore on an open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def next_number(self) -> int:
        """1001, 1002, ..."""
        return int(self._connection.execute(_NEXT_NUMBER[self._dialect]).scalar_one())

    def add(self, ticket: Ticket) -> int:
        """Insert; the id."""
        return int(self._connection.execute(_ADD_TICKET, _TICKET.write(ticket)).scalar_one())

    def update(self, ticket: Ticket) -> None:
        """Write all columns; LookupError where there is no such ticket."""
        written = self._connection.execute(_UPDATE_TICKET, {"of": ticket.id, **_TICKET.write(ticket)})
        if written.rowcount != 1:
            raise LookupError(f"no ticket with id {ticket.id}")

    def get(self, ticket_id: int) -> Ticket | None:
        """By id."""
        return _TICKET.read_optional(self._connection.execute(_GET_TICKET, {"id": ticket_id}).first())

    def get_all(self, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        """Those that there are, by id."""
        found: dict[int, Ticket] = {}
        for ids in slices(ticket_ids):
            found |= {row.id: _TICKET.read(row) for row in self._connection.execute(_GET_TICKETS, {"ids": ids})}
        return found

    def by_reference(self, reference: str) -> Ticket | None:
        """By "ACME-1042" in any case, or "1042"."""
        wanted = reference.strip()
        prefix, _, digits = wanted.rpartition("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
            return None
        found = self._connection.execute(_TICKET_BY_NUMBER, {"number": int(digits)}).first()
        ticket = _TICKET.read_optional(found)
        if ticket is None or (prefix and ticket.reference.casefold() != wanted.casefold()):
            return None
        return ticket

    def listed(self, *, statuses: Sequence[str] = (), assignee: str | None = None, limit: int = 500) -> list[Ticket]:
        """Newest first."""
        statement, keys = _NEWEST_TICKETS, dict[str, Any](most=limit)
        if statuses:
            statement = statement.where(tickets.c.status.in_(bindparam("statuses", expanding=True)))
            keys["statuses"] = list(statuses)
        if assignee is not None:
            statement = statement.where(tickets.c.assignee == bindparam("assignee"))
            keys["assignee"] = assignee
        return _TICKET.read_all(self._connection.execute(statement, keys))

    def page(self, after: int, limit: int) -> list[Ticket]:
        """The next ones by id."""
        return _TICKET.read_all(self._connection.execute(_PAGE, {"after": after, "most": limit}))

    def of_customer(self, customer_id: int) -> list[Ticket]:
        """Newest first."""
        return _TICKET.read_all(self._connection.execute(_TICKETS_OF_CUSTOMER, {"customer_id": customer_id}))

    def last_assignee(self, team: str) -> str | None:
        """The assignee of the team's newest ticket that has one."""
        return self._connection.execute(_LAST_ASSIGNEE, {"team": team}).scalar_one_or_none()

    def assignees(self, statuses: Sequence[str]) -> list[str]:
        """Who has tickets of these statuses, each once, in the order of the alphabet."""
        return list(self._connection.execute(_ASSIGNEES, {"statuses": list(statuses)}).scalars())

    def load(self, agents: Sequence[str], statuses: Sequence[str]) -> dict[str, int]:
        """How many tickets of these statuses each has; who has none is left out."""
        found = self._connection.execute(_LOAD, {"agents": list(agents), "statuses": list(statuses)})
        return {row.assignee: row.load for row in found}

    def customer(self, email: str, name: str, now: Instant) -> Customer:
        """The customer with this address, made when new."""
        new = Customer(email=email.lower(), name=name, first_seen_at=now)
        made = self._connection.execute(_MAKE_CUSTOMER[self._dialect], _CUSTOMER.write(new))
        return _CUSTOMER.read(made.one())

    def save_customer(self, customer: Customer) -> None:
        """Write what may change of a customer; LookupError where there is no such customer."""
        written = self._connection.execute(
            _SAVE_CUSTOMER,
            {
                "of": customer.id,
                "name": customer.name,
                "language": customer.language,
                "zone": customer.zone,
                "mail_stopped_until": customer.mail_stopped_until,
            },
        )
        if written.rowcount != 1:
            raise LookupError(f"no customer with id {customer.id}")

    def customer_by_email(self, email: str) -> Customer | None:
        """Without making one."""
        found = self._connection.execute(_CUSTOMER_BY_EMAIL, {"email": email.lower()}).first()
        return _CUSTOMER.read_optional(found)

    def customers_by_email(self, emails: Sequence[str]) -> dict[str, Customer]:
        """The same for many."""
        rows = (row for some in slices(emails) for row in self._connection.execute(_CUSTOMERS, {"emails": some}))
        return {customer.email: customer for customer in map(_CUSTOMER.read, rows)}

    def participants(self, ticket_id: int) -> set[str]:
        """The requester, and whom an agent admitted; lower case."""
        found = self._connection.execute(_PARTICIPANTS, {"ticket_id": ticket_id}).scalars()
        return {email.lower() for email in found}

    def admit(self, ticket_id: int, email: str) -> None:
        """Add a participant; twice is once."""
        self._connection.execute(_ADMIT[self._dialect], {"ticket_id": ticket_id, "email": email.lower()})

    def dismiss(self, ticket_id: int, email: str) -> None:
        """Delete the row, if there is one."""
        self._connection.execute(_DISMISS, {"of": ticket_id, "who": email.lower()})

    def add_message(self, message: Message, attachments: Sequence[StoredAttachment] = ()) -> int:
        """Insert both; the message's id."""
        message_id = int(self._connection.execute(_ADD_MESSAGE, _MESSAGE.write(message)).scalar_one())
        if attachments:
            rows = [_ATTACHMENT.write(attachment) | {"message_id": message_id} for attachment in attachments]
            self._connection.execute(_ADD_ATTACHMENTS, rows)
        return message_id

    def messages(self, ticket_id: int) -> list[Message]:
        """The conversation, ordered by (at, id)."""
        return _MESSAGE.read_all(self._connection.execute(_MESSAGES, {"ticket_id": ticket_id}))

    def message(self, message_id: int) -> Message | None:
        """By id."""
        return _MESSAGE.read_optional(self._connection.execute(_GET_MESSAGE, {"id": message_id}).first())

    def messages_by_id(self, message_ids: Sequence[int]) -> dict[int, Message]:
        """Those that there are, by id."""
        found: dict[int, Message] = {}
        for ids in slices(message_ids):
            rows = self._connection.execute(_GET_MESSAGES, {"ids": ids})
            found |= {row.id: _MESSAGE.read(row) for row in rows}
        return found

    def move_message(self, message_id: int, ticket_id: int) -> None:
        """Into the conversation of another ticket."""
        self._connection.execute(_MOVE_MESSAGE, {"of": message_id, "ticket_id": ticket_id})

    def attachments(self, message_id: int) -> list[StoredAttachment]:
        """Of one message, in the order they were added."""
        return self.attachments_of([message_id])[message_id]

    def attachments_of(self, message_ids: Sequence[int]) -> dict[int, list[StoredAttachment]]:
        """The same for many."""
        found: dict[int, list[StoredAttachment]] = {message_id: [] for message_id in message_ids}
        for ids in slices(message_ids):
            for row in self._connection.execute(_ATTACHMENTS, {"message_ids": ids}):
                found[row.message_id].append(_ATTACHMENT.read(row))
        return found

    def posted_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Posted]]:
        """What customers wrote and what they got, oldest first; theirs before ours of the same second."""
        found: dict[int, list[Posted]] = {ticket_id: [] for ticket_id in ticket_ids}
        for ids in slices(ticket_ids):
            rows = self._connection.execute(_POSTED, {"ticket_ids": ids}).all()
            for row in sorted(rows, key=lambda row: (row.at, row.recipient != "", row.id)):
                found[row.ticket_id].append(Posted(row.at, row.message_id, row.recipient))
        return found

    def tickets_by_message_ids(self, message_ids: Sequence[str]) -> list[tuple[str, int, str | None]]:
        """(Message-ID, ticket id, reader of ours)."""
        found: list[tuple[str, int, str | None]] = []
        for ids in slices(message_ids):
            rows = self._connection.execute(_BY_MESSAGE_IDS, {"ids": ids})
            found.extend((message_id, ticket_id, reader) for message_id, ticket_id, reader in rows)
        return found

    def answered_before(self, message_id: str, author: str) -> list[int]:
        """Ticket ids, newest mail first."""
        rows = self._connection.execute(_NEWEST_OF_AUTHOR, {"author": author})
        return list(dict.fromkeys(ticket_id for ticket_id, references in rows if message_id in references))

    def letter_by_message_id(self, message_id: str) -> tuple[int, int | None, str] | None:
        """(letter id, ticket id, recipient)."""
        row = self._connection.execute(_LETTER_BY_MESSAGE_ID, {"message_id": message_id}).first()
        return None if row is None else (row.id, row.ticket_id, row.recipient)

    def add_events(self, events: Sequence[Event]) -> None:
        """Append, in order."""
        if events:
            self._connection.execute(_ADD_EVENTS, [_EVENT.write(event) for event in events])

    def events(self, ticket_id: int) -> list[Event]:
        """Ordered by (at, id)."""
        return self.events_of([ticket_id])[ticket_id]

    def events_of(self, ticket_ids: Sequence[int]) -> dict[int, list[Event]]:
        """The same for many."""
        found: dict[int, list[Event]] = {ticket_id: [] for ticket_id in ticket_ids}
        for ids in slices(ticket_ids):
            for row in self._connection.execute(_EVENTS, {"ticket_ids": ids}):
                found[row.ticket_id].append(_EVENT.read(row))
        return found

    def add_tokens(self, tokens: Sequence[Token]) -> None:
        """Insert."""
        if tokens:
            self._connection.execute(_ADD_TOKENS, [_TOKEN.write(token) for token in tokens])

    def token(self, token_hash: str) -> Token | None:
        """By hash."""
        return _TOKEN.read_optional(self._connection.execute(_GET_TOKEN, {"hash": token_hash}).first())

    def use_token(self, token_hash: str, now: Instant) -> bool:
        """Use it up, once."""
        return self._connection.execute(_USE_TOKEN, {"of": token_hash, "used_at": now}).rowcount == 1

    def use_confirmations(self, ticket_id: int, intake_id: int, now: Instant) -> bool:
        """Use up all that let a held mail go; False when that was done before."""
        given = {"of": ticket_id, "held": intake_id, "used_at": now}
        return self._connection.execute(_USE_CONFIRMATIONS, given).rowcount > 0

    def expire_tokens(self, ticket_id: int, at: Instant | None) -> None:
        """Set when the ticket's tokens expire, but for those of links."""
        self._connection.execute(_EXPIRE_TOKENS, {"of": ticket_id, "expires_at": at})

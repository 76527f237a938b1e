"""The contract of what mailboxes show: where customers' mails lie, and a row for each that has something of ours."""

from dataclasses import replace
from typing import Any

from mailsla.adapters.db.store import SqlStore
from mailsla.core.display import Place, Shown
from mailsla.core.model import IntakeState, Message, Status
from mailsla.ports.store import UnitOfWork
from tests.contracts.values import NOW, intake, new_ticket


def customer_mail(uow: UnitOfWork, uid: str, ticket: int, *, kind: str = "customer", **changes: Any) -> int:
    (mail,) = uow.intake.add([intake(uid, sha256=uid * 64, state=IntakeState.DONE, ticket_id=ticket, **changes)])
    uow.tickets.add_message(
        Message(ticket_id=ticket, direction="in", kind=kind, author="kim@example.org", at=NOW, intake_id=mail)
    )
    return mail


def shown(mail: int, **changes: Any) -> Shown:
    values: dict[str, Any] = {"mailbox": "support", "seen": mail, "folder": "INBOX", "uidvalidity": 7, "uid": "1"}
    return Shown(mail=mail, **values | changes)


def test_mails_of_customers_on_tickets_that_have_not_ended_are_found(store: SqlStore) -> None:
    with store.begin() as uow:
        open_one = new_ticket(uow, status=Status.WAITING_CUSTOMER, priority="high")
        ended = new_ticket(uow, status=Status.CLOSED)
        mail = customer_mail(uow, "1", open_one)
        customer_mail(uow, "2", open_one, kind="agent_reply")
        customer_mail(uow, "3", ended)
        customer_mail(uow, "4", open_one, mailbox="sales")
        customer_mail(uow, "5", open_one, uidvalidity=6)
        assert uow.display.places("support", "INBOX", 7) == [
            Place(mail=mail, seen=mail, uid="1", ticket_id=open_one, status=Status.WAITING_CUSTOMER, priority="high")
        ]


def test_one_that_was_seen_again_is_the_same_mail_at_the_newer_place(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket = new_ticket(uow)
        mail = customer_mail(uow, "1", ticket)
        (again,) = uow.intake.add([intake("9", state=IntakeState.DUPLICATE, duplicate_of=mail, ticket_id=ticket)])
        found = uow.display.places("support", "INBOX", 7)
        assert [(one.mail, one.seen, one.uid) for one in found] == [(mail, mail, "1"), (mail, again, "9")]


def test_rows_are_kept_changed_and_forgotten(store: SqlStore) -> None:
    with store.begin() as uow:
        ticket = new_ticket(uow)
        first, second, other = (
            shown(customer_mail(uow, uid, ticket), mailbox=box)
            for uid, box in (("1", "support"), ("2", "support"), ("3", "sales"))
        )
        uow.display.save([first, second, other])
        changed = replace(first, flags=("a", "b"), theirs=("\\Flagged",), moved_to="Done", folder="Done", sure=False)
        uow.display.save([changed])
        assert uow.display.shown("support") == [changed, second]
        uow.display.forget([changed.mail])
        uow.display.forget([])
        assert uow.display.shown("support") == [second]
        assert uow.display.shown("sales") == [other]

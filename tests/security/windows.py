"""Automatic mail that a ticket has had already, and one more try: to stand at the edge of a budget."""

from collections.abc import Sequence
from dataclasses import replace

from mailsla.core.model import LetterState, NoticeState
from mailsla.core.notices import to_customer
from mailsla.flows import delivery
from tests.contracts.values import letter
from tests.flows.office import Office

BATCH = 50


def sent_before(office: Office, count: int, step: int, *, elsewhere: bool = False) -> None:
    """So many automatic letters, one each `step` seconds until now, each to somebody else; elsewhere: on no ticket."""
    ticket = office.ticket()
    numbers = range(1, count + 1)
    notices = [
        replace(
            to_customer("status_answer", ticket, f"before:{number}", office.now - step * number),
            recipient=f"other{number}@mail.example",
            ticket_id=None if elsewhere else ticket.id,
            state=NoticeState.RENDERED,
        )
        for number in numbers
    ]
    with office.services.store.begin() as uow:
        uow.outbox.add_notices(notices)
        uow.commit()
    ids = [row[0] for row in office.query("SELECT id FROM notices WHERE key LIKE 'before:%' ORDER BY id")]
    for start in range(0, count, BATCH):
        _add(office, ids[start : start + BATCH], numbers[start : start + BATCH], step, None if elsewhere else ticket.id)


def _add(office: Office, ids: Sequence[int], numbers: Sequence[int], step: int, ticket_id: int | None) -> None:
    rows = [
        letter(
            notice_id,
            ticket_id,
            kind="status_answer",
            recipient=f"other{number}@mail.example",
            created_at=office.now - step * number,
            sent_at=office.now - step * number,
            state=LetterState.SENT,
        )
        for notice_id, number in zip(ids, numbers, strict=True)
    ]
    with office.services.store.begin() as uow:
        uow.outbox.add_letters(rows)
        uow.commit()


def try_one(office: Office, key: str) -> str:
    """One more automatic letter to the ticket's customer: why it does not go out now, "" when it does."""
    ticket = office.ticket()
    with office.services.store.begin() as uow:
        uow.outbox.add_notices([to_customer("status_answer", ticket, key, office.now)])
        uow.commit()
    while delivery.render_due(office.services):
        pass
    made = next(one for one in office.notices("status_answer") if one.key == key)
    assert made.state in (NoticeState.RENDERED, NoticeState.MUTED, NoticeState.PENDING), made
    return made.reason if made.state is not NoticeState.RENDERED else ""

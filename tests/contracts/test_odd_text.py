"""What may stand in a mail can be stored and asked for, though no database keeps all of it (types.MailText)."""

import pytest

from mailsla.adapters.db.store import SqlStore
from mailsla.core.model import NoticeState, StoredAttachment
from tests.contracts.values import NOW, event, message, new_notices, new_ticket, notice


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800b", "a\udcffb"], ids=["NUL", "lone surrogate", "undecodable byte"])
def test_odd_text_is_kept_and_found_again(store: SqlStore, odd: str) -> None:
    with store.begin() as uow:
        customer = uow.tickets.customer(f"{odd}@example.org", odd, NOW)
        assert uow.tickets.customer_by_email(f"{odd}@example.org") == customer
        ticket_id = new_ticket(uow, subject=odd, triage={"word": odd}, requester=odd)
        uow.tickets.admit(ticket_id, odd)
        file = StoredAttachment(message_id=0, name=odd, type=odd, size=1, sha256="a", part="2")
        number = uow.tickets.add_message(
            message(ticket_id, message_id=odd, text=odd, author=odd, subject=odd, references=(odd,)), [file]
        )
        assert [one.name.replace("\ufffd", "") for one in uow.tickets.attachments(number)] == ["ab"]
        assert [found for _, found, _ in uow.tickets.tickets_by_message_ids([odd])] == [ticket_id]
        assert uow.tickets.letter_by_message_id(odd) is None
        assert uow.tickets.by_reference(odd) is None
        uow.tickets.add_events([event(ticket_id, actor=odd, data={"text": odd})])
        assert [one.data for one in uow.tickets.events(ticket_id)] == [{"text": odd}]
        (notice_id,) = new_notices(uow, [notice(odd, ticket_id, recipient=odd, person=odd, data={"to": odd})])
        assert [one.id for one in uow.outbox.pending_for(odd)] == [notice_id]
        uow.outbox.settle_notice(notice_id, NoticeState.FOLDED, odd)
        assert [one.id for one in uow.outbox.folded(odd)] == [notice_id]

"""Whether an agent's answer is on its way: what will be true when it is sent need not be warned of before."""

from mailsla.core.model import LetterState
from mailsla.ports.store import UnitOfWork


def answer_waits(uow: UnitOfWork, ticket_id: int) -> bool:
    """Whether an answer to the ticket's customer waits to be written or sent."""
    if any(notice.kind == "relay" for notice in uow.outbox.pending_of(ticket_id)):
        return True
    queued = uow.outbox.letters(states=(LetterState.QUEUED, LetterState.SENDING), ticket_id=ticket_id)
    return any(letter.kind == "relay" for letter in queued)

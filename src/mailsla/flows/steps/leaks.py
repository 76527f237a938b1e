"""What of our inside stands in a finished mail: the leak check on the bytes (mail.md section 4)."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from mailsla.core.access.tokens import hash_token
from mailsla.core.directory import Directory
from mailsla.core.leaks import agent_address_in, note_words_in, possible_tokens
from mailsla.core.model import Letter, Role
from mailsla.core.notices import WRITTEN_BY_A_PERSON
from mailsla.ports.store import UnitOfWork

INTERNAL = b"x-mailsla-"
MOST_TOKENS = 100


def leak_in_letter(uow: UnitOfWork, directory: Directory, letter: Letter) -> str:
    """What a letter to the outside must not hold, and does; "" when it holds nothing of the kind.

    Our headers in no letter. Of what a person wrote all else too; the other letters are our own fixed text.
    """
    if not letter.outside:
        return ""
    if INTERNAL in letter.content.lower():
        return "a header of mail to agents"
    if letter.kind not in WRITTEN_BY_A_PERSON:
        return ""
    text = readable(letter.content)
    if address := agent_address_in(text, directory, but=letter.recipient):
        return f"the address of an agent: {address}"
    if staff_token_in(uow, text):
        return "a reply address of one of us"
    words = words_of_note_in(uow, letter.ticket_id, text) if letter.ticket_id is not None else ""
    return f"words of a note: {words[:80]}" if words else ""


def words_of_note_in(uow: UnitOfWork, ticket_id: int, text: str) -> str:
    """The first words of a note on the ticket that a text has, and no mail of the customer; "" when there are none.

    Notes alone: what an agent wrote without a token became a comment, and may be the very text they now send.
    """
    messages = uow.tickets.messages(ticket_id)
    notes = [one.text for one in messages if one.kind == "note"]
    return note_words_in(text, notes, (one.text for one in messages if one.kind == "customer")) if notes else ""


def readable(raw: bytes) -> str:
    """All that a reader of the mail can see: its headers and its parts, decoded, besides the bytes themselves."""
    pieces = [raw.decode("latin-1")]
    for part in message_from_bytes(raw).walk():
        pieces.extend(str(make_header(decode_header(str(value)))) for value in part.values())
        pieces.append(_decoded(part))
    return "\n".join(pieces)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def staff_token_in(uow: UnitOfWork, text: str) -> str:
    """The first token in a text that is a right of one of us, "" when none is."""
    for token in possible_tokens(text)[:MOST_TOKENS]:
        row = uow.tickets.token(hash_token(token))
        if row is not None and row.role is not Role.CUSTOMER:
            return token
    return ""

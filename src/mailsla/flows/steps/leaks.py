"""All of a finished mail that its reader can see, for the leak check on the bytes (mail.md section 4)."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message


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

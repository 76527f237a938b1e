"""What goes to a customer holds no address of our people (mail.md section 4: the leak check on the bytes)."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from mailsla.core.directory import Directory


def agent_address_in(text: str, directory: Directory, *, but: str) -> str:
    """The first address of an agent that stands in the text, "" when none does. `but`: the reader's own address."""
    text = text.lower()
    addresses = (email for agent in directory.agents.values() for email in sorted(agent.emails))
    return next((email for email in addresses if email != but.lower() and _stands_in(email, text)), "")


def readable(raw: bytes) -> str:
    """All that a reader of the mail can see: its headers and its parts, decoded, besides the bytes themselves."""
    pieces = [raw.decode("latin-1")]
    for part in message_from_bytes(raw).walk():
        pieces.extend(str(make_header(decode_header(str(value)))) for value in part.values())
        pieces.append(_decoded(part))
    return "\n".join(pieces)


def _stands_in(email: str, text: str) -> bool:
    """As an address of its own: sam@acme.example is not in williamsam@acme.example."""
    return email in text and re.search(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", text) is not None


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""

"""Mails inside a mail: message/rfc822 parts, and inline forwards where a program marked them plainly."""

from collections.abc import Callable

import quotequail

from mailsla.core.mail import headers as h
from mailsla.core.mail import mime, quotes
from mailsla.core.mail.addresses import loose_mailbox, strict_mailbox
from mailsla.core.mail.limits import Limits
from mailsla.core.mail.parsed import Forwarded

_INLINE_LINES = 400


def attached(raw: bytes, leaf: mime.Part, limits: Limits, body_text: Callable[[bytes, mime.Part], str]) -> Forwarded:
    """What a message/rfc822 leaf holds, one level deep: what is forwarded inside it stays an attachment of it."""
    inner = leaf.payload(raw)
    root, _ = mime.walk(inner, limits)
    value = root.headers.first("from")
    return Forwarded(
        sender=strict_mailbox(value) or loose_mailbox(value),
        subject=h.decode_words(root.headers.first("subject")),
        text=body_text(inner, root),
        message_id=message_id(root.headers.first("message-id")),
        part=leaf.path,
    )


def inline(text: str) -> Forwarded | None:
    """The mail behind a "Forwarded message" line, None unless its own header block tells a sender."""
    if not any(word in text for word in ("---", "___", ":\n", ":\r\n")):
        return None
    lines = text.split("\n")
    at = next((n for n, line in enumerate(lines) if quotes.separator(line) == "forwarded"), None)
    if at is None:
        return None
    block = next((n for n in range(at + 1, min(at + 6, len(lines))) if quotes.label(lines[n])), None)
    if block is None:
        return None
    # quotequail reads the block; it is slow by the line, so it gets the forward alone.
    near = "\n".join(("---------- Forwarded message ----------", *lines[block : block + _INLINE_LINES]))
    found = quotequail.unwrap(near)
    sender = loose_mailbox(found.get("from", "")) if found else None
    if not found or sender is None:
        return None
    rest = "\n".join(lines[block + _INLINE_LINES :])
    return Forwarded(sender, h.clean(found.get("subject", "")), f"{found.get('text', '')}\n{rest}".strip(), "", "")


def message_id(value: str) -> str:
    """The id of a Message-ID value without brackets, "" when it has no "@" (such never join, mail.md section 3)."""
    inner = value[value.rfind("<") + 1 :].partition(">")[0].strip() if "<" in value else value.strip()
    parts = inner.split()
    return parts[0] if len(parts) == 1 and "@" in inner and len(inner) <= 500 else ""

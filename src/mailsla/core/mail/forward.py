"""Mails inside a mail: message/rfc822 parts, and inline forwards where a program marked them plainly."""

import re
from collections.abc import Callable, Iterator

import quotequail

from mailsla.core.mail import headers as h
from mailsla.core.mail import mime, quotes, reply
from mailsla.core.mail.addresses import loose_mailbox, strict_mailbox
from mailsla.core.mail.body import Body
from mailsla.core.mail.identifiers import message_id
from mailsla.core.mail.limits import Limits
from mailsla.core.mail.parsed import Attachment, Forwarded
from mailsla.core.mail.words import lists

_INLINE_LINES = 400
_SEARCHED_LINES = 2000
_END = re.compile(r"^-{3,} ?End forwarded message ?-{3,}$", re.MULTILINE)  # mutt's


Reader = Callable[[bytes, mime.Part], tuple[Body, tuple[Attachment, ...]]]


def attached(raw: bytes, leaf: mime.Part, limits: Limits, read: Reader) -> Forwarded:
    """What a message/rfc822 leaf holds, one level deep: what is forwarded inside it stays an attachment of it."""
    inner = leaf.payload(raw)
    root, _ = mime.walk(inner, limits)
    value = root.headers.first("from")
    subject = h.decode_words(root.headers.first("subject"))
    body, attachments = read(inner, root)
    return Forwarded(
        sender=strict_mailbox(value) or loose_mailbox(value),
        subject=subject,
        text=body.text,
        message_id=message_id(root.headers.first("message-id")),
        part=leaf.path,
        new_text=reply.split(body.marked, sure=body.html_only, forward=says_so(subject)).text,
        attachments=attachments,
    )


def says_so(subject: str) -> bool:
    """Whether a subject begins as programs write it when a mail is passed on ("Fwd:", "WG:", ...)."""
    return subject.lower().lstrip("[( ").startswith(lists("reply_words")["passed_on"])


def inline(text: str, by_subject: bool) -> Forwarded | None:
    """The mail that was passed on in the text, None unless its own header block tells a sender.

    A "Forwarded message" line begins it; when the subject says so (`by_subject`), an "Original Message" line
    or a bare header block does too, as Outlook forwards.
    """
    if not by_subject and not any(word in text for word in ("--", "__", ":\n")):
        return None
    lines = text.split("\n")
    begins, block = next(_blocks(lines[:_SEARCHED_LINES], by_subject), (0, None))
    if block is None:
        return None
    # quotequail reads the block; it is slow by the line, so it gets the forward alone.
    near = "\n".join(("---------- Forwarded message ----------", *lines[block : block + _INLINE_LINES]))
    found = quotequail.unwrap(near)
    sender = loose_mailbox(found.get("from", "")) if found else None
    if not found or sender is None:
        return None
    rest = "\n".join(lines[block + _INLINE_LINES :])
    passed_on = _END.sub("", f"{found.get('text', '')}\n{rest}".strip()).rstrip()
    above = "\n".join(lines[:begins]).rstrip("_ \t\n").lstrip()  # Outlook's line of underscores
    return Forwarded(
        sender, h.clean(found.get("subject", "")), passed_on, "", "", reply.split(passed_on).text, above=above
    )


def _blocks(lines: list[str], by_subject: bool) -> Iterator[tuple[int, int]]:
    """Where a mail that was passed on begins, and its header block: right behind a separator, or alone where the
    subject vouches for it."""
    for number, line in enumerate(lines):
        kind = quotes.separator(line)
        if kind == "forwarded" or (kind and by_subject):
            yield from ((number, n) for n in range(number + 1, min(number + 6, len(lines))) if quotes.label(lines[n]))
        elif by_subject and quotes.label(line) and quotes.header_block(lines, number):
            yield number, number

"""Inline pictures of an agent's answer: those in the new text go along, as files; those of the quote do not."""

from dataclasses import replace

from mailsla.core.mail.charset import decode
from mailsla.core.mail.limits import LIMITS
from mailsla.core.mail.mime import walk
from mailsla.core.mail.parsed import Attachment
from mailsla.core.mail.pictures import pictures_in_new_text
from mailsla.flows.steps.inhand import Mail


def with_pictures(mail: Mail) -> Mail:
    """The mail with the pictures of its new text as attachments like others."""
    parsed, raw_name = mail.parsed, mail.intake.sha256
    if raw_name is None or not any(_is_picture(one) for one in parsed.attachments):
        return mail
    raw = mail.uow.intake.raw(raw_name)
    root, _ = walk(raw, LIMITS)
    pages = [decode(one.payload(raw), one.charset)[0] for one in root.leaves() if one.type == "text/html"]
    quotes = len(parsed.text.split()) > len(f"{parsed.reply_text} {parsed.signature}".split())
    new = frozenset().union(*(pictures_in_new_text(page, quotes=quotes) for page in pages))
    files = [
        replace(one, inline=False) if _is_picture(one) and one.content_id in new else one for one in parsed.attachments
    ]
    return replace(mail, seen=replace(mail.seen, mail=replace(parsed, attachments=tuple(files))))


def _is_picture(file: Attachment) -> bool:
    return file.inline and bool(file.content_id) and file.type.startswith("image/")

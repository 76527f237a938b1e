"""Raw bytes to `ParsedMail`: header by header and part by part, so that one broken thing never loses the rest."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from mailparser.dates import parse_mail_date
from mailparser.exceptions import MailParserError
from mailparser.utils import get_addresses

from mailsla.core.mail import body as bodies
from mailsla.core.mail import bounce, forward, mime, reply
from mailsla.core.mail import headers as h
from mailsla.core.mail.addresses import display_name, loose_mailbox, strict_mailbox
from mailsla.core.mail.identifiers import identifiers, message_id
from mailsla.core.mail.limits import LIMITS, Limits
from mailsla.core.mail.parsed import Address, Attachment, Forwarded, ParsedMail

_LISTS = ("to", "cc", "reply-to")
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global"})
_SUBJECT_CHARS = 1000
_ENDINGS = {
    "text/plain": ".txt",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "image/jpeg": ".jpg",
    "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
}


@dataclass(frozen=True, slots=True)
class _People:
    """What mail-parser reads of the headers that name people and the time."""

    author: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: int | None
    problems: tuple[str, ...]


def parse(raw: bytes, limits: Limits = LIMITS) -> ParsedMail:
    """Read one mail. Never raises on any bytes; what is broken or over a limit is said in `problems`.

    Linear in the size of the mail: structure by offsets (mime.py), headers by mail-parser behind our bounds,
    because it and the standard library below it take quadratic time on some (mail.md section 2).
    """
    if b"\n" not in raw[:65536]:
        raw = raw.replace(b"\r", b"\n")
    root, problems = mime.walk(raw, limits)
    head = root.headers
    body = bodies.read(raw, root, limits)
    people = _people(head, limits)
    sender, from_problem = _sender(head)
    subject = h.decode_words(head.first("subject"))[:_SUBJECT_CHARS]
    attachments = _attachments(raw, root, body)
    passed_on = forward.says_so(subject)
    newly = reply.split(body.marked, sure=body.html_only, forward=passed_on)
    return_path = head.all("return-path")
    return ParsedMail(
        sender=sender,
        display_sender=sender or people.author or loose_mailbox(head.first("from")),
        from_problem=from_problem,
        reply_to=people.reply_to,
        to=people.to,
        cc=people.cc,
        subject=subject,
        date=people.date,
        message_id=message_id(head.first("message-id")),
        in_reply_to=_ids(head, "in-reply-to", limits.references),
        references=_ids(head, "references", limits.references),
        return_path=h.clean(return_path[0]).strip("<> ") if return_path else None,
        authentication_results=tuple(h.clean(value) for value in head.all("authentication-results")),
        headers=h.relevant(head),
        received=sum(name == "received" for name, _ in head.items),
        content_type=root.type,
        text=body.text,
        html_only=body.html_only,
        reply_text=newly.text,
        signature=newly.signature,
        attachments=attachments,
        forwarded=_forwarded(raw, root, body.text, passed_on, limits),
        bounce=bounce.find(raw, root, body.text),
        sha256=hashlib.sha256(raw).hexdigest(),
        fingerprint=_fingerprint(head, body.text, attachments),
        size=len(raw),
        problems=tuple(dict.fromkeys((*problems, *body.problems, *people.problems, *_closed(root, body.text)))),
    )


def _sender(head: h.Headers) -> tuple[Address | None, str]:
    values = head.all("from")
    if len(values) != 1:
        return None, "no From header" if not values else f"{len(values)} From headers"
    sender = strict_mailbox(values[0])
    return sender, "" if sender else "From is not exactly one mailbox"


def _people(head: h.Headers, limits: Limits) -> _People:
    """The address lists, the date and the defects by mail-parser's readers of these headers."""
    problems: list[str] = []
    found: dict[str, tuple[Address, ...]] = {}
    try:
        for name in ("from", *_LISTS):
            value = head.first(name)[:2000] if name == "from" else ", ".join(head.all(name))
            if value.count(",") >= limits.addresses:
                problems.append(f"over {limits.addresses} addresses in {name}, the rest is not read")
                value = ",".join(value.split(",", limits.addresses)[: limits.addresses])
            found[name] = _mailboxes(name, h.clean(value), problems)[: limits.addresses]
        dated = parse_mail_date(h.clean(head.first("date"))[:2000] or None)
        problems += [f"DateHeaderDefect: date: {reason}" for reason in dated.reasons]
        moment = int(dated.value.timestamp()) if dated.value else None
    except (MailParserError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        problems.append(f"the address headers can't be read: {type(error).__name__}")
        return _People(None, (), (), (), None, tuple(problems))
    return _People(
        author=next(iter(found["from"]), None),
        to=found["to"],
        cc=found["cc"],
        reply_to=found["reply-to"],
        date=moment if moment is not None and moment >= 0 else None,
        problems=tuple(problems),
    )


def _mailboxes(name: str, value: str, problems: list[str]) -> tuple[Address, ...]:
    """Those of one header that have an address; adds what is wrong with it to `problems`."""
    defects: list[dict[str, str]] = []
    pairs = get_addresses(value, defects=defects, decode_names=True) if value else []
    problems += [f"AddressHeaderDefect: {name}: {h.clean(defect['reason'])[:200]}" for defect in defects]
    return tuple(_address("" if label == email else label, email) for label, email in pairs if "@" in email)


def _address(name: str, email: str) -> Address:
    return Address(display_name(name), h.clean(email).lower())


def _ids(head: h.Headers, name: str, bound: int) -> tuple[str, ...]:
    """The ids of a threading header, those without "@" dropped; of too many the first and the last ones."""
    found = identifiers(" ".join(head.all(name)))
    return found if len(found) <= bound else (*found[:10], *found[10 - bound :])


def _attachments(raw: bytes, root: mime.Part, body: bodies.Body) -> tuple[Attachment, ...]:
    return tuple(_attachment(raw, leaf) for leaf in root.leaves() if _is_attached(leaf, body))


def _is_attached(leaf: mime.Part, body: bodies.Body) -> bool:
    return leaf.path not in body.parts and (leaf.end > leaf.start or bool(leaf.filename))


def _closed(root: mime.Part, text: str) -> Iterator[str]:
    """What is kept as an attachment and can't be looked into here."""
    for leaf in root.leaves():
        if leaf.type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            signed = "signed-data" in leaf.headers.first("content-type").lower()
            yield f"{'signed' if signed else 'encrypted'} with S/MIME: what it says is in the attachment"
        elif leaf.type == "application/pgp-encrypted":
            yield "encrypted with PGP: what it says is in the attachment"
        elif leaf.type in ("application/ms-tnef", "application/vnd.ms-tnef"):
            yield "winmail.dat (TNEF, of Outlook) is kept unopened: files may be in it"
        elif leaf.type == "text/calendar":
            yield "a calendar invitation: when and where is in the attachment"
    if "-----BEGIN PGP MESSAGE-----" in text:
        yield "encrypted with PGP: what it says is in the text, unread"


def _attachment(raw: bytes, leaf: mime.Part) -> Attachment:
    data = leaf.payload(raw)
    content_id = h.clean(leaf.headers.first("content-id")).strip("<> ")[:250]
    ending = _ENDINGS.get(leaf.type, f".{leaf.type.rpartition('/')[2]}")
    return Attachment(
        name=leaf.filename or f"part-{leaf.path}{ending if ending[1:].isalnum() and len(ending) <= 6 else '.bin'}",
        type=leaf.type,
        size=len(data),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        part=leaf.path,
        inline=leaf.disposition == "inline" or (bool(content_id) and leaf.disposition != "attachment"),
        content_id=content_id,
    )


def _forwarded(raw: bytes, root: mime.Part, text: str, passed_on: bool, limits: Limits) -> tuple[Forwarded, ...]:
    def read(inner: bytes, inside: mime.Part) -> tuple[bodies.Body, tuple[Attachment, ...]]:
        body = bodies.read(inner, inside, limits)
        return body, _attachments(inner, inside, body)

    mails = [leaf for leaf in root.leaves() if leaf.type in _MESSAGE_TYPES][:20]
    found = [forward.attached(raw, leaf, limits, read) for leaf in mails]
    written = forward.inline(text, passed_on)
    return (*found, written) if written else tuple(found)


def _fingerprint(head: h.Headers, text: str, attachments: tuple[Attachment, ...]) -> str:
    """Equal for two deliveries of one mail: what its author wrote, not what the servers on the way added."""
    digest = hashlib.sha256()
    for name in ("from", "to", "date", "subject", "message-id"):
        digest.update(f"{name}:{' '.join(head.all(name))}\n".encode("utf-8", "replace"))
    digest.update(" ".join(text.split()).encode("utf-8", "replace"))
    for attachment in attachments:
        digest.update(attachment.sha256.encode())
    return digest.hexdigest()

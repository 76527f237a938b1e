"""Delivery reports: RFC 3464, and the free forms that flufl.bounce and a few common phrases recognise."""

import re
from email import message_from_string
from email.errors import MessageError

from flufl.bounce import all_failures

from mailsla.core.mail import headers as h
from mailsla.core.mail.addresses import loose_mailbox
from mailsla.core.mail.limits import LIMITS
from mailsla.core.mail.mime import Part
from mailsla.core.mail.parsed import Bounce
from mailsla.core.mail.words import lists

_SENDER = re.compile(
    r"mailer[-_. ]?daemon|postmaster|mail delivery|mail[-_. ]administrator|mdaemon|mail ?system|mailer@|"
    r"delivery subsystem|daemon@|(?:\A|[<\s])bounces?[-+@]|<>",
    re.IGNORECASE,
)
_ADDRESS = r"<?([\w.+=&'/~#$!-]+@[\w-]+(?:\.[\w-]+)+)>?"
_PHRASES = re.compile(
    r"(?:user unknown|unknown user|no such user|mailbox (?:is )?(?:full|unavailable|not found|unknown|disabled)|"
    r"over quota|quota exceeded|exceeded (?:its |the |their )?(?:storage|quota)|does(?:n't| not) exist|no mailbox here|"
    r"recipient (?:address )?rejected|not a valid (?:mailbox|user|recipient|address)|invalid recipient|"
    r"no longer (?:active|valid|available|with)|address(?:es)? (?:had|failed)|c(?:an|ould)(?:n?'t| ?not) be delivered|"
    r"undeliverable|unable to (?:deliver|relay)|not (?:be )?delivered|host (?:not found|unknown)|delivery failed|"
    r"account (?:is |has been )?(?:disabled|inactive|deactivated)|unrouteable|rejected|"
    r"returned to (?:you|sender)|permanent (?:fatal )?error|relay(?:ing)? (?:denied|not permitted)|not listed in|"
    r"\b5\.[0-7]\.\d{1,3}\b|\b5[0-5]\d[ -])",
    re.IGNORECASE,
)
_NEAR = re.compile(_ADDRESS)
# An address on a line of its own, or at its beginning before the reason.
_LISTED = re.compile(rf"^[\s>*|'\"(-]{{0,8}}{_ADDRESS}[\s'\")]*(?::.*|\.{{3}}.*|,|;)?$", re.MULTILINE)
_FOR_GOOD = re.compile(r"\b5\.[0-7]\.\d{1,3}\b|\b55\d[ -]|permanent (?:fatal )?error", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^message-id:\s*<([^<>\s@]+@[^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_ORIGINAL = re.compile(
    r"^.{0,8}(?:original message (?:follows|headers)|-+ ?(?:this is a copy of|the (?:full )?header|original message|"
    r"returned message|unsent message|transcript of session end)|content-type: message/rfc822|message header).*$",
    re.IGNORECASE | re.MULTILINE,
)
# What no person attaches; a whole mail (message/rfc822) a customer does.
_RETURNED = frozenset({"text/rfc822-headers", "message/delivery-status", "message/global-delivery-status"})
# A machine begins with these; a person who tells of a failed delivery begins with a greeting.
_MACHINE_WORDS = re.compile(
    r"your message.{0,80}(?:not|n't) be delivered|not deliver message|failed recipient|following recipient|"
    r"(?:created|generated) automatically by|following mail could not be delivered|unable to deliver message to <|"
    r"\b(?:e-?mail|mail|message)\b.{0,60}(?:not|n't) be delivered to the following|n'a pas pu [eê]tre",
    re.IGNORECASE | re.DOTALL,
)
_ARRIVED = re.compile(rb"^action:\s*(?:delivered|relayed|expanded)\b", re.IGNORECASE | re.MULTILINE)
_FIRST_WORDS = 200
_TEXT_READ = 20_000
_SAID = 1_000  # characters of what servers said


def _by_a_machine(root: Part, text: str) -> bool:
    """Whether a mail system sent it: by its name, form, null return path, first words, or a returned mail inside.

    A customer of a shop also writes "delivery failed", so a subject alone makes no bounce.
    """
    head = root.headers
    system = _SENDER.search(f"{head.first('from')} {head.first('sender')}") is not None
    if root.type == "multipart/report":
        kind = head.first("content-type").lower()
        # A mail system that refuses by a "deleted" receipt (RFC 5429 section 2.2.1) is no reader who deleted a mail.
        receipt = "disposition-notification" in kind
        return "feedback-report" not in kind and (not receipt or system)
    if system or head.first("x-failed-recipients"):
        return True
    if not _subject_says(head) or head.first("in-reply-to"):
        return False
    null_path = [value.strip() for value in head.all("return-path")][:1] == ["<>"]
    if null_path or any(leaf.type in _RETURNED for leaf in root.leaves()):
        return True
    return _MACHINE_WORDS.search(text[:_FIRST_WORDS]) is not None


def _subject_says(head: h.Headers) -> bool:
    subject = h.decode_words(head.first("subject")).lower().replace("’", "'")
    return any(word in subject for word in lists("bounce_words")["subject"])


def find(raw: bytes, root: Part, text: str) -> Bounce | None:
    """The delivery report that a mail is, None for any other mail. Never raises.

    A delivery-status part decides alone: failed or not, by recipient; a mere delay is `permanent=False`, and that it
    arrived is no failure. Without one the free forms count; recipients are () when a mail system says that it failed
    but not for whom.
    """
    if not _by_a_machine(root, text):
        return None
    leaves = list(root.leaves())
    original = _original_id(raw, leaves, text)
    statuses = [leaf for leaf in leaves if leaf.type in ("message/delivery-status", "message/global-delivery-status")]
    if statuses:
        failed, delayed = _statuses(b"\n\n".join(leaf.payload(raw) for leaf in statuses))
        if told := failed or delayed:
            said = "\n".join(dict.fromkeys(filter(None, told.values())))
            return Bounce(tuple(told), bool(failed), original, said[:_SAID])
        if all(_ARRIVED.search(leaf.payload(raw)[: LIMITS.bounce_bytes]) for leaf in statuses):
            return None
    said = _before_original(text[:_TEXT_READ])
    late = _is_late(root.headers, said)
    temporary, permanent = _by_flufl(raw[: LIMITS.bounce_bytes])
    if temporary or permanent:
        return Bounce(permanent or temporary, bool(permanent) and not late, original)
    if header := root.headers.first("x-failed-recipients"):
        return Bounce(_addresses(header), not late, original)
    found = _by_phrases(said)
    # Who gave up says so, and so does who still tries: what names a failure, or its code, is final.
    for_good = False if late else True if found or _FOR_GOOD.search(said) else None
    if found or _subject_says(root.headers) or _MACHINE_WORDS.search(text[:_FIRST_WORDS]):
        return Bounce(found or _listed(said), for_good, original)
    return None


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[1].lower() for match in _NEAR.finditer(text)))[:20]


def _statuses(data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """(failed, delayed) recipients of a message/delivery-status body with their diagnoses (RFC 3464 section 2.3)."""
    failed: dict[str, str] = {}
    delayed: dict[str, str] = {}
    for block in re.split(rb"(?:\r?\n[ \t]*){2,}", data[: LIMITS.bounce_bytes].strip()):
        head = h.split(block, 0, len(block), LIMITS)
        recipient = head.first("original-recipient") or head.first("final-recipient")
        address = loose_mailbox(recipient.rpartition(";")[2])
        action = head.first("action").strip().lower()
        if address is None:
            continue
        if action.startswith("failed") or (not action and head.first("status").startswith("5")):
            failed[address.email] = _diagnosis(head)
        elif action.startswith("delayed"):
            delayed[address.email] = _diagnosis(head)
    return failed, delayed


def _diagnosis(head: h.Headers) -> str:
    """The server's own words after their type ("smtp; 550 ..."), else its code."""
    kind, parted, words = head.first("diagnostic-code").partition(";")
    return " ".join((words if parted else kind or head.first("status")).split())


def _by_flufl(raw: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(temporary, permanent) recipients by flufl.bounce; it raises on some mails, as without From.

    It gets text, since of 8-bit bytes the standard library makes header objects, on which its detectors fail.
    """
    try:
        temporary, permanent = all_failures(message_from_string(raw.decode("latin-1")))
    except (AttributeError, TypeError, ValueError, LookupError, RecursionError, MessageError):
        return (), ()
    return _lowered(temporary), _lowered(permanent)


def _lowered(found: "frozenset[bytes]") -> tuple[str, ...]:
    return tuple(sorted(address.decode("utf-8", "replace").lower() for address in found if b"@" in address))


def _before_original(text: str) -> str:
    """What the report itself says, without the mail that it returns."""
    original = _ORIGINAL.search(text)
    return text[: original.start()] if original else text


def _is_late(head: h.Headers, said: str) -> bool:
    """Whether it says that the mail is still on its way (RFC 3464 section 2.3.3 calls that delayed)."""
    folded = " ".join(f"{h.decode_words(head.first('subject'))} {said}".lower().replace("’", "'").split())
    return any(word in folded for word in lists("bounce_words")["delayed"])


def _listed(said: str) -> tuple[str, ...]:
    """The addresses that lines begin with, in a report whose language nobody here knows."""
    found = (match[1].lower() for match in _LISTED.finditer(said))
    return tuple(dict.fromkeys(address for address in found if not _SENDER.search(address)))[:20]


def _by_phrases(said: str) -> tuple[str, ...]:
    """The addresses on the lines, or their neighbours, that say why a mail was not delivered."""
    lines = said.split("\n")
    words = (*lists("bounce_words")["failed"], *lists("bounce_words")["delayed"])
    found: dict[str, None] = {}
    for number, line in enumerate(lines):
        folded = line.lower().replace("’", "'")
        if _PHRASES.search(line) or any(word in folded for word in words):
            for near in lines[max(number - 3, 0) : number + 4]:
                for match in _NEAR.finditer(near):
                    if not _SENDER.search(match[1]):
                        found[match[1].lower()] = None
    return tuple(found)[:20]


def _original_id(raw: bytes, leaves: list[Part], text: str) -> str:
    for leaf in leaves:
        if leaf.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            payload = leaf.payload(raw)[: LIMITS.header_bytes].decode("utf-8", "replace")
            if match := _MESSAGE_ID.search(payload.replace("\r", "")):
                return match[1]
    match = _MESSAGE_ID.search(text)
    return match[1] if match else ""

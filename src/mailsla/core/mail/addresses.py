"""Mailboxes and address lists: a strict grammar for who may act, a tolerant one for people to read (RFC 5322)."""

import re

from mailsla.core.mail import headers as h
from mailsla.core.mail.parsed import Address

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]++"
_LOCAL = rf'(?:{_ATOM}(?:\.{_ATOM})*|"(?:[^"\\\x00-\x1f]|\\[\x20-\x7e])*+")'
_LABEL = r"[A-Za-z0-9\x80-\U0010ffff](?:[A-Za-z0-9\x80-\U0010ffff_-]*[A-Za-z0-9\x80-\U0010ffff])?"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.IPv]+\])"
_ADDRESS = rf"({_LOCAL})@({_DOMAIN})"
# Possessive (++, *+), since a name of a thousand dots must not be split in every possible way.
_COMMENT = r"\((?:[^()\\]|\\.)*+\)"
_GAP = rf"\s*+(?:{_COMMENT}\s*+)*+"
# Display names may hold the dots and brackets that people write; nothing that could be read as another mailbox.
_WORD = r'(?:"(?:[^"\\]|\\.)*+"|[^\s"<>@,;:\\()]++)'

_BARE = re.compile(rf"{_GAP}{_ADDRESS}{_GAP}\Z")
_NAMED = re.compile(rf"{_GAP}((?:{_WORD}{_GAP})*+)<\s*{_ADDRESS}\s*>{_GAP}\Z")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COMMENTS = re.compile(_COMMENT)
_ESCAPE = re.compile(r"\\(.)")
_LOOSE = re.compile(rf"<\s*{_ADDRESS}\s*>|(?<![\w.@]){_ADDRESS}")
_LONGEST = 2000


def strict_mailbox(value: str) -> Address | None:
    """The one mailbox that a From value is, None when it is anything else (RFC 5322 section 3.4, no groups).

    `agent@corp.example <evil@x.example>` is None: an unquoted @ in the name makes two readings possible. Dots
    and square brackets in an unquoted name are taken. The value is unfolded, its encoded words still encoded.
    """
    if len(value) > _LONGEST or value.count("(") > 20 or value.count('"') > 20:
        return None
    if match := _BARE.match(value):
        comment = _COMMENTS.search(value[match.end(2) :])
        return _address(comment[0][1:-1] if comment else "", match[1], match[2])
    if match := _NAMED.match(value):
        return _address(match[1], match[2], match[3])
    return None


def loose_mailbox(value: str) -> Address | None:
    """The best guess at the author in a broken From value, for people's eyes only; None when no address is in it."""
    value = value[:_LONGEST]
    found = list(_LOOSE.finditer(value))
    if not found:
        return None
    match = next((m for m in found if m[1]), found[0])
    local, domain = (match[1], match[2]) if match[1] else (match[3], match[4])
    return _address(value[: match.start()], local, domain)


def _address(name: str, local: str, domain: str) -> Address | None:
    email = f"{local}@{domain}".lower()
    if len(email) > 320 or "=?" in local:
        return None
    return Address(display_name(name), email)


def display_name(phrase: str) -> str:
    """A display name as people read it: comments dropped, quotes resolved, encoded words decoded, clean."""
    phrase = phrase.strip()
    if "(" in phrase:
        phrase = _COMMENTS.sub(" ", phrase).strip() or phrase
    if '"' in phrase:
        phrase = _QUOTED.sub(lambda match: _ESCAPE.sub(r"\1", match[1]), phrase)
    return h.decode_words(phrase)[:200].strip(" '\"").strip()

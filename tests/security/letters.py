"""Mails as attackers write them, byte by byte, and what to look for in everything that went out."""

import email
from email.message import Message

from tests.flows.office import Office
from tests.security.headers import bytes_fault

EVE = "eve@evil.example"
OURS = "Authentication-Results: mx.acme.example;"
PROVEN = f"{OURS} dmarc=pass header.from=mail.example"
_numbers = iter(range(10**9))


def raw(*lines: str, text: str = "Hello, my parcel is late.\r\n") -> bytes:
    """A mail of these header lines; From, To and the like are theirs to write. Surrogates are bytes."""
    head = "\r\n".join((*lines, f"Message-ID: <{next(_numbers)}.raw@evil.example>", "", text))
    return head.encode("utf-8", "surrogateescape")


def out(office: Office, to: str = "") -> list[bytes]:
    """All bytes that went out, to an address if one is given."""
    return [one.raw for one in office.postbox.tries if to in ("", one.to)]


def names(letter: bytes) -> list[str]:
    """The names of its header fields."""
    return [name.lower() for name in email.message_from_bytes(letter)]


def wrong_letters(office: Office) -> list[str]:
    """What is wrong with the bytes of anything that went out: line ends, lengths, fields twice, other recipients."""
    found = []
    for one in office.postbox.tries:
        fields = names(one.raw)
        if wrong := bytes_fault(one.raw, frozenset(fields)):
            found.append(f"{one.to}: {wrong}")
        if {"bcc", "cc", "x-injected", "resent-to"} & {*fields}:
            found.append(f"{one.to}: {fields}")
    return found


def parts(letter: bytes, kind: str) -> list[str]:
    """The decoded parts of a type."""
    walked: list[Message] = list(email.message_from_bytes(letter).walk())
    found = [one for one in walked if one.get_content_type() == kind]
    return [bytes(one.get_payload(decode=True) or b"").decode("utf-8", "replace") for one in found]

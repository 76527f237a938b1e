"""Message-IDs out of the headers that hold them (RFC 5322 section 3.6.4), as clients and gateways break them."""

import re

_BRACKETED = re.compile(r"<([^<>]{1,600})>")
_LONGEST = 500


def identifiers(value: str) -> tuple[str, ...]:
    """The Message-IDs of a threading header, in order, without brackets; those without "@" never join and are left out.

    One that was folded in its middle is whole again, and where brackets are missing the words that hold an "@" count.
    What is cut off at the end of a chain is dropped: half an id names nothing.
    """
    found: list[str] = []
    for inner in _BRACKETED.findall(value):
        words = inner.split()
        several = sum("@" in word for word in words) > 1
        found += words if several else ["".join(words)]
    if not found and "<" not in value:
        found = [word.strip(",;()\"'") for word in value.replace(">", " ").split()]
    return tuple(dict.fromkeys(one for one in found if "@" in one and len(one) <= _LONGEST))


def message_id(value: str) -> str:
    """The one id of a Message-ID header, "" when there is none (mail.md section 3)."""
    found = identifiers(value)
    return found[0] if len(found) == 1 else ""

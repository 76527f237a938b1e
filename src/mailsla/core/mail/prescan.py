"""A look at the bytes alone: is this mail ordinary, or must it be read in the limited child process?"""

import re
from dataclasses import dataclass

_HEADER_END = re.compile(rb"\r?\n\r?\n")

SIZE = 5_000_000
HEADER_BYTES = 64 * 1024
HEADER_LINES = 600
LINE_BYTES = 8 * 1024
ADDRESSES = 500
SEMICOLONS = 300
BOUNDARIES = 20
DELIMITERS = 400
TAGS = 60_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`suspicious` with the `reason` in words ("" for an ordinary mail)."""

    suspicious: bool
    reason: str


_ORDINARY = Verdict(False, "")


def prescan(raw: bytes) -> Verdict:
    """Count what the known killers have too much of; one pass of fast searches, no parsing, never raises."""
    if len(raw) > SIZE:
        return Verdict(True, f"{len(raw)} bytes, over {SIZE}")
    found = _HEADER_END.search(raw)
    head = raw[: found.start()] if found else raw
    counts = (
        ("bytes of headers", len(head), HEADER_BYTES),
        ("lines of headers", head.count(b"\n"), HEADER_LINES),
        ("addresses in the headers", head.count(b"@") + head.count(b","), ADDRESSES),
        ("parameters in the headers", head.count(b";"), SEMICOLONS),
        ("boundaries", raw.lower().count(b"boundary="), BOUNDARIES),
        ("part delimiters", raw.count(b"\n--"), DELIMITERS),
        ("HTML tags", raw.count(b"<"), TAGS),
    )
    for what, count, bound in counts:
        if count > bound:
            return Verdict(True, f"{count} {what}, over {bound}")
    longest = max(map(len, head.split(b"\n")))
    if longest > LINE_BYTES:
        return Verdict(True, f"a header line of {longest} bytes, over {LINE_BYTES}")
    return _ORDINARY

"""Mails in a file: one as it was sent, or an mbox of many (RFC 4155; the quoting of mboxrd)."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import parsedate
from typing import BinaryIO

from mailsla.core.model import Instant

_ENVELOPE = b"From "
# Within a mail a sentence may begin with "From " too. The line above the next mail has a weekday, a time and a year as
# well, and stands below an empty line, which some leave out, or above a header.
_NEXT = re.compile(rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*\b\d{1,2}:\d\d.*\b\d{4}\b")
_DAY = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*")
_HEADER = re.compile(rb"[!-9;-~]+:")
_BLANK = (b"\n", b"\r\n")
_QUOTED = re.compile(rb">+From ")
_LINE = 64 * 1024  # bytes of a line read at once: one without an end must not fill the memory


@dataclass(frozen=True, slots=True)
class MailInFile:
    """`raw` is None for a mail of over the bound of bytes. `number` counts from 0, None for the only mail of its file.

    `received_at`: what the mbox says of its delivery (taken as UTC, RFC 4155), None where it says nothing.
    """

    raw: bytes | None
    number: int | None
    received_at: Instant | None


def mails(stream: BinaryIO, most: int) -> Iterator[MailInFile]:
    """The mails of a file in order, read as they are asked for; of an mbox as they were before they were put there.

    An mbox is told by its content: it begins with a "From " line. A file of one mail is that mail, with such a line
    above it or without. `most`: bytes of one mail; of a larger one nothing is kept. Raises OSError.
    """
    first = stream.readline(_LINE)
    if not first.startswith(_ENVELOPE):
        rest = stream.read(max(most - len(first), 0) + 1)
        yield MailInFile(first + rest if len(first) + len(rest) <= most else None, None, None)
        return
    found = _of_mbox(stream, first, most)
    mail, following = next(found), next(found, None)
    if following is None:
        yield replace(mail, number=None)
        return
    yield mail
    yield following
    yield from found


def _of_mbox(stream: BinaryIO, envelope: bytes, most: int) -> Iterator[MailInFile]:
    collected, number = _Mail(envelope, most), 0
    before, line = b"\n", stream.readline(_LINE)
    while line:
        following = stream.readline(_LINE)
        begins = before.endswith(b"\n")  # this piece begins a line
        if begins and _NEXT.match(line) and (before in _BLANK or _HEADER.match(following)):
            yield collected.ended(number)
            collected, number = _Mail(line, most), number + 1
        else:
            collected.add(line[1:] if begins and _QUOTED.match(line) else line)
        before, line = line, following
    yield collected.ended(number)


class _Mail:
    """One mail of an mbox while it is read."""

    def __init__(self, envelope: bytes, most: int) -> None:
        self._envelope = envelope
        self._pieces: list[bytes] = []
        self._left = most

    def add(self, piece: bytes) -> None:
        """What goes over the bound is dropped, with all that was before it."""
        self._left -= len(piece)
        if self._left >= 0:
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def ended(self, number: int) -> MailInFile:
        """Without the empty line that ends it in an mbox."""
        if self._pieces and self._pieces[-1] in _BLANK:
            self._pieces.pop()
        raw = b"".join(self._pieces) if self._left >= 0 else None
        return MailInFile(raw, number, _delivered(self._envelope))


def _delivered(envelope: bytes) -> Instant | None:
    """The time of an envelope line: "From ana@mail.example Tue Jan  7 12:09:16 2003"."""
    found = _DAY.search(envelope)
    date = parsedate(found[0].decode("ascii", "replace")) if found else None
    try:
        at = calendar.timegm(date) if date else -1
    except (ValueError, OverflowError):
        return None
    return at if at >= 0 else None

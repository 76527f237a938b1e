"""What a person newly wrote: quotes and the marker line cut, the signature kept apart (mail.md section 2).

Losing a sentence of the customer's is the worse error: where a quote isn't certain it stays, and where nothing
would be left or the answers stand between the quotes, the whole text is the reply.
"""

import re
from dataclasses import dataclass
from functools import cache

from mailsla.core.mail import quotes
from mailsla.core.mail.words import lists

_MAX_LINES = 20_000
_SIGNATURE_LINES = 15
_FOOTER_LINES = 8
# Not ">:" or "> wrote:", the wrapped end of an attribution.
_QUOTED = re.compile(r"[ \t]{0,3}>(?!\s?[^\s>]{0,12}:\s*\Z)")
_OPEN_LINK = re.compile(r"[(<]\s*https?://[^)>\s]*\s*\Z")
_FOOTER = re.compile(r"_{2,}\s*\Z")
_MAYBE_END = re.compile(r"(?:[:：]\W*|@[\w.-]+>\s*)\Z")
_WRAPPED = re.compile(r".{55,}[^.!?:\s]\s*\Z")


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is what was newly written, `signature` what stood under it ("" when none), both without quotes."""

    text: str
    signature: str


def split(text: str, sure: bool = False) -> Reply:
    """Split a body whose quoted lines begin with ">" (`text.from_html` writes HTML quotes so).

    `sure`: each ">" is known to be a quote, as in text made from HTML; in plain text a single one may be a sign.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")
    if len(lines) > _MAX_LINES:
        return Reply(text.strip(), "")
    new, old = _runs(lines, sure)
    whole = _joined([lines])
    if not old:
        return _signed([lines])
    segments = [[lines[i] for i in run] for run in new]
    filled = [number for number, run in enumerate(segments) if any(line.strip() for line in run)]
    if not filled or _interleaved(new, old, segments):
        return Reply(whole, "")
    reply = _signed([segments[number] for number in filled])
    return reply if reply.text else Reply(whole, "")


def _interleaved(new: list[range], old: list[range], segments: list[list[str]]) -> bool:
    """Whether something was written between two quotes."""
    for run, lines in zip(new, segments, strict=True):
        if any(line.strip() for line in lines):
            before = any(other.stop <= run.start for other in old)
            after = any(other.start >= run.stop for other in old)
            if before and after:
                return True
    return False


def _runs(lines: list[str], sure: bool) -> tuple[list[range], list[range]]:
    """The runs of new and of old lines, in order and covering all lines; no old runs when it's a forward."""
    new: list[range] = []
    old: list[range] = []
    begin = at = 0
    count = len(lines)
    while at < count:
        start, stop = _old_from(lines, at, begin, sure)
        if stop == at:
            at += 1
            continue
        if start < 0:
            break
        if start > begin:
            new.append(range(begin, start))
        old.append(range(start, stop))
        begin = at = stop
    if begin < count:
        new.append(range(begin, count))
    return new, old


def _old_from(lines: list[str], at: int, begin: int, sure: bool) -> tuple[int, int]:
    """(start, stop) of the old lines that show themselves at line `at`; stop == at: none; start -1: a forward."""
    line = lines[at]
    if not line or line.isspace():
        return at, at
    if _QUOTED.match(line):
        stop = _quote_end(lines, at)
        if stop - at == 1 and not sure and not _introduced(lines, at, begin):
            return at, at
        return at, stop
    if quotes.is_marker(line):
        return at, len(lines)
    if kind := quotes.separator(line):
        return (-1, len(lines)) if kind == "forwarded" else (at, len(lines))
    if quotes.label(line) and quotes.header_block(lines, at):
        return _with_rule(lines, at, begin), len(lines)
    if _MAYBE_END.search(line) or quotes.ends_with_verb(line):
        following = _next_filled(lines, at + 1)
        quoted = following < len(lines) and _QUOTED.match(lines[following]) is not None
        marked = following < len(lines) and quotes.is_marker(lines[following])
        first = quotes.attribution(lines, at, quoted or marked)
        if first is not None and first >= begin:
            return first, _quote_end(lines, following) if quoted else len(lines)
    return at, at


def _introduced(lines: list[str], at: int, begin: int) -> bool:
    """A single ">" line counts as a quote only when nothing else of the mail's text would be touched by it."""
    before = at - 1
    while before >= begin and not lines[before].strip():
        before -= 1
    return before < begin or lines[before].rstrip().endswith((":", "："))


def _quote_end(lines: list[str], at: int) -> int:
    """The line behind a run of quoted lines, with the blank and the wrapped lines inside it."""
    last = at
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if _QUOTED.match(line):
            last = number
        elif line.strip():
            if number != last + 1 or not _is_wrapped(lines, number):
                break
            last = number
    return last + 1


def _is_wrapped(lines: list[str], at: int) -> bool:
    """A line that some program broke off from the quoted one above, so that it lost its ">"."""
    if _OPEN_LINK.search(lines[at - 1]):
        return True
    followed = at + 1 < len(lines) and _QUOTED.match(lines[at + 1]) is not None
    return followed and lines[at][:1].islower() and _WRAPPED.match(lines[at - 1]) is not None


def _with_rule(lines: list[str], at: int, begin: int) -> int:
    """A drawn line above a header block belongs to it."""
    before = at - 1
    while before >= begin and not lines[before].strip():
        before -= 1
    return before if before >= begin and quotes.rule(lines[before]) else at


def _next_filled(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _signed(segments: list[list[str]]) -> Reply:
    """The segments with the signature under each kept apart."""
    texts: list[list[str]] = []
    signatures: list[list[str]] = []
    for lines in segments:
        cut = _signature_at(lines)
        texts.append(lines[:cut])
        signatures.append(lines[cut:])
    text = _joined(texts)
    return Reply(text, _joined(signatures)) if text else Reply(_joined(segments), "")


def _joined(segments: list[list[str]]) -> str:
    return "\n\n".join(part for lines in segments if (part := "\n".join(lines).strip()))


def _signature_at(lines: list[str]) -> int:
    """The line where the signature begins: "-- " (RFC 3676 section 4.3), a list footer, a phone's last line."""
    filled = 0
    found = len(lines)
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number].strip()
        if not line:
            continue
        filled += 1
        if filled > _SIGNATURE_LINES:
            break
        footer = filled <= _FOOTER_LINES and _FOOTER.match(line) is not None
        if line in ("--", "- --") or footer or (filled <= 3 and _device(line)):
            found = number
    return found


@cache
def _devices() -> tuple[str, ...]:
    return lists("reply_words")["device"]


def _device(line: str) -> bool:
    """ "Sent from my iPhone"; a whole sentence that happens to begin so is text."""
    folded = line.lower().lstrip("[<(*_ ")
    return len(line) <= 90 and folded.startswith(_devices()) and not ("," in line and line.endswith("."))

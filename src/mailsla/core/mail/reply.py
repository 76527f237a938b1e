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
# A forwarded mail is new to us; nothing is looked for behind its beginning.
_PASSED_ON = range(0)
_MAYBE_END = re.compile(r"(?:[:：]\W*|@[\w.-]+>\s*)\Z")
# Any name may stand behind these: nobody begins a sentence so.
_MINE = ("sent from my ", "envoyé de mon ", "enviado desde mi ", "enviado do meu ", "отправлено с моего ")
_NAMED_WORDS = 7
_WRAPPED = re.compile(r".{55,}[^.!?:\s]\s*\Z")


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is what was newly written, `signature` what stood under it ("" when none), both without quotes."""

    text: str
    signature: str


def split(text: str, sure: bool = False, forward: bool = False) -> Reply:
    """Split a body whose quoted lines begin with ">" (`text.from_html` writes HTML quotes so).

    `sure`: each ">" is known to be a quote, as in text made from HTML; in plain text a single one may be a sign.
    `forward`: the subject says that an old mail is passed on, so an old mail under the text is not cut.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")
    if len(lines) > _MAX_LINES:
        return Reply(text.strip(), "")
    new, old = _Scan([quotes.plain(line) for line in lines], sure, forward).runs()
    if not old:
        return _signed([lines])
    segments = [[lines[i] for i in run] for run in new]
    filled = [number for number, run in enumerate(segments) if any(line.strip() for line in run)]
    whole = Reply(_joined([lines]), "")
    below = (segments[number] for number in filled if new[number].start >= old[0].stop)
    if any(_QUOTED.match(line) for lines_below in below for line in lines_below):
        return whole  # a single quoted line below a quote: what is answered there
    if not filled or any(_between(new[number], old) for number in filled):
        return whole
    reply = _signed([segments[number] for number in filled])
    return reply if reply.text else whole


def nothing_new(text: str) -> bool:
    """Whether a text that `split` kept whole holds no words of its writer: an old mail, a signature, or both."""
    lines = text.split("\n")
    new, _ = _Scan([quotes.plain(line) for line in lines[:_MAX_LINES]], sure=True, forward=False).runs()
    texts = (lines[run.start : run.stop] for run in new)
    return not any(line.strip() for text in texts for line in text[: _signature_at(text)])


def unquoted(text: str) -> str:
    """A text that `split` kept whole, for who must not take what was quoted for the writer's own words; where quoted
    lines are all there is, they are.
    """
    own = [line for line in text.split("\n") if not _QUOTED.match(line)]
    return "\n".join(own) if any(line.strip() for line in own) else text


def _between(run: range, old: list[range]) -> bool:
    """Whether a run of new lines stands between two quotes: an interleaved answer."""
    return old[0].stop <= run.start and old[-1].start >= run.stop


class _Scan:
    """One pass over the lines of a body that tells new from old."""

    def __init__(self, lines: list[str], sure: bool, forward: bool) -> None:
        self.lines = lines
        self.sure = sure
        self.forward = forward
        self.begin = 0

    def runs(self) -> tuple[list[range], list[range]]:
        """The runs of new and of old lines, in order and covering all lines."""
        new: list[range] = []
        old: list[range] = []
        at, count = 0, len(self.lines)
        while at < count:
            found = self.old_from(at)
            if found is None:
                at += 1
                continue
            if not found:
                break
            if found.start > self.begin:
                new.append(range(self.begin, found.start))
            old.append(found)
            self.begin = at = found.stop
        if self.begin < count:
            new.append(range(self.begin, count))
        return new, old

    def old_from(self, at: int) -> range | None:
        """The old lines that show themselves at line `at`, None for none, _PASSED_ON at a forwarded mail."""
        line, count = self.lines[at], len(self.lines)
        if not line or line.isspace() or not quotes.may_begin(line):
            return None
        if quotes.between_arrows(line):
            return range(at, self.old_end(at))
        if _QUOTED.match(line):
            stop = self.quote_end(at)
            return range(at, stop) if stop - at > 1 or self.sure or self.introduced(at) else None
        if quotes.is_marker(line):
            return range(at, count)
        if kind := quotes.separator(line):
            return _PASSED_ON if kind == "forwarded" or self.forward else range(at, self.old_end(at))
        if quotes.label(line) and quotes.header_block(self.lines, at):
            return _PASSED_ON if self.forward else range(self.with_rule(at), self.old_end(at))
        if _MAYBE_END.search(line) or quotes.ends_with_verb(line):
            return self.attributed(at)
        return None

    def attributed(self, at: int) -> range | None:
        following = at + 1
        while following < len(self.lines) and not self.lines[following].strip():
            following += 1
        after = self.lines[following] if following < len(self.lines) else ""
        quoted = _QUOTED.match(after) is not None
        first = quotes.attribution(self.lines, at, quoted or quotes.is_marker(after))
        if first is None or first < self.begin:
            return None
        return range(first, self.quote_end(following) if quoted else len(self.lines))

    def old_end(self, at: int) -> int:
        """Behind the old mail that a separator or a header block begins: behind its marks, where it has any."""
        count, body = len(self.lines), at + 1
        while body < count and (not (line := self.lines[body]).strip() or quotes.label(line) or quotes.rule(line)):
            body += 1
        return self.quote_end(body) if body < count and _QUOTED.match(self.lines[body]) else count

    def introduced(self, at: int) -> bool:
        """A single ">" line counts as a quote only at the very top (behind an attribution it is met there)."""
        return self.filled_before(at) < self.begin

    def with_rule(self, at: int) -> int:
        """A drawn line above a header block belongs to it."""
        before = self.filled_before(at)
        return before if before >= self.begin and quotes.rule(self.lines[before]) else at

    def filled_before(self, at: int) -> int:
        before = at - 1
        while before >= self.begin and not self.lines[before].strip():
            before -= 1
        return before

    def quote_end(self, at: int) -> int:
        """The line behind a run of quoted lines, with the blank and the wrapped lines inside it."""
        last = at
        for number in range(at + 1, len(self.lines)):
            line = self.lines[number]
            if _QUOTED.match(line):
                last = number
            elif line.strip():
                if number != last + 1 or not self.is_wrapped(number):
                    break
                last = number
        return last + 1

    def is_wrapped(self, at: int) -> bool:
        """A line that some program broke off from the quoted one above, so that it lost its ">"."""
        if _OPEN_LINK.search(self.lines[at - 1]):
            return True
        followed = at + 1 < len(self.lines) and _QUOTED.match(self.lines[at + 1]) is not None
        return followed and self.lines[at][:1].islower() and _WRAPPED.match(self.lines[at - 1]) is not None


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
        if line in ("--", "- --") or footer or (filled <= 3 and is_device(line)):
            found = number
    return found


@cache
def _devices() -> tuple[str, ...]:
    return lists("reply_words")["device"]


@cache
def _gadget() -> re.Pattern[str]:
    words = lists("reply_words")["gadget"]
    return re.compile("|".join(rf"(?<![a-z]){re.escape(word)}" for word in words))


def is_device(line: str) -> bool:
    """ "Sent from my iPhone"; a sentence that happens to begin so ("Sent via DHL, and never came.") is text."""
    if len(line) > 90:
        return False
    folded = quotes.plain(line).lower().lstrip("[<(*_ ")
    if "outlook" in folded and "aka.ms/" in folded:  # Outlook's own link, in whatever language
        return True
    if not folded.startswith(_devices()) or ("," in line and line.endswith(".")):
        return False
    return _gadget().search(folded) is not None or (folded.startswith(_MINE) and len(folded.split()) <= _NAMED_WORDS)

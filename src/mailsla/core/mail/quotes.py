"""Where an old mail begins inside a new one: attribution lines, header blocks, separators, in many languages."""

import re
from functools import cache
from typing import Literal

from mailsla.core.mail.words import lists

_EMAIL = re.compile(r"[\w.+=-]+@[\w-]+(?:\.[\w-]+)+")
_CLOCK = re.compile(r"\d{1,2}\s?[:.h]\s?\d\d|\d\s?[ap]\.?m\b", re.IGNORECASE)
_DATE = re.compile(r"\b(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d\d|\d年|\d월|\d{4}/\d{1,2}")
_BLANKS = re.compile(r"\s+")
_ORNAMENT = " \t*_>|\xa0"
_RULE = re.compile(r"\s*[-_*=─—]{3,}\s*\Z")
_SIGNS = re.compile(r"[:：>=]|\A[\s*]*(?:--|__|~~|——|──)")
_MARKER = re.compile(r"[\s>]*=== .*===\s*\Z")
_DASHES = "-_=*~—–─ >\t\xa0"
_SHARED = re.compile(r"\w\W?-{2,}\s*\w")
# Gmail writes Arabic, and Windows Mail each date, with marks of direction between the letters.
_PLAIN = {
    **dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)),
    0x2019: "'",
}
_LONGEST = 400
_WRAPPED = 4
_BLOCK_LINES = 16

Kind = Literal["marker", "attribution", "headers", "original", "forwarded"]


def _either(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in words)


@cache
def _verb() -> re.Pattern[str]:
    # The verb ends the line ("X wrote:"), or a name follows it ("schrieb X <x@y>:").
    spaced = [w for w in lists("reply_words")["wrote"] if w.isascii() or ord(w[0]) < 0x2E80]
    joined = [w for w in lists("reply_words")["wrote"] if w not in spaced]
    return re.compile(rf"(?:(?:\b|(?<=>))(?:{_either(tuple(spaced))})(?!\w)|(?:{_either(tuple(joined))}))")


@cache
def _lead() -> re.Pattern[str]:
    words = lists("reply_words")["on"]
    return re.compile(rf"(?:{_either(words)})(?:\b|(?=\d)|\s)|\W*\d")


@cache
def _labels() -> dict[str, str]:
    """Label -> which header it names; a word that names two (ru от, fr a) names the first."""
    found: dict[str, str] = {}
    for header in ("from", "sent", "to", "subject"):
        for word in lists("reply_words")[header]:
            found.setdefault(word, header)
    return found


@cache
def _separators() -> dict[str, Kind]:
    words = lists("reply_words")
    return {**dict.fromkeys(words["original"], "original"), **dict.fromkeys(words["forwarded"], "forwarded")}


def plain(text: str) -> str:
    """The text without the marks of writing direction, and with one kind of apostrophe and blank."""
    text = text.replace("&nbsp;", " ")
    return text if text.isascii() else text.translate(_PLAIN)


def is_marker(line: str) -> bool:
    """The line of our letters above which a reply is written: "=== ... ===" in any language."""
    return "===" in line and _MARKER.match(line) is not None


def may_begin(line: str) -> bool:
    """Whether a line has any of the signs that an old mail begins with; a first look, since most lines have none."""
    return _SIGNS.search(line) is not None or ends_with_verb(line)


def separator(line: str) -> Kind | None:
    """ "-----Original Message-----", "Begin forwarded message:" and their like."""
    if len(line) > _LONGEST:
        return None
    core = plain(line).strip(_DASHES)
    if len(core) < 4:
        return None
    dashed = line.strip(" >*\t\xa0")[:2] in ("--", "__", "==", "~~", "——", "──")
    if not dashed and not core.endswith((":", "：")):
        return None
    known = core.rstrip(":： ").lower()
    if dashed and line.rstrip().endswith("--") and known.endswith(lists("reply_words")["wrote"]):
        return "original"
    if len(core) > 60:
        return None
    return next((kind for word, kind in _separators().items() if known.startswith(word)), None)


def label(line: str) -> str:
    """Which header a line like "*Von:* X" names: from, sent, to or subject; "" for none."""
    head, colon, _ = line[:40].replace("：", ":").partition(":")
    return _labels().get(head.strip(_ORNAMENT).lower(), "") if colon else ""


def header_block(lines: list[str], at: int) -> bool:
    """Whether the header block of an old mail begins at a line.

    At least two different labels with a From or a date among them, and a subject, an address, or a From with a full
    date and time: "From: Berlin, To: Paris" is a customer's own text.
    """
    first = label(lines[at])
    if first not in ("from", "sent") and not (first == "subject" and _RULE.match(lines[at - 1] if at else "")):
        return False
    kinds, has_address, other = {first}, "@" in lines[at], 0
    has_time = first == "sent" and _is_time(lines[at])
    for line in lines[at + 1 : at + _BLOCK_LINES]:
        if kind := label(line):
            kinds.add(kind)
            has_address = has_address or "@" in line
            has_time = has_time or (kind == "sent" and _is_time(line))
            other = 0
        elif (other := other + 1) > 2:
            break
        else:
            has_address = has_address or (bool(line.strip()) and _EMAIL.search(line) is not None)
    return len(kinds) >= 2 and ("subject" in kinds or has_address or (has_time and "from" in kinds))


def _is_time(line: str) -> bool:
    return _CLOCK.search(line) is not None and _DATE.search(line) is not None


def attribution(lines: list[str], end: int, before_quote: bool) -> int | None:
    """The first line of the attribution ("On ..., X wrote:") that ends at line `end`, None when there is none.

    It may be wrapped over a few lines. `before_quote`: a quoted line follows, then less evidence is asked.
    """
    joined = ""
    best: int | None = None
    for start in range(end, max(end - _WRAPPED, -1), -1):
        line = lines[start].strip()
        if not line or (start < end and line.endswith((".", "!", "?")) and not _EMAIL.search(line)):
            break
        joined = f"{line} {joined}".strip()
        if len(joined) > _LONGEST:
            break
        if _is_attribution(joined, before_quote) and (best is None or _goes_on(lines[best], joined)):
            best = start
            wrapped = start > 0 and lines[start - 1].rstrip().endswith(("<", "(", ","))
            if not wrapped and (_CLOCK.search(joined) or _DATE.search(joined)):
                return start
    return best


def _is_attribution(text: str, before_quote: bool) -> bool:
    folded = _BLANKS.sub(" ", text).lower().strip(_ORNAMENT)
    ends = folded.endswith((":", "："))
    folded = folded.rstrip(":： *_")
    # "...my last word.--- On Wed X wrote:": an answer shares the line, and is not to be lost with it.
    if not folded or _SHARED.search(folded):
        return False
    if before_quote and ends and folded.startswith(lists("reply_words")["quoting"]):
        return True
    verbs = list(_verb().finditer(folded))
    address, clock, date = _EMAIL.search(folded), _CLOCK.search(folded), _DATE.search(folded)
    at_end = bool(verbs) and verbs[-1].end() >= len(folded) - 1
    lead = _lead().match(folded)
    if not ends and not (lead and (clock or date) and (at_end or (before_quote and folded.endswith(">")))):
        return False
    if verbs:
        if before_quote:
            return bool(lead or address or clock or date) or at_end
        # A mail program that leaves out the address marks what it quotes; a customer may cite what was said at 10:00.
        return bool(address) and bool(lead or date) and bool(at_end or lead or (address and clock))
    # No verb known: a date and a mailbox and nothing else ("2022年1月1日 9:00 太郎 <taro@x.example>:").
    return bool(address and (clock or date) and folded.rstrip(" >)").endswith(address[0]))


def _goes_on(first: str, joined: str) -> bool:
    """Whether an attribution whose first line is known began further up, at the beginning of `joined`.

    "Thank you" right above "X <x@y.example> writes:" is the writer's own; a date or "On ..." is not.
    """
    folded = joined.lower().lstrip(_ORNAMENT)
    verb = _verb().match(first.lower().strip(_ORNAMENT))
    return first.lstrip()[:1] in ("<", "(") or verb is not None or _lead().match(folded) is not None or _is_time(joined)


def between_arrows(line: str) -> bool:
    """GroupWise's ">>> X <x@y.example> 1/1/2024 10:00 >>>", above an old mail without marks."""
    return line.startswith(">>> ") and line.rstrip().endswith(" >>>") and len(line) <= _LONGEST and _is_time(line)


def ends_with_verb(line: str) -> bool:
    """Whether a line ends like "... wrote" without a colon (some clients leave it out)."""
    tail = line.rstrip(" *_").lower()
    return tail.endswith(lists("reply_words")["wrote"]) and len(line) <= _LONGEST


def rule(line: str) -> bool:
    """A drawn line: nothing but dashes or underscores."""
    return _RULE.match(line) is not None

"""The signature of a known writer that nothing marks, as Outlook puts it under a mail: cut where it is certainly one.

Losing a sentence is the worse error: what is cut ends the text, is short, is made of lines that are no sentences, and
names the writer. The writer is told what was cut.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from mailsla.core.mail.words import lists

_MOST_LINES = 14
_LONGEST_LINE = 110
_LONGEST_FOOTER = 1500
_NEAR = 6  # lines between a closing and the writer's name or address
_CLOSING_WORDS = 5
_EMAIL = re.compile(r"[\w.+=-]+@[\w-]+(?:\.[\w-]+)+")
_WEB = re.compile(r"(?i)\b(?:https?://|www\.)\S+")
_PHONE = re.compile(r"(?:\+|\b0|\(0?)[\d()][\d\s()./–-]{5,}\d")
_LINK = re.compile(r"[<(\[]?(?:mailto|tel):[^\s>)\]]*[>)\]]?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:]\W{0,2}\Z")
_ABBREVIATION = re.compile(r"(?i)\b(?:inc|ltd|co|corp|bros|plc|\w)\.\Z")
_MANY_WORDS = 14
_AFTERTHOUGHT = re.compile(r"(?i)(?:p\.?\s?s\b|n\.?b\.)")
_PARTS = re.compile(r"[|,·•;/]|\s[-–—]\s")
_ORNAMENT = " \t\xa0*_,.!"
_ABOUT_ADDRESS = 2  # words beside it: "E-Mail: sam@acme.example"


@dataclass(frozen=True, slots=True)
class Signed:
    """`signature`: the lines that were cut, "" = none."""

    text: str
    signature: str


def without_signature(text: str, name: str, emails: Collection[str]) -> Signed:
    """The text without the writer's own signature at its end; `name` as others see it, `emails` in lower case."""
    lines = text.split("\n")
    card = _Card(lines, name, emails)
    start = card.begins()
    if start is None:
        return Signed(text, "")
    return Signed("\n".join(lines[:start]).rstrip(), "\n".join(lines[start:]).strip())


class _Card:
    """The end of a text, looked at as a visiting card."""

    def __init__(self, lines: list[str], name: str, emails: Collection[str]) -> None:
        self.lines = [_LINK.sub("", line).strip() for line in lines]
        self.emails = emails
        self.names = _names(name)
        self.end = self._above_footer()
        self.filled = [at for at in range(self.end) if self.lines[at]][-_MOST_LINES:]

    def begins(self) -> int | None:
        """The line where the signature begins, None where none is certain."""
        run = self._card_lines()
        if not run:
            return None
        for at in reversed(run):
            top = self._top(at, run) if self._named(at) else at
            if self._named(at) and self._may_follow(self._above(top)) and self._tells(top, run):
                return top
        return self._by_address(run)

    def _card_lines(self) -> list[int]:
        """The last lines that are no sentences."""
        run: list[int] = []
        for at in reversed(self.filled):
            if not _is_card_line(self.lines[at]) or _closing(self.lines[at]):
                break
            run.insert(0, at)
        return run

    def _above_footer(self) -> int:
        """The end of the text without the lines that the company puts under each mail."""
        end = len(self.lines)
        for at in range(len(self.lines) - 1, -1, -1):
            line = self.lines[at]
            if not line:
                continue
            if not _footer(line) or line.startswith("#"):
                break
            end = at
        return end

    def _above(self, at: int) -> str | None:
        """The line above that is not empty, None at the top."""
        return next((self.lines[one] for one in range(at - 1, -1, -1) if self.lines[one]), None)

    def _may_follow(self, above: str | None) -> bool:
        """Not after "Please send it to" or "You reach me here:": what follows is part of the sentence."""
        if above is None or above.startswith("#") or _closing(above):
            return True
        return _SENTENCE_END.search(above) is not None and not above.endswith((":", "："))

    def _named(self, at: int) -> bool:
        """Whether the line is the writer's name, perhaps with more behind it: "Sam Lee | Customer Care"."""
        first = _PARTS.split(self.lines[at], maxsplit=1)[0].strip(_ORNAMENT).casefold()
        whole = self.lines[at].strip(_ORNAMENT).casefold()
        return first in self.names or whole in self.names

    def _tells(self, at: int, run: list[int]) -> bool:
        """Whether there is more than the name: a way to reach them; below a closing any further line."""
        below = [self.lines[one] for one in run if one >= at]
        if any(self._reaches(line) for line in below):
            return True
        above = self._above(at)
        return len(below) > 1 and above is not None and _closing(above)

    def _reaches(self, line: str) -> bool:
        return bool(_PHONE.search(line) or _WEB.search(line) or self._own_address(line))

    def _own_address(self, line: str) -> bool:
        return any(found.lower() in self.emails for found in _EMAIL.findall(line))

    def _top(self, at: int, run: list[int]) -> int:
        """A first name that was typed above the card goes with it."""
        before = max((one for one in run if one < at), default=at)
        typed = self.lines[before].strip(_ORNAMENT).casefold()
        return before if any(typed in name.split() for name in self.names) else at

    def _by_address(self, run: list[int]) -> int | None:
        """A card without the name: it has the writer's address, and stands below a closing or is a block of its own."""
        at = next((one for one in run if self._own_address(self.lines[one])), None)
        if at is None or not self._only_address(self.lines[at]):
            return None
        above = self._above(run[0])
        if above is not None and _closing(above) and len([one for one in run if one < at]) <= _NEAR:
            return run[0]
        start = at
        while start - 1 in run:
            start -= 1
        above = self._above(start)
        # Directly below a sentence it may be what the sentence speaks of.
        return start if start > 0 and not self.lines[start - 1] and self._may_follow(above) else None

    def _only_address(self, line: str) -> bool:
        """One part of the line is the address with a label at most: not "write to me at sam@acme.example"."""
        parts = (part for part in _PARTS.split(line) if self._own_address(part))
        return all(len(_EMAIL.sub("", part).split()) <= _ABOUT_ADDRESS for part in parts)


def _is_card_line(line: str) -> bool:
    words = len(line.split())
    if len(line) > _LONGEST_LINE or words > _MANY_WORDS or line.startswith("#") or _AFTERTHOUGHT.match(line):
        return False
    return _SENTENCE_END.search(line) is None or _ABBREVIATION.search(line) is not None


def _footer(line: str) -> bool:
    return len(line) <= _LONGEST_FOOTER and any(word in line.lower() for word in lists("closing_words")["footer"])


def _closing(line: str) -> bool:
    """ "Kind regards," """
    folded = line.casefold().strip(f"{_ORNAMENT}-–—")
    if folded in _closings():
        return True
    first = next((one for one in _closings() if " " in one and folded.startswith(f"{one} ")), "")
    return bool(first) and len(folded.split()) <= _CLOSING_WORDS + 1


@cache
def _closings() -> tuple[str, ...]:
    words = lists("closing_words")
    return tuple(one.casefold() for one in (*words["closing"], *words["thanks"]))


def _names(name: str) -> frozenset[str]:
    """As it is, and with the family name first; one word alone is no full name."""
    words = name.casefold().replace(",", " ").split()
    if len(words) < 2:
        return frozenset()
    return frozenset({" ".join(words), " ".join([words[-1], *words[:-1]])})

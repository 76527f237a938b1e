"""Short mails of customers whose meaning is known: "status?", the 1 to 5 of a closing letter, and "Thanks!"."""

import re
from collections.abc import Iterator
from functools import cache

from mailsla.core.mail.words import lists

COMMENT = "***"  # our words in the mail of a rating link end with it
LONGEST = 200  # characters: whoever writes more says more
_NO_WORD = re.compile(r"[\W_]+")
_REFERENCE = re.compile(r"\b[^\W\d_][^\W_]*-\d+\b|#\d+\b")  # ACME-1042, #1042: which one, not what
_RATING = re.compile(r"([1-5])(?: (?:/|of|von|sur|de|z|su|van|out of) 5)?")


def asks_status(text: str, name: str = "") -> bool:
    """Whether all that the text says is "how does it stand?"; `name` is the writer's, who may have signed."""
    asked = _phrases("status_words", "status")
    return any(core in asked for core in _cores(_REFERENCE.sub("", text), name))


def rating(text: str, name: str = "") -> int | None:
    """The 1 to 5 that is all of the text, "4/5" too; None when it says anything else."""
    found = (_RATING.fullmatch(core) for core in _cores(text.replace("/", " of "), name))
    return next((int(one[1]) for one in found if one), None)


def rating_with_words(text: str, name: str = "") -> tuple[int, str] | None:
    """The 1 to 5 that stands alone on the first line, and what is said below it; None when it begins otherwise."""
    whole = rating(text, name)
    if whole is not None:  # what stands below is politeness, or their name
        return whole, ""
    first, _, below = text.strip().partition("\n")
    score = rating(first, name)
    return None if score is None else (score, below.strip())


def rating_comment(text: str) -> str:
    """What a customer wrote into the mail of a rating link: above our own words, behind the marker, or over them."""
    before, marker, behind = text.partition(COMMENT)
    if not marker:
        return text.strip()
    lines = before.splitlines()
    ours = next((at for at, line in enumerate(lines) if line.strip().casefold().startswith(_as_it_is())), None)
    if ours is None:  # the words are the operator's (`letters.templates`), and a paragraph all the same
        ours = max((at for at, line in enumerate(lines) if not line.strip()), default=0)
    above = "\n".join(lines[:ours])
    return "\n\n".join(part for one in (above, behind) if (part := one.strip()))


def only_thanks(text: str, name: str = "") -> bool:
    """Whether the text says thank you and nothing else; `name` is the writer's, who may have signed."""
    words = _words(text) if len(text) <= LONGEST and "?" not in text else []
    thanks, around = (_phrases("thanks_words", kind) for kind in ("thanks", "around"))
    idle = thanks.union(around, _words(name), [" ".join(_words(name))])
    covered = {0}  # up to which word the text is made of such phrases
    for end in range(1, len(words) + 1):
        if any(start in covered and " ".join(words[start:end]) in idle for start in range(end)):
            covered.add(end)
    said = f" {' '.join(words)} "
    return len(words) in covered and any(f" {one} " in said for one in thanks)


def _cores(text: str, name: str) -> Iterator[str]:
    """What may be meant: the text with more or fewer of its polite words cut, before and behind ("vous" may belong)."""
    words = _words(text) if len(text) <= LONGEST else []
    idle = _phrases("status_words", "polite").union(_words(name))
    start = next((at for at, word in enumerate(words) if word not in idle), len(words))
    end = next((at for at in range(len(words), 0, -1) if words[at - 1] not in idle), 0)
    for first in range(start + 1):
        for last in range(max(end, first), len(words) + 1):
            yield " ".join(words[first:last])


def _words(text: str) -> list[str]:
    return _NO_WORD.sub(" ", text.casefold()).split()


@cache
def _phrases(name: str, kind: str) -> frozenset[str]:
    return frozenset(" ".join(_words(one)) for one in lists(name)[kind])


@cache
def _as_it_is() -> tuple[str, ...]:
    return lists("link_words")["as_it_is"]

"""Two mails of customers that no person needs to read: "status?", and the 1 to 5 that a closing letter asks for."""

import re
from functools import cache

from mailsla.core.mail.words import lists

LONGEST = 200  # characters: whoever writes more says more
_NO_WORD = re.compile(r"[\W_]+")
_RATING = re.compile(r"([1-5])(?: (?:/|of|von|sur|de|z|su|van|out of) 5)?")


def asks_status(text: str, name: str = "") -> bool:
    """Whether all that the text says is "how does it stand?"; `name` is the writer's, who may have signed."""
    words = _words(text)
    return words is not None and _without_polite(words, name) in _questions()


def rating(text: str, name: str = "") -> int | None:
    """The 1 to 5 that is all of the text, "4/5" too; None when it says anything else."""
    words = _words(text.replace("/", " of "))
    found = _RATING.fullmatch(_without_polite(words, name)) if words is not None else None
    return int(found[1]) if found else None


def _words(text: str) -> list[str] | None:
    if len(text) > LONGEST:
        return None
    return _NO_WORD.sub(" ", text.casefold()).split()


def _without_polite(words: list[str], name: str) -> str:
    """Greetings before, thanks and the name behind are cut; what stands between them stays whole."""
    idle = _polite() | set(_words(name) or ())
    start, end = 0, len(words)
    while start < end and words[start] in idle:
        start += 1
    while end > start and words[end - 1] in idle:
        end -= 1
    return " ".join(words[start:end])


@cache
def _questions() -> frozenset[str]:
    return frozenset(" ".join(_words(one) or ()) for one in lists("status_words")["status"])


@cache
def _polite() -> frozenset[str]:
    return frozenset(" ".join(_words(one) or ()) for one in lists("status_words")["polite"])

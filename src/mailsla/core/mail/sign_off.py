"""Whether all that is left of a text signs off: a closing and a name under commands are no answer to a customer.

What a mark parts off is cut before (reply.py), and so is a writer's card below their text (signature.py).
"""

import re

from mailsla.core.mail.reply import is_device
from mailsla.core.mail.words import lists

_MOST_LINES, _LONGEST = 12, 80  # of a signature, and characters of its lines
_NO_WORD = re.compile(r"[\W_]+")


def only_signs_off(text: str, name: str) -> bool:
    """Whether it begins with a closing phrase, or with `name`, the writer's, and with nothing that they say.

    What follows the name (a firm, a telephone) is the signature's. A closing phrase counts where the name, or nothing,
    follows it.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > _MOST_LINES or any(len(line) > _LONGEST or line.endswith("?") for line in lines):
        return False
    if all(map(is_device, lines)):
        return True
    below = lines[1:] if _words(lines[0]) in _closings() else lines
    return not below or _is_name(below[0], name)


def _is_name(line: str, name: str) -> bool:
    """The full name, or the first or the last of it."""
    names = _words(name)
    return _words(line) in {names, names.partition(" ")[0], names.rpartition(" ")[2]} - {""}


def _words(text: str) -> str:
    return " ".join(_NO_WORD.sub(" ", text.casefold()).split())


def _closings() -> frozenset[str]:
    return frozenset(map(_words, lists("closing_words")["closing"]))

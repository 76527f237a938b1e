"""What a learned model sees of a text: words, pairs of words, and pieces of words.

The same function serves fitting and deciding. Pieces find "refunded" by "refund", German compounds by their parts, and
typing errors; Chinese and Japanese, which part no words, are pieces only.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mailsla.core.triage.words import BREAK

LONGEST_WORD = 30  # what is longer is a number or a link, and says little
MOST_WORDS = 1_200  # of a text; a complaint says its matter in fewer
PIECE, PAIR = "~", " "  # marks in the names of features; no word holds them
_PIECES = (2, 5)  # letters, with the ends of the word
_SIGNS = (1, 3)  # the same where a sign is about a word
_SCRIPT = re.compile("([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)")


def features(folded: Sequence[str]) -> Iterator[tuple[str, int]]:
    """(feature, position of the word that it stands in) of `Words.folded`, each as often as it occurs.

    A pair stands in both of its words.
    """
    before = BREAK
    for position, word in enumerate(folded[:MOST_WORDS]):
        if word != BREAK:
            for name in of_word(word):
                yield name, position
            if before != BREAK:
                yield f"{before}{PAIR}{word}", position
        before = word


@lru_cache(maxsize=20_000)
def of_word(word: str) -> tuple[str, ...]:
    """The features of one word by itself."""
    found: list[str] = []
    for part in _SCRIPT.split(word[:LONGEST_WORD]):
        if not part:
            continue
        if _SCRIPT.match(part):
            found += _pieces(part, _SIGNS)
        else:
            found.append(part)
            found += _pieces(f"<{part}>", _PIECES)
    return tuple(found)


def _pieces(text: str, lengths: tuple[int, int]) -> list[str]:
    least, most = lengths
    return [
        f"{PIECE}{text[start : start + length]}"
        for length in range(least, min(most, len(text)) + 1)
        for start in range(len(text) - length + 1)
    ]

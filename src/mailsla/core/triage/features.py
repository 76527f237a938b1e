"""What a learned model sees of a text: words, pairs of words, and pieces of words.

The same function serves fitting and deciding. Pieces find "refunded" by "refund", German compounds by their parts, and
typing errors. Of Chinese, where each character is a word by itself (words.py), one to three in a row are a piece.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mailsla.core.triage.han import HAN
from mailsla.core.triage.words import BREAK

LONGEST_WORD = 30  # what is longer is a number or a link, and says little
MOST_WORDS = 500  # of a text; a complaint says its matter in fewer, and each costs time
PIECE, PAIR = "~", " "  # marks in the names of features; no word holds them
_PIECES = (2, 5)  # letters, with the ends of the word
_SIGNS = 3  # Chinese characters
_IS_HAN = re.compile(f"[{HAN}]")


def features(folded: Sequence[str]) -> Iterator[str]:
    """Each as often as it occurs in the text."""
    for names, _, _ in groups(folded):
        yield from names


def groups(folded: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """(features, position of their last word, how many words they stand in): a word by itself, or what several make."""
    before, signs = BREAK, ""
    for position, word in enumerate(folded[:MOST_WORDS]):
        if is_han(word):
            signs = (signs + word)[-_SIGNS:]
            for length in range(1, len(signs) + 1):
                yield (PIECE + signs[-length:],), position, length
            before = BREAK
            continue
        signs = ""
        if word != BREAK:
            yield of_word(word), position, 1
            if before != BREAK:
                yield (f"{before}{PAIR}{word}",), position, 2
        before = word


def is_han(word: str) -> bool:
    """Whether it is written in Chinese characters."""
    return _IS_HAN.match(word) is not None


@lru_cache(maxsize=20_000)
def of_word(word: str) -> tuple[str, ...]:
    """The features of one word by itself."""
    padded = f"<{word[:LONGEST_WORD]}>"
    least, most = _PIECES
    pieces = (
        PIECE + padded[start : start + length]
        for length in range(least, min(most, len(padded)) + 1)
        for start in range(len(padded) - length + 1)
    )
    return (word[:LONGEST_WORD], *pieces)

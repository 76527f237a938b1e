"""A learned model: its bytes, and what it says of a text. numpy alone; scikit-learn is for fitting only.

The bytes: MAGIC, the length of a JSON header (4 octets), the header, and compressed (zlib) the vocabulary and arrays.
"""

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailsla.core.triage.features import PIECE, features, is_han
from mailsla.core.triage.learned import Because, Recipe
from mailsla.core.triage.words import BREAK, Words
from mailsla.errors import PermanentError

MAGIC = b"mailsla model\n"
FORMAT = 1
MOST_QUOTED = 5
HEAVY_ENOUGH = 0.1  # of the heaviest word: what counts less is not named
_LARGEST = 500_000_000  # octets, unpacked

Floats = NDArray[np.floating[Any]]


class DamagedModel(PermanentError):
    """These bytes are no model that this version reads."""


class Model:
    """One fitted model (core.triage.learned.Learned)."""

    def __init__(
        self,
        version: int,
        recipe: Recipe,
        categories: Sequence[str],
        vocabulary: Sequence[str],
        idf: Floats,
        weights: Floats,
        bias: Floats,
    ) -> None:
        """`weights`: a row for each word of the vocabulary, a column for each category; may be float16."""
        self.version, self.recipe, self.categories = version, recipe, tuple(categories)
        self._index = {name: number for number, name in enumerate(vocabulary)}
        self._idf, self._weights, self._bias = idf, weights, bias
        self._pieces = np.array([name.startswith(PIECE) for name in vocabulary], dtype=bool)

    def scores(self, words: Words) -> Mapping[str, float]:
        """See Learned."""
        numbers, values = self._vector(words)
        found = values @ self._weights[numbers].astype(np.float32) + self._bias
        return dict(zip(self.categories, map(float, found), strict=True))

    def because(self, words: Words, category: str, other: str) -> Because:
        """See Learned. What a piece of a word counts is counted for the word, as the customer wrote it."""
        numbers, values = self._vector(words)
        first, second = self.categories.index(category), self.categories.index(other)
        weights = self._weights[numbers].astype(np.float32)
        counted = dict(
            zip(map(int, numbers), map(float, values * (weights[:, first] - weights[:, second])), strict=True)
        )
        times = Counter(name for name, _, _ in features(words.folded))
        by_word: Counter[str] = Counter()
        written: dict[str, str] = {}
        for name, last, width in features(words.folded):
            number = self._index.get(name)
            if number is None:
                continue
            share = counted[number] / times[name]
            places = range(last - width + 1, last + 1)
            if is_han(words.folded[last]):  # a character alone says little to a reader
                shown = "".join(words.folded[place] for place in places)
                written.setdefault(shown, words.quote(tuple(places)))
                by_word[shown] += share  # type: ignore[assignment]
                continue
            for place in places:
                folded = words.folded[place]
                written.setdefault(folded, words.written[place])
                by_word[folded] += share / width  # type: ignore[assignment]
        return Because(_heaviest(by_word, written, 1), _heaviest(by_word, written, -1))

    def _vector(self, words: Words) -> tuple[NDArray[np.int64], Floats]:
        counts = Counter(name for name, _, _ in features(words.folded))
        known = [(self._index[name], count) for name, count in counts.items() if name in self._index]
        numbers = np.array([number for number, _ in known], dtype=np.int64)
        values = (1 + np.log(np.array([count for _, count in known], dtype=np.float32))) * self._idf[numbers]
        pieces = self._pieces[numbers]
        for block in (pieces, ~pieces):
            length = float(np.sqrt((values[block] ** 2).sum()))
            if length:
                values[block] /= length
        return numbers, values.astype(np.float32)


def packed(categories: Sequence[str], vocabulary: Sequence[str], idf: Floats, weights: Floats, bias: Floats) -> bytes:
    """The bytes of a model."""
    listed = "\n".join(vocabulary).encode()
    arrays = (idf.astype("<f4").tobytes(), weights.astype("<f2").tobytes(), bias.astype("<f4").tobytes())
    header = {"format": FORMAT, "categories": list(categories), "words": len(vocabulary), "listed": len(listed)}
    head = json.dumps(header).encode()
    return MAGIC + len(head).to_bytes(4, "big") + head + zlib.compress(b"".join((listed, *arrays)), 6)


def unpacked(content: bytes, version: int, recipe: Recipe) -> Model:
    """The model of these bytes; DamagedModel for those of a newer version, or of none."""
    try:
        header, body = _opened(content)
        names, words, listed = header["categories"], int(header["words"]), int(header["listed"])
        vocabulary = body[:listed].decode().split("\n") if words else []
        idf = np.frombuffer(body, "<f4", words, listed)
        weights = np.frombuffer(body, "<f2", words * len(names), listed + 4 * words).reshape(words, len(names))
        bias = np.frombuffer(body, "<f4", len(names), len(body) - 4 * len(names))
        if len(vocabulary) != words:
            raise ValueError("its vocabulary is not whole")
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise DamagedModel(f"model {version} is damaged: {error}", "fit one anew: mailsla triage learn") from error
    return Model(version, recipe, names, vocabulary, idf, weights, bias)


def _opened(content: bytes) -> tuple[dict[str, Any], bytes]:
    if not content.startswith(MAGIC):
        raise ValueError("it does not begin as one")
    start = len(MAGIC) + 4
    end = start + int.from_bytes(content[len(MAGIC) : start], "big")
    header = json.loads(content[start:end])
    if header["format"] > FORMAT:
        raise ValueError(f"it is of format {header['format']}, of a newer mailsla")
    unpacking = zlib.decompressobj()
    body = unpacking.decompress(content[end:], _LARGEST)
    if not unpacking.eof:
        raise ValueError("it is cut off")
    return header, body


def _heaviest(by_word: Mapping[str, float], written: Mapping[str, str], sign: int) -> tuple[str, ...]:
    ordered = sorted(((sign * weight, word) for word, weight in by_word.items() if word != BREAK), reverse=True)
    least = ordered[0][0] * HEAVY_ENOUGH if ordered else 0.0
    named: list[str] = []
    for weight, word in ordered:
        if weight <= max(least, 0.0) or len(named) == MOST_QUOTED:
            break
        if not (is_han(word) and any(word in one or one in word for one in named)):
            named.append(word)
    return tuple(written[word] for word in named)

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

from mailsla.core.triage.features import PIECE, groups, is_han
from mailsla.core.triage.learned import Because, Recipe
from mailsla.core.triage.words import BREAK, Words
from mailsla.errors import PermanentError

MAGIC = b"mailsla model\n"
FORMAT = 1
MOST_QUOTED = 5
HEAVY_ENOUGH = 0.1  # of the heaviest word: what counts less is not named
MOST_KNOWN = 20_000  # words remembered
_LARGEST = 500_000_000  # octets, unpacked

Floats = NDArray[np.floating[Any]]
Numbers = NDArray[np.int64]
_NONE = np.array([], dtype=np.int64)


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
        self._known: dict[str, Numbers] = {}
        self._pieces = np.array([name.startswith(PIECE) for name in vocabulary], dtype=bool)

    def read(self, words: Words) -> "Read":
        """See Learned."""
        found = [(self._numbers(names), last, width) for names, last, width in groups(words.folded)]
        numbers, times = np.unique(np.concatenate([_NONE, *(one for one, _, _ in found)]), return_counts=True)
        values = ((1 + np.log(times)) * self._idf[numbers]).astype(np.float32)
        pieces = self._pieces[numbers]
        for block in (pieces, ~pieces):
            length = float(np.sqrt((values[block] ** 2).sum()))
            if length:
                values[block] /= length
        weights = self._weights[numbers].astype(np.float32)
        scores = values @ weights + self._bias
        told = dict(zip(self.categories, map(float, scores), strict=True))
        return Read(told, self.categories, words, found, numbers, weights, values / times)

    def _numbers(self, names: tuple[str, ...]) -> Numbers:
        """Of those features that it knows. People use the same few thousand words: they are looked up once."""
        known = self._known.get(names[0])
        if known is None:
            known = np.array([self._index[name] for name in names if name in self._index], dtype=np.int64)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[names[0]] = known
        return known


class Read:
    """One text, read by a model (core.triage.learned.Reading)."""

    def __init__(
        self,
        scores: Mapping[str, float],
        categories: Sequence[str],
        words: Words,
        found: Sequence[tuple[Numbers, int, int]],
        numbers: Numbers,
        weights: Floats,
        each: Floats,
    ) -> None:
        """`weights`, `each`: of the features `numbers` for each category, and how much of one each occurrence is."""
        self.scores = scores
        self._categories, self._words = categories, words
        self._found, self._numbers = found, numbers
        self._weights, self._each = weights, each

    def because(self, category: str, other: str) -> Because:
        """See Reading. What a piece of a word counts is counted for the word, as the customer wrote it."""
        words, categories = self._words, self._categories
        first, second = categories.index(category), categories.index(other)
        between = (self._weights[:, first] - self._weights[:, second]) * self._each
        by_word: Counter[str] = Counter()
        written: dict[str, str] = {}
        counted = self._counted(between)
        for numbers, last, width in self._found:
            if not len(numbers):
                continue
            counts = counted[id(numbers)]
            places = range(last - width + 1, last + 1)
            if is_han(words.folded[last]):  # a character alone says little to a reader
                shown = "".join(words.folded[place] for place in places)
                written.setdefault(shown, words.quote(tuple(places)))
                by_word[shown] += counts  # type: ignore[assignment]
                continue
            for place in places:
                folded = words.folded[place]
                written.setdefault(folded, words.written[place])
                by_word[folded] += counts / width  # type: ignore[assignment]
        return Because(_heaviest(by_word, written, 1), _heaviest(by_word, written, -1))

    def _counted(self, between: Floats) -> dict[int, float]:
        """What the features of each array of `found` count together, by its id: all in one step, for each costs time.

        The features of one word are one array wherever it stands.
        """
        arrays = {id(numbers): numbers for numbers, _, _ in self._found if len(numbers)}
        if not arrays:
            return {}
        ends = np.cumsum([len(numbers) for numbers in arrays.values()])
        each = between[np.searchsorted(self._numbers, np.concatenate(list(arrays.values())))]
        sums = np.add.reduceat(each.astype(np.float64), np.concatenate([[0], ends[:-1]]))
        return dict(zip(arrays, map(float, sums), strict=True))


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

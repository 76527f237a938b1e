"""Find many phrases in one pass over the words of a mail.

A phrase is written as words: `charged twice`. `refund*` is any word that begins so, `*rechnung` one that ends
so, `*rechnung*` one that has it inside (German compounds). `order|parcel` is either, `{item}` a named set of
such words, and `~` stands for up to GAP words that don't matter: `{not} ~ arrived`. Case and accents don't count,
an apostrophe or hyphen parts words ("haven't" is `haven t`), and a phrase never reaches over the end of a sentence.
Chinese is written without spaces: `退款|退货` finds these characters in a row, wherever they stand.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from mailsla.core.triage.han import HAN
from mailsla.core.triage.words import BREAK, fold

GAP = 3
MOST_KNOWN = 20_000  # words remembered an index
_GAP_SIGN = "~"
_FORM = re.compile(rf"\*?[^\W_{HAN}]+\*?|\*?[{HAN}]\*?")
_SEVERAL_HAN = re.compile(rf"[{HAN}]{{2}}")
_GROUP = re.compile(r"\{(\w*)\}")
_STAR_INSIDE = re.compile(r"\w\*\w|\*\*")

Label = TypeVar("Label")
Groups = Mapping[str, str]


class PhraseError(ValueError):
    """A phrase that is not written by the grammar; says which and why."""


class Found(NamedTuple, Generic[Label]):
    """A phrase that was found: its label, how the list writes it, and the positions of its words."""

    label: Label
    phrase: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One word of a phrase, by the number of its slot, after at most `gap` words that don't matter."""

    slot: int
    gap: int


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[Label]):
    label: Label
    written: str
    rest: tuple[_Step, ...]
    needs: tuple[int, ...]  # the slots of the rest


class Phrases(Generic[Label]):
    """A fixed set of labelled phrases, indexed by their first word."""

    def __init__(self, phrases: Iterable[tuple[str, Label]]) -> None:
        """Raises PhraseError for a phrase that can't be read. Groups are expanded before: see `expand`."""
        slots: dict[frozenset[str], int] = {}
        self._starting: dict[int, list[_Phrase[Label]]] = {}
        for written, label in phrases:
            for plain in _spelled(written):
                first, *rest = [_Step(slots.setdefault(forms, len(slots)), gap) for forms, gap in _steps(plain)]
                needs = tuple(step.slot for step in rest)
                self._starting.setdefault(first.slot, []).append(_Phrase(label, written, tuple(rest), needs))
        self._forms = _Forms(slots)

    def find(self, words: Sequence[str]) -> list[Found[Label]]:
        """Every phrase at every place where it begins, in reading order; `words` as in `Words.folded`."""
        begun = self._begun_by(set(words))
        if not begun:
            return []
        slots = [self._forms[word] for word in words]
        found = []
        for start, word in enumerate(words):
            for phrase in begun.get(word, ()):
                positions = _follow(phrase.rest, words, slots, start)
                if positions:
                    found.append(Found(phrase.label, phrase.written, positions))
        return found

    def _begun_by(self, words: set[str]) -> dict[str, list[_Phrase[Label]]]:
        """The phrases that each word begins, without those that lack one of their words: that is most."""
        slots = {word: fits for word in words if (fits := self._forms[word])}
        present = {slot for fits in slots.values() for slot in fits}
        live = {
            slot: alive
            for slot in present & self._starting.keys()
            if (alive := [phrase for phrase in self._starting[slot] if present.issuperset(phrase.needs)])
        }
        return {
            word: phrases
            for word, fits in slots.items()
            if (phrases := [phrase for slot in fits for phrase in live.get(slot, ())])
        }


class _Forms(dict[str, tuple[int, ...]]):
    """Which slots a word fits: by itself, its beginning, its end, or a part of it.

    Looked up once a word and remembered, for people use the same few thousand.
    """

    def __init__(self, slots: Mapping[frozenset[str], int]) -> None:
        super().__init__()
        self._whole: dict[str, tuple[int, ...]] = {}
        self._begins: dict[str, tuple[int, ...]] = {}
        self._ends: dict[str, tuple[int, ...]] = {}
        self._has: dict[str, tuple[int, ...]] = {}
        for forms, slot in slots.items():
            for form in forms:
                table, bare = self._table(form), form.strip("*")
                table[bare] = (*table.get(bare, ()), slot)

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= MOST_KNOWN:
            self.clear()
        fits = set(self._whole.get(word, ()))
        for length in range(1, len(word) + 1):
            fits.update(self._begins.get(word[:length], ()), self._ends.get(word[-length:], ()))
        for part, slots in self._has.items():
            if part in word:
                fits.update(slots)
        self[word] = known = tuple(fits)
        return known

    def _table(self, form: str) -> dict[str, tuple[int, ...]]:
        if form.startswith("*"):
            return self._has if form.endswith("*") else self._ends
        return self._begins if form.endswith("*") else self._whole


def expand(written: str, groups: Groups) -> str:
    """A phrase with its `{groups}` replaced; raises PhraseError for one that is not there."""

    def members(match: re.Match[str]) -> str:
        name = match[1]
        if name not in groups:
            raise PhraseError(f"phrase {written!r}: there is no group {name!r}")
        return groups[name]

    return _GROUP.sub(members, written)


def _follow(
    rest: tuple[_Step, ...], words: Sequence[str], slots: Sequence[tuple[int, ...]], start: int
) -> tuple[int, ...]:
    """The positions of a phrase whose first word is at `start`; () when the rest doesn't follow."""
    positions = [start]
    for step in rest:
        after = positions[-1] + 1
        for position in range(after, min(after + step.gap + 1, len(words))):
            if words[position] == BREAK:
                return ()
            if step.slot in slots[position]:
                positions.append(position)
                break
        else:
            return ()
    return tuple(positions)


def _spelled(written: str) -> list[str]:
    """A phrase, once for each choice between Chinese words: each of their characters is a slot of its own."""
    if written.isascii():
        return [written]
    pieces = [piece.split("|") if _SEVERAL_HAN.search(piece) else [piece] for piece in written.split()]
    return [" ".join(choice) for choice in product(*pieces)] if pieces else [written]


def _steps(written: str) -> list[tuple[frozenset[str], int]]:
    """The words of a phrase: their forms, and how many words may stand before each."""
    steps: list[tuple[frozenset[str], int]] = []
    gap = 0
    for piece in written.split():
        if piece == _GAP_SIGN:
            gap += GAP
            continue
        for forms in _slots_of(piece, written):
            steps.append((forms, gap))
            gap = 0
    if gap or not steps or steps[0][1]:
        raise PhraseError(f"phrase {written!r}: it must begin and end with a word")
    return steps


def _slots_of(piece: str, written: str) -> list[frozenset[str]]:
    """One piece between spaces: mostly one slot, more where an apostrophe or hyphen parts it."""
    alternatives = [_forms(alternative, written) for alternative in piece.split("|")]
    if len(alternatives) == 1:
        return [frozenset({form}) for form in alternatives[0]]
    if any(len(forms) != 1 for forms in alternatives):
        raise PhraseError(f"phrase {written!r}: each choice in {piece!r} must be one word")
    return [frozenset(forms[0] for forms in alternatives)]


def _forms(text: str, written: str) -> list[str]:
    """The words of a piece with their stars: "re-fund*" -> ["re", "fund*"]."""
    forms: list[str] = _FORM.findall(fold(text))
    if not forms or _STAR_INSIDE.search(text):
        raise PhraseError(f"phrase {written!r}: {text!r} is not a word, a star stands only at its ends")
    return forms

"""A burst of complaints about one thing, noticed against what is usual at that hour (product.md, Triage).

What a group has in common is learned from three quarters of the complaints and counted in the last quarter, four times
over: words that were picked because they happen to be frequent prove nothing there. The count is compared with how
many of the usual complaints are like that.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain, groupby

from mailsla.core.triage.features import is_han
from mailsla.core.triage.likeness import Index, Likeness, Terms, is_like, likenesses, parted
from mailsla.core.triage.surprise import surprise
from mailsla.core.triage.words import BREAK, Words

LEAST = 6  # complaints, each of another customer
LEAST_SHARE = 0.08  # of the hour's complaints: less is no burst where much comes in
LEAST_TIMES = 2.5  # as many as usual
LEAST_SURPRISE = 7.0  # natural logarithm: by chance once in a thousand hours
LEAST_KNOWN = 50  # complaints from which on it is known what is usual
MOST_BURSTS = 3  # at once
MOST_TERMS = 150  # of one complaint
WORDS_SHOWN = 6

_PARTS = 4
_WAYS = (1, 4)  # of parting the complaints: each is one of so many neighbours in the same part
_STEM = 6  # letters: "refund", "refunds", "refunded" are one word
_SHORTEST = 3
_DIGITS = 3  # a word with so many is a number of theirs
_SURE = 20.0  # no hour is known better than from so many: what people write about varies more than by chance alone
_ONE_MORE = 1.0  # complaint like that counts as seen before, ...
_OF_SO_MANY = 20  # ... of so many more


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A ticket as it is compared. `words`: its distinct words (words_of)."""

    ticket_id: int
    customer: str
    words: Set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What came in before: the words of complaints, newest first and at most some thousands.

    `at_this_hour`: those of the same hour of weeks before, by week; a week without any is an empty list.
    """

    complaints: Sequence[Set[str]]
    at_this_hour: Sequence[Sequence[Set[str]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Complaints about one thing. `words`: what they have in common, as people write it, the most telling first.

    `usual`: how many would have come in that time. `surprise`: minus the logarithm of the chance of so many.
    """

    tickets: Sequence[int]
    words: Sequence[str]
    likeness: Likeness
    usual: float
    surprise: float


def words_of(words: Words, common: Set[str]) -> frozenset[str]:
    """The words of a complaint that say what it is about: no function words (`common`), no numbers of theirs."""
    spelled = (word for word in _spelled(words.folded) if word != BREAK)
    kept = dict.fromkeys(part for word in spelled for part in _parts(word) if part not in common)
    return frozenset(list(kept)[:MOST_TERMS])


def terms_of(words: Set[str]) -> frozenset[str]:
    """The words as they are compared: without their endings."""
    return frozenset(_stem(word) for word in words)


def belongs(likeness: Likeness, words: Set[str]) -> bool:
    """Whether one more complaint is about the same thing: by two words at least, where it has several."""
    terms = terms_of(words)
    shared = sum(term in likeness for term in terms)
    return shared >= min(2, len(likeness)) and is_like(likeness, terms)


def bursts(window: Sequence[Complaint], usual: Usual) -> list[Burst]:
    """The bursts among the complaints of an hour, the most surprising first. A customer counts once."""
    if len(usual.complaints) < LEAST_KNOWN:
        return []
    before = _Before(usual)
    left = [(one, terms_of(one.words)) for one in {one.customer: one for one in reversed(window)}.values()]
    everyone = [(one, terms_of(one.words)) for one in window]
    found: list[Burst] = []
    while len(found) < MOST_BURSTS and len(left) >= LEAST:
        burst = _most_surprising(left, before)
        if burst is None:
            break
        same = [one for one, terms in everyone if is_like(burst.likeness, terms)]
        found.append(_named(burst, same))
        left = [(one, terms) for one, terms in left if not is_like(burst.likeness, terms)]
    return found


@dataclass(slots=True)
class _Before:
    """What is usual, ready to be asked."""

    usual: Usual
    index: Index = field(init=False)
    weeks: Sequence[Index] = field(init=False)

    def __post_init__(self) -> None:
        self.index = Index([terms_of(words) for words in self.usual.complaints])
        self.weeks = [Index([terms_of(words) for words in week]) for week in self.usual.at_this_hour]

    def expected(self, likeness: Likeness, among: int, part: float = 1.0) -> tuple[float, float]:
        """How many like this are usual among so many complaints, and from how many that is known.

        Either by their part in all complaints, or by how many came in this hour of other weeks (`part` of the
        window is asked for): whichever is more.
        """
        seen = len(self.index.like(likeness)) + _ONE_MORE
        by_part = among * seen / (self.index.size + _OF_SO_MANY)
        then = [len(week.like(likeness)) for week in self.weeks]
        by_hour = part * sum(then) / len(then) if then else 0.0
        known = seen if by_part >= by_hour else sum(then) + _ONE_MORE
        return max(by_part, by_hour), min(known, _SURE)


_Compared = Sequence[tuple[Complaint, Terms]]


def _most_surprising(window: _Compared, before: _Before) -> Burst | None:
    terms = [one for _, one in window]
    count, expected, seen = _held_out(terms, before)
    value = surprise(count, expected, seen) if count else 0.0
    likeness = _one_thing(_best(terms, before), terms)
    if likeness is None or value < LEAST_SURPRISE or count < LEAST_TIMES * expected:
        return None
    tickets = [one.ticket_id for one, words in window if is_like(likeness, words)]
    usual, _ = before.expected(likeness, len(window))
    if len(tickets) < max(LEAST, LEAST_SHARE * len(window)):
        return None
    return Burst(tickets=tickets, words=(), likeness=likeness, usual=usual, surprise=value)


def _one_thing(likeness: Likeness | None, terms: Sequence[Terms]) -> Likeness | None:
    """Of a likeness that is of several things (two bursts at once) that of the greatest; the others have their turn."""
    if likeness is None:
        return None
    parts = parted(likeness, [one for one in terms if is_like(likeness, one)])
    return max(parts, key=lambda part: sum(is_like(part, one) for one in terms), default=None)


def _held_out(terms: Sequence[Terms], before: _Before) -> tuple[int, float, float]:
    """How many are like what the others have in common, how many are usual, and from how many that is known.

    The mean over several ways of parting them: one alone is a lottery where few are left to learn from.
    """
    count, expected, seen, learned = 0, 0.0, 0.0, 0
    for run in _WAYS:
        parts = [number // run % _PARTS for number in range(len(terms))]
        for part in range(_PARTS):
            likeness = _best([one for one, of in zip(terms, parts, strict=True) if of != part], before)
            if likeness is None:
                continue
            held = [one for one, of in zip(terms, parts, strict=True) if of == part]
            count += sum(is_like(likeness, one) for one in held)
            usual, from_seen = before.expected(likeness, len(held), len(held) / len(terms))
            expected, seen, learned = expected + usual, seen + from_seen, learned + 1
    return round(count / len(_WAYS)), expected / len(_WAYS), seen / max(1, learned)


def _best(terms: Sequence[Terms], before: _Before) -> Likeness | None:
    window = Index(terms)

    def value(likeness: Likeness) -> float:
        return surprise(len(window.like(likeness)), *before.expected(likeness, window.size))

    return max(likenesses(terms, before.index), key=value, default=None)


def _named(burst: Burst, same: Sequence[Complaint]) -> Burst:
    """With all tickets of these customers, and the words as most people write them."""
    written: dict[str, Counter[str]] = {}
    for word in chain.from_iterable(one.words for one in same):
        written.setdefault(_stem(word), Counter())[word] += 1
    there = [term for term in burst.likeness if term in written]
    telling = sorted(there, key=lambda term: -burst.likeness[term] * written[term].total())
    words = [_as_most_write(written[term]) for term in telling[:WORDS_SHOWN]]
    return replace(burst, tickets=sorted(one.ticket_id for one in same), words=words)


def _as_most_write(written: Counter[str]) -> str:
    return min(written, key=lambda word: (-written[word], word))


def _spelled(folded: Sequence[str]) -> Iterator[str]:
    """The words, with the Chinese characters that follow each other as one."""
    for is_chinese, group in groupby(folded, is_han):
        some = list(group)
        yield from ["".join(some)] if is_chinese else some


def _parts(word: str) -> Sequence[str]:
    """A word, or of a script without blanks its pairs of characters."""
    if any(_without_blanks(letter) for letter in word):
        return [word[at : at + 2] for at in range(len(word) - 1)]
    if len(word) < _SHORTEST or sum(letter.isdigit() for letter in word) >= min(_DIGITS, len(word)):
        return ()
    return (word,)


def _without_blanks(letter: str) -> bool:
    return "\u3040" <= letter <= "\u30ff" or "\u3400" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af"


def _stem(word: str) -> str:
    if len(word) > _STEM:
        return word[:_STEM]
    return word[:-1] if len(word) > _SHORTEST and word.endswith("s") else word

"""A burst of complaints about one thing, noticed against what is usual at that hour (product.md, Triage).

What a group has in common is learned from three quarters of the complaints and counted in the last quarter, four times
over: words that were picked because they happen to be frequent prove nothing there. The count is compared with how
many of the usual complaints are like that. While little is known of what is usual, complaints that are near one another
as a whole are a burst too (huddle.py); once much is known, far more of a topic than usual (topical.py).
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, groupby

from mailsla.core.triage.features import is_han
from mailsla.core.triage.huddle import huddle
from mailsla.core.triage.likeness import Index, Likeness, Terms, common_to, grown, is_like, likenesses, parted
from mailsla.core.triage.surprise import surprise
from mailsla.core.triage.topical import surge
from mailsla.core.triage.usual import Before, Expected, Usual
from mailsla.core.triage.words import BREAK, Words

LEAST = 6  # complaints, each of another customer
LEAST_SHARE = 0.08  # of the hour's complaints: less is no burst where much comes in
LEAST_TIMES = 2.5  # as many as usual
LEAST_SURPRISE = 7.0  # natural logarithm: by chance once in a thousand hours
SURPRISE_AT_FIRST = 9.0  # until what is usual is well known
LEAST_KNOWN = 50  # complaints from which on it is known what is usual
WELL_KNOWN = 300  # ... and well enough that complaints near one another prove nothing more
MOST_BURSTS = 3  # at once
MOST_TERMS = 150  # of one complaint
WORDS_SHOWN = 6

_PARTS = 4
_WAYS = (1, 4)  # of parting the complaints: each is one of so many neighbours in the same part
_STEM = 6  # letters: "refund", "refunds", "refunded" are one word
_SHORTEST = 3
_DIGITS = 3  # a word with so many is a number of theirs
_Compared = Sequence[tuple["Complaint", Terms]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A ticket as it is compared. `words`: its distinct words (words_of); `topic`: topical.topic_of."""

    ticket_id: int
    customer: str
    words: Set[str]
    topic: str = ""


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
    before = Before(
        [terms_of(words) for words in usual.complaints],
        [[terms_of(words) for words in week] for week in usual.at_this_hour],
    )
    left = [(one, terms_of(one.words)) for one in {one.customer: one for one in reversed(window)}.values()]
    everyone = [(one, terms_of(one.words)) for one in window]
    found: list[Burst] = []
    while len(found) < MOST_BURSTS and len(left) >= LEAST:
        burst = _most_surprising(left, before) or _nearest(left, before)
        if burst is None:
            break
        same = [one for one, terms in everyone if is_like(burst.likeness, terms)]
        found.append(_named(burst, same))
        left = [(one, terms) for one, terms in left if not is_like(burst.likeness, terms)]
    return [*found, *_of_a_topic(left, before, usual)][:MOST_BURSTS]


def _most_surprising(window: _Compared, before: Before) -> Burst | None:
    if before.index.size < LEAST_KNOWN:
        return None
    terms = [one for _, one in window]
    count, expected = _held_out(terms, before)
    value = surprise(count, expected.count, expected.shape) if count else 0.0
    likeness = _one_thing(_best(terms, before), terms)
    least = LEAST_SURPRISE if before.index.size >= WELL_KNOWN else SURPRISE_AT_FIRST
    if likeness is None or value < least or count < LEAST_TIMES * expected.count:
        return None
    return _enough(window, before, likeness, value)


def _nearest(window: _Compared, before: Before) -> Burst | None:
    """Those near one another, while it is not known whether there are always such."""
    if before.index.size >= WELL_KNOWN:
        return None
    terms = [one for _, one in window]
    near = huddle(terms, before.index)
    _, likeness = grown(terms, Index(terms), before.index, near)
    count = len(near)
    expected = before.expected(likeness, len(window))
    if not likeness or count <= expected.count:
        return None
    return _enough(window, before, likeness, surprise(count, expected.count, expected.shape))


def _enough(window: _Compared, before: Before, likeness: Likeness, value: float) -> Burst | None:
    tickets = [one.ticket_id for one, terms in window if is_like(likeness, terms)]
    if len(tickets) < max(LEAST, LEAST_SHARE * len(window)):
        return None
    usual = before.expected(likeness, len(window)).count
    return Burst(tickets=tickets, words=(), likeness=likeness, usual=usual, surprise=value)


def _of_a_topic(window: _Compared, before: Before, usual: Usual) -> list[Burst]:
    topics = Before(
        [frozenset([topic]) for topic in usual.topics],
        [[frozenset([topic]) for topic in week] for week in usual.topics_at_this_hour],
    )
    more = surge([one.topic for one, _ in window], topics)
    if more is None:
        return []
    terms = [one for _, one in window]
    group = {number for number, (one, _) in enumerate(window) if one.topic == more.topic}
    likeness = common_to(terms, Index(terms), before.index, group)
    same = [one for one, _ in window if one.topic == more.topic]
    burst = Burst(tickets=(), words=(), likeness=likeness, usual=more.usual, surprise=more.surprise)
    return [_named(burst, same)] if likeness else []


def _one_thing(likeness: Likeness | None, terms: Sequence[Terms]) -> Likeness | None:
    """Of a likeness that is of several things (two bursts at once) that of the greatest; the others have their turn."""
    if likeness is None:
        return None
    parts = parted(likeness, [one for one in terms if is_like(likeness, one)])
    return max(parts, key=lambda part: sum(is_like(part, one) for one in terms), default=None)


def _held_out(terms: Sequence[Terms], before: Before) -> tuple[int, Expected]:
    """How many are like what the others have in common, and how many are usual.

    The mean over several ways of parting them: one alone is a lottery where few are left to learn from.
    """
    count, expected, shape, learned = 0, 0.0, 0.0, 0
    for run in _WAYS:
        parts = [number // run % _PARTS for number in range(len(terms))]
        for part in range(_PARTS):
            likeness = _best([one for one, of in zip(terms, parts, strict=True) if of != part], before)
            if likeness is None:
                continue
            held = [one for one, of in zip(terms, parts, strict=True) if of == part]
            count += sum(is_like(likeness, one) for one in held)
            usual = before.expected(likeness, len(held), len(held) / len(terms))
            expected, shape, learned = expected + usual.count, shape + usual.shape, learned + 1
    return round(count / len(_WAYS)), Expected(expected / len(_WAYS), shape / max(1, learned))


def _best(terms: Sequence[Terms], before: Before) -> Likeness | None:
    window = Index(terms)

    def value(likeness: Likeness) -> float:
        usual = before.expected(likeness, window.size)
        return surprise(len(window.like(likeness)), usual.count, usual.shape)

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

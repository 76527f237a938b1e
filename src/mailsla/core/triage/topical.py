"""Far more complaints of one topic than its usual part: a burst that shares no words, people meet many sides of it.

Topics are those of the built-in words (lexicon.py), whatever the operator's categories are and whatever was learned:
what counts complaints must count them alike before and after a model is replaced.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailsla.core.directory import Category
from mailsla.core.triage.language import Languages
from mailsla.core.triage.lexicon import DEFAULT_TOPICS, Lexicon
from mailsla.core.triage.likeness import ENOUGH
from mailsla.core.triage.surprise import surprise
from mailsla.core.triage.usual import Before
from mailsla.core.triage.words import Words

LEAST = 15  # complaints of it
LEAST_SHARE = 0.15  # of the hour's complaints
LEAST_TIMES = 1.7  # as many as usual
LEAST_SURPRISE = 5.0
LEAST_KNOWN = 400  # complaints of before whose topics are known
_CATEGORIES = tuple(Category(name=name, team=name) for name in DEFAULT_TOPICS)


@dataclass(frozen=True, slots=True)
class Surge:
    """More of a topic than usual."""

    topic: str
    usual: float
    surprise: float


def topic_of(words: Words, lexicon: Lexicon, languages: Languages) -> str:
    """The likeliest; "" = no word tells."""
    ranked = lexicon.rank(words, languages.detect(words.folded), _CATEGORIES)
    return ranked[0].category if ranked else ""


def surge(topics: Sequence[str], before: Before) -> Surge | None:
    """The topic that is furthest over what is usual, if any is far enough. `before`: topics as terms."""
    if before.index.size < LEAST_KNOWN:
        return None
    counts = Counter(topic for topic in topics if topic)
    found = [_surge(topic, count, len(topics), before) for topic, count in counts.items()]
    return max((one for one in found if one is not None), key=lambda one: one.surprise, default=None)


def _surge(topic: str, count: int, among: int, before: Before) -> Surge | None:
    expected = before.expected({topic: ENOUGH}, among)
    value = surprise(count, expected.count, expected.shape)
    enough = count >= max(LEAST, LEAST_SHARE * among, LEAST_TIMES * expected.count)
    return Surge(topic, expected.count, value) if enough and value >= LEAST_SURPRISE else None

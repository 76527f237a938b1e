"""Categories by weighted words and phrases: what mailsla knows on its first day, before anyone has corrected it.

The words are data (data/lexicon/*.toml, one file a language). They vote for topics; topics are finer than the
default categories, so that an operator's own categories can be put together from them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import is_
from typing import NamedTuple

from mailsla.core.directory import Category
from mailsla.core.triage.phrases import Found, Groups, Phrases, expand
from mailsla.core.triage.words import Words

WEIGHTS = {"strong": 4.0, "clear": 2.0, "hint": 1.0}
SUBJECT_FACTOR = 1.5  # a subject is the customer's own summary
DOUBT = 1.0  # evidence that any text is short of: one hint alone is no certainty
NAME_WEIGHT = 4.0  # of a word that only names of categories have
MOST_WORDS = 6  # quoted in a reason

# The topics that a category of this name stands for unless its configuration says otherwise.
DEFAULT_TOPICS: Mapping[str, tuple[str, ...]] = {
    "billing": ("billing", "promotion"),
    "delivery": ("delivery",),
    "returns": ("returns",),
    "defect": ("defect",),
    "technical": ("technical",),
    "account": ("account",),
    "conduct": ("conduct",),
    "privacy": ("privacy", "security"),
    "contract": ("contract",),
    "other": ("other", "availability"),
}
TOPICS = frozenset(topic for topics in DEFAULT_TOPICS.values() for topic in topics)
_IGNORE = ""  # the label of phrases that mean nothing and hide the words inside them


@dataclass(frozen=True, slots=True)
class LexiconTable:
    """One language's words. `topics`: topic -> strength ("strong", "clear", "hint") -> phrases (see phrases.py).

    `ignore`: phrases that count for nothing and keep what is inside them from counting. `names`: topic -> words that
    say so in the name of a category ("Miscellaneous"), though not in a complaint.
    """

    topics: Mapping[str, Mapping[str, Sequence[str]]]
    groups: Groups
    ignore: Sequence[str] = ()
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A category with its certainty (0 to 1) and the customer's words that counted for it, heaviest first."""

    category: str
    certainty: float
    words: tuple[str, ...] = ()


class _Vote(NamedTuple):
    topic: str
    weight: float
    positions: tuple[int, ...]


class Lexicon:
    """The words of all languages, ready to be found."""

    def __init__(self, tables: Mapping[str, LexiconTable]) -> None:
        """`tables`: language -> words. Raises PhraseError, and ValueError for an unknown topic or strength."""
        self._phrases = {language: Phrases(_labelled(table)) for language, table in tables.items()}
        self._names = {language: table.names for language, table in tables.items()}
        self._said: dict[str, frozenset[str]] = {}
        self._mapped: tuple[Sequence[Category], Mapping[str, Collection[str]]] = ((), {})

    @property
    def languages(self) -> frozenset[str]:
        """Those that it has words for."""
        return frozenset(self._phrases)

    def rank(self, words: Words, language: str | None, categories: Iterable[Category]) -> tuple[Ranked, ...]:
        """The categories that some word speaks for, likeliest first.

        Of a text in an unknown language, the language that finds most is believed; of a language that the
        lexicon lacks, nothing is known: (). Topics that no category stands for count as doubt.
        """
        if language is None:
            votes = max((self._votes(words, known) for known in self._phrases), key=_total, default=[])
        elif language in self._phrases:
            votes = self._votes(words, language)
        else:
            return ()
        return _ranked(votes, self.topics_for(tuple(categories)), words)

    def topics_for(self, categories: Sequence[Category]) -> Mapping[str, Collection[str]]:
        """The topics of each category: those that it is mapped to, else what its own name says.

        Of two that have a topic the one that names it keeps it, or their words could never decide: "billing" is
        promotion too, but not beside a category of promotion, and "billing of partners" has nothing beside "billing".
        """
        known, mapped = self._mapped
        if len(known) == len(categories) and all(map(is_, known, categories)):
            return mapped  # those of the configuration, mail after mail
        topics = mapped_topics(categories)
        taken = {topic for held in topics.values() for topic in held}
        mapped = {name: held or self._left_by_name(name, taken) for name, held in topics.items()}
        self._mapped = (tuple(categories), mapped)
        return mapped

    def _left_by_name(self, name: str, taken: Collection[str]) -> frozenset[str]:
        if name not in self._said:
            self._said[name] = frozenset(named_topics(self, name))
        return self._said[name].difference(taken)

    def topics_in(self, name: str) -> Mapping[str, float]:
        """What the name of a category says, as topic -> weight, in the language that finds most in it."""
        words = Words.of("", name)
        return max((self._named(words, language) for language in self._phrases), key=_sum, default={})

    def _named(self, words: Words, language: str) -> dict[str, float]:
        said: dict[str, float] = {}
        for vote in self._votes(words, language):
            said[vote.topic] = said.get(vote.topic, 0.0) + vote.weight
        names = Phrases((phrase, topic) for topic, phrases in self._names[language].items() for phrase in phrases)
        for found in names.find(words.folded):
            said[found.label] = said.get(found.label, 0.0) + NAME_WEIGHT
        return said

    def _votes(self, words: Words, language: str) -> list[_Vote]:
        """One vote a phrase, from its weightiest place."""
        votes: dict[str, _Vote] = {}
        for found in _longest(self._phrases[language].find(words.folded)):
            topic, weight = found.label
            if topic == _IGNORE:
                continue
            if found.positions[0] < words.subject:
                weight *= SUBJECT_FACTOR
            if found.phrase not in votes or votes[found.phrase].weight < weight:
                votes[found.phrase] = _Vote(topic, weight, found.positions)
        return list(votes.values())


def topics_of(category: Category) -> tuple[str, ...]:
    """The topics that a category stands for: as configured, else by its name; () for a name of the operator's own.

    A configured name may be a topic ("promotion") or a default category ("billing", which is billing and promotion).
    """
    names = category.lexicon or (category.name,)
    return tuple(topic for name in names for topic in DEFAULT_TOPICS.get(name, (name,) if name in TOPICS else ()))


def mapped_topics(categories: Sequence[Category]) -> dict[str, frozenset[str]]:
    """The topics of each category by its configuration or name; none for one that says nothing the lexicon knows."""
    outright = {category.name: _outright(category) for category in categories}
    claimed = {topic for topics in outright.values() for topic in topics}
    return {category.name: outright[category.name].union(set(topics_of(category)) - claimed) for category in categories}


def _outright(category: Category) -> frozenset[str]:
    """Those that its configuration, or its name, spells out."""
    return TOPICS.intersection(category.lexicon or (category.name,))


def named_topics(lexicon: Lexicon, name: str) -> tuple[str, ...]:
    """The topics that a category's own name speaks of, in any language, plainest first; () where it says nothing.

    For categories that nobody has mapped: "Refund & Returns" is returns, "Rechnungen" is billing.
    """
    said = lexicon.topics_in(name)
    least = max(said.values(), default=0.0) / 2
    return tuple(sorted((topic for topic, weight in said.items() if weight >= least), key=lambda one: -said[one]))


def _labelled(table: LexiconTable) -> list[tuple[str, tuple[str, float]]]:
    unknown = (set(table.topics) | set(table.names)) - TOPICS
    if unknown:
        raise ValueError(f"no such topic: {', '.join(sorted(unknown))}; there are {', '.join(sorted(TOPICS))}")
    phrases = [(expand(phrase, table.groups), (_IGNORE, 0.0)) for phrase in table.ignore]
    for topic, strengths in table.topics.items():
        for strength, listed in strengths.items():
            if strength not in WEIGHTS:
                raise ValueError(f"{topic}.{strength}: the strengths are {', '.join(WEIGHTS)}")
            label = (topic, WEIGHTS[strength])  # one for all of them
            phrases += [(expand(phrase, table.groups), label) for phrase in listed]
    return phrases


def _longest(found: Sequence[Found[tuple[str, float]]]) -> list[Found[tuple[str, float]]]:
    """Without the phrases inside a longer one: in "delivery address" no delivery is meant.

    Of two on the same words for the same topic the heavier counts.
    """
    kept: list[Found[tuple[str, float]]] = []
    covering: dict[int, list[tuple[str, tuple[int, ...]]]] = {}
    for one in sorted(found, key=_length_and_weight):
        topic, positions = one.label[0], one.positions
        others = covering.get(positions[0], ())
        if others and any(
            topic == about if positions == other else set(other).issuperset(positions) for about, other in others
        ):
            continue
        kept.append(one)
        standing = (topic, positions)
        for position in positions:
            covering.setdefault(position, []).append(standing)
    return kept


def _length_and_weight(one: Found[tuple[str, float]]) -> tuple[int, float]:
    return -len(one.positions), -one.label[1]


def _sum(said: Mapping[str, float]) -> float:
    return sum(said.values())


def _total(votes: Sequence[_Vote]) -> float:
    return sum(vote.weight for vote in votes)


def _ranked(votes: Sequence[_Vote], topics_for: Mapping[str, Collection[str]], words: Words) -> tuple[Ranked, ...]:
    total = _total(votes) + DOUBT
    by_topic: dict[str, list[_Vote]] = {}
    ordered = sorted(votes, key=_heaviest_first)
    for vote in ordered:
        by_topic.setdefault(vote.topic, []).append(vote)
    ranked = []
    for category, topics in topics_for.items():
        said = [topic for topic in topics if topic in by_topic]
        own = by_topic[said[0]] if len(said) == 1 else [vote for vote in ordered if vote.topic in said]
        if own:
            quoted = dict.fromkeys(words.quote(vote.positions) for vote in own[:MOST_WORDS])
            ranked.append(Ranked(category, round(_total(own) / total, 3), tuple(quoted)))
    return tuple(sorted(ranked, key=lambda one: -one.certainty))


def _heaviest_first(vote: _Vote) -> float:
    return -vote.weight

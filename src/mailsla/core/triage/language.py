"""Which language a text is written in, by its function words; None when that is not plain."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mailsla.core.triage.words import fold

ENOUGH_WORDS = 400  # more of a text does not change the answer
LEAST_EVIDENCE = 1.0  # two words shared by two languages, or one that only this language has
LEAST_LEAD = 1.25  # the best must have so many times the evidence of the second
_KANA, _KANA_END = "\u3040", "\u3100"


class Languages:
    """The function words of the supported languages; a word counts 1/n when n languages have it."""

    def __init__(self, function_words: Mapping[str, Iterable[str]]) -> None:
        """`function_words`: language ("en") -> words, in any case and accents."""
        having: dict[str, list[str]] = {}
        for language, words in function_words.items():
            for word in {fold(word) for word in words}:
                having.setdefault(word, []).append(language)
        self._having = having
        self.function_words = frozenset(having)  # of all languages, folded

    def detect(self, words: Sequence[str]) -> str | None:
        """The language of folded words (`Words.folded`), or None when too little or too mixed to tell."""
        evidence: Counter[str] = Counter()
        for word, times in Counter(words[:ENOUGH_WORDS]).items():
            having = self._having.get(word, ())
            if not having and _KANA <= word < _KANA_END:
                return None  # Japanese shares its characters with Chinese
            for language in having:
                evidence[language] += min(times, 3) / len(having)  # type: ignore[assignment]
        ranked = evidence.most_common(2)
        if not ranked or ranked[0][1] < LEAST_EVIDENCE:
            return None
        if len(ranked) == 2 and ranked[0][1] < LEAST_LEAD * ranked[1][1]:
            return None
        return ranked[0][0]

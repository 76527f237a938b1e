"""What a person says in a mail: without quotes, without what their firm puts under each mail, and as an eye reads it.

Losing a sentence is the worse error. Of a disclaimer only the sentences go that speak of it, in the third person.
"""

import re
import unicodedata
from functools import cache

from mailsla.core.mail.reply import unquoted
from mailsla.core.mail.words import lists
from mailsla.core.triage.features import is_han

_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]*\s*")
_WORD = re.compile(r"[^\W\d_]+")
_PARAGRAPHS = re.compile(r"(\n[^\S\n]*\n\s*)")
_LONGEST = 4000  # of a paragraph: who writes more says something
_LEAST = 2  # marks of one
# Letters of other alphabets that an eye takes for these.
_CYRILLIC = ("аеорсухіјѕһԁԛԝкАВЕКМНОРСТХУІЈЅ", "aeopcyxijshdqwkABEKMHOPCTXYIJS")
_GREEK = ("οαικνρτχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oaikvptxABEZHIKMNOPTYX")
_LOOK_ALIKE = str.maketrans(_CYRILLIC[0] + _GREEK[0], _CYRILLIC[1] + _GREEK[1])


def own_words(text: str) -> str:
    """The text that triage looks at."""
    return without_disclaimer(as_read(unquoted(text)))


def as_read(text: str) -> str:
    """Without characters that nobody sees, and with Latin letters where a word of these hides others among them."""
    if text.isascii():
        return text
    seen = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return _WORD.sub(lambda found: _latin(found[0]), seen)


def without_disclaimer(text: str) -> str:
    """Without "this e-mail is confidential"; a text that is nothing else stays."""
    parts = _PARAGRAPHS.split(text)
    kept = "".join(_said(part) for part in parts)
    return kept if kept.strip() else text


def _latin(word: str) -> str:
    if word.isascii() or not any(one.isascii() for one in word):
        return word
    spelled = word.translate(_LOOK_ALIKE)
    return spelled if spelled.isascii() else word


def _said(paragraph: str) -> str:
    words = lists("disclaimer_words")
    sentences = _SENTENCE.findall(paragraph)
    begun = any(_any(words["begins"]).match(one.lstrip()) for one in sentences)
    if len(paragraph) > _LONGEST or not begun or len(_marks(paragraph)) < _LEAST:
        return paragraph
    mine = set(words["mine"])
    return "".join(one for one in sentences if not _marks(one) or mine & set(_WORD.findall(one.casefold())))


def _marks(text: str) -> set[str]:
    found: list[str] = _any(lists("disclaimer_words")["mark"]).findall(" ".join(text.casefold().split()))
    return set(found)


@cache
def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Each at the beginning of a word; anywhere in Chinese, which does not part them."""
    spelled = (re.escape(one) if is_han(one[0]) else rf"\b{re.escape(one)}" for one in phrases)
    return re.compile("|".join(spelled), re.IGNORECASE)

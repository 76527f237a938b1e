"""A triage desk with the shipped words and the default categories, for the tests of this room."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from mailsla.adapters.lexicons import load_languages, load_lexicon, load_signals
from mailsla.core.directory import Category
from mailsla.core.triage.language import Languages
from mailsla.core.triage.lexicon import DEFAULT_TOPICS, Lexicon
from mailsla.core.triage.priority import Signals
from mailsla.core.triage.rules import Rule, RuleBook
from mailsla.core.triage.triage import TriageDesk, TriageFacts

DEFAULT_CATEGORIES = tuple(Category(name=name, team=f"team-{name}") for name in DEFAULT_TOPICS)


@cache
def words() -> tuple[Lexicon, Signals, Languages]:
    return load_lexicon(), load_signals(), load_languages()


def desk(
    rules: Sequence[Rule] = (),
    categories: Sequence[Category] = DEFAULT_CATEGORIES,
    threshold: float = 0.5,
) -> TriageDesk:
    lexicon, signals, languages = words()
    return TriageDesk(lexicon, signals, languages, categories, RuleBook(rules), threshold)


def mail(text: str, subject: str = "", **known: Any) -> TriageFacts:
    return TriageFacts(
        **{
            "subject": subject,
            "text": text,
            "sender": "jo@customer.example",
            "mailbox": "support",
            **known,
        }
    )

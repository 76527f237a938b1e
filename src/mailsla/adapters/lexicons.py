"""Reads the shipped word lists, once: lexicon, signals of priority, function words (core/triage/data)."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from mailsla.core.triage.language import Languages
from mailsla.core.triage.lexicon import Lexicon, LexiconTable
from mailsla.core.triage.priority import Signals, SignalTable

_DATA = files("mailsla.core.triage") / "data"


@cache
def load_lexicon() -> Lexicon:
    """The categories' words in all languages that have a file."""
    return Lexicon({language: LexiconTable(**table) for language, table in _tables("lexicon")})


@cache
def load_signals() -> Signals:
    """The words that raise a priority, in all languages that have a file."""
    return Signals({language: SignalTable(**table) for language, table in _tables("signals")})


@cache
def load_languages() -> Languages:
    """The function words by which languages are told apart."""
    listed = tomllib.loads((_DATA / "languages.toml").read_text(encoding="utf-8"))
    return Languages({language: str(words).split() for language, words in listed.items()})


def _tables(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(language, content) of each file; the tables check what is inside."""
    for file in (_DATA / folder).iterdir():
        language, dot, suffix = file.name.rpartition(".")
        if dot and suffix == "toml":
            yield language, tomllib.loads(file.read_text(encoding="utf-8"))

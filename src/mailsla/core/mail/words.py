"""The word lists of this package (data/*.toml), read once; package data, as constant as the code beside it."""

import tomllib
from functools import cache
from importlib import resources


@cache
def lists(name: str) -> dict[str, tuple[str, ...]]:
    """data/NAME.toml with the languages joined: {"wrote": ("wrote", "schrieb", ...), ...}, longest words first."""
    text = (resources.files(__package__) / "data" / f"{name}.toml").read_text("utf-8")
    joined: dict[str, set[str]] = {}
    for language in tomllib.loads(text).values():
        for key, words in language.items():
            joined.setdefault(key, set()).update(words)
    return {key: tuple(sorted(words, key=lambda word: (-len(word), word))) for key, words in joined.items()}

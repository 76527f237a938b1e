"""The shipped word lists load, name only what exists, and cover every topic and floor in each language."""

import tomllib
from importlib.resources import files

import pytest

from mailsla.adapters.lexicons import load_languages, load_lexicon, load_signals
from mailsla.core.triage.lexicon import TOPICS
from mailsla.core.triage.priority import SIGNALS
from mailsla.core.triage.words import Words

DATA = files("mailsla.core.triage") / "data"
LISTS = [(folder, file.name) for folder in ("lexicon", "signals") for file in (DATA / folder).iterdir()]


@pytest.mark.parametrize(("folder", "name"), sorted(LISTS))
def test_each_list_covers_everything(folder: str, name: str) -> None:
    table = tomllib.loads((DATA / folder / name).read_text(encoding="utf-8"))
    if folder == "lexicon":
        assert set(table["topics"]) == TOPICS
    else:
        assert set(table["signals"]) == set(SIGNALS)


def test_they_load() -> None:
    assert load_lexicon().languages == {"en", "de", "fr", "es", "pt", "pl", "it", "nl", "zh"}
    assert load_signals().find(Words.of("", "an explosion")) == {"safety": ("explosion",)}
    assert load_languages().detect(Words.of("", "where is my order").folded) == "en"

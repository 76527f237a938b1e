"""Catalogues hold exactly the texts that templates and code use, and every translation is whole."""

import re

import pytest

from tests.adapters.letters.catalogue_files import catalogue, catalogue_paths, extracted

PLACEHOLDER = re.compile(r"%\(\w+\)s")
TRANSLATED = sorted(set(catalogue_paths()) - {"en"})


def _texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@pytest.mark.parametrize("language", sorted(catalogue_paths()))
def test_a_catalogue_is_what_extraction_finds(language: str) -> None:
    """After a change of a text: python -m tests.adapters.letters.catalogue_files"""
    wanted = {(message.context, message.id) for message in extracted() if message.id}
    assert {(message.context, message.id) for message in catalogue(language) if message.id} == wanted


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_with_its_placeholders(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        source, translations = _texts(message.id), _texts(message.string)
        assert all(translations), message.id
        if isinstance(message.id, tuple):
            assert len(translations) == catalogue(language).num_plurals, message.id
        for text in translations:
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(source[-1])), message.id
            assert not re.search(r"%(?!\(\w+\)s)", text), f"{text!r}: write %% for a percent sign"


def test_texts_are_whole_sentences_without_markup() -> None:
    for message in extracted():
        for text in _texts(message.id):
            assert not re.search(r"[<>&]|\(s\)", text), text
            assert not text.startswith((" ", ",")) and not text.endswith(" "), text

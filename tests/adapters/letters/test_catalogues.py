"""Catalogues hold exactly the texts that templates and code use, and every translation is whole."""

import gettext
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from mailsla.adapters.letters import JinjaLetters
from mailsla.adapters.letters_samples import ENVELOPE
from mailsla.config.formats import LANGUAGES, LANGUAGES_INSIDE
from mailsla.core.letters import Reader
from mailsla.core.letters_customer import TO_CUSTOMERS
from tests.adapters.letters.catalogue_files import TEMPLATES, catalogue, catalogue_paths, extracted, of
from tests.adapters.letters.reading import LETTERS, read, rendered
from tests.adapters.letters.samples import ALL

PLACEHOLDER = re.compile(r"%\(\w+\)s")
TRANSLATED = sorted(set(catalogue_paths()) - {"en"})


def _texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@pytest.mark.parametrize("language", sorted(catalogue_paths()))
def test_a_catalogue_is_what_extraction_finds(language: str) -> None:
    """After a change of a text: python -m tests.adapters.letters.catalogue_files"""
    wanted = {(message.context, message.id) for message in of(language)}
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


def test_customers_are_written_to_in_all_languages_and_our_people_in_those_that_are_whole() -> None:
    assert LETTERS.languages(inside=False) == LANGUAGES
    assert LETTERS.languages(inside=True) == LANGUAGES_INSIDE


class _Untranslated(gettext.NullTranslations):
    """What a catalogue is asked for and does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: set[str] = set()

    def gettext(self, message: str) -> str:
        self.heard.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_letter_to_a_customer_asks_for_a_text_that_its_catalogue_lacks(language: str) -> None:
    """Not what extraction takes for a customer's text, but what is looked up while the letters are rendered."""
    letters = JinjaLetters(TEMPLATES, None, ZoneInfo)
    asked = _Untranslated()
    letters._catalogues[language].texts.add_fallback(asked)
    for content in ALL.values():
        if content.kind in TO_CUSTOMERS:
            for guess in (True, False):
                raw = letters.render(
                    content, ENVELOPE, Reader(language=language, zone="Asia/Tokyo", zone_is_guess=guess)
                )
                assert read(raw)["Content-Language"] == language
    assert asked.heard == set()
    letters._catalogues[language].gettext("nobody translates this")
    assert asked.heard == {"nobody translates this"}


@pytest.mark.parametrize("language", sorted({*LANGUAGES} - {*LANGUAGES_INSIDE}))
def test_a_letter_to_our_people_is_english_as_a_whole_where_its_language_is_not(language: str) -> None:
    for name, content in ALL.items():
        if content.kind not in TO_CUSTOMERS:
            mail, english = rendered(content, language=language), rendered(content)
            assert mail["Content-Language"] == "en", name
            assert mail.get_payload()[0].as_string() == english.get_payload()[0].as_string(), name


def test_a_catalogue_of_the_operator_serves_customers_once_none_of_their_texts_is_missing(tmp_path: Path) -> None:
    texts = [message for message in catalogue("nl") if message.id]
    path = tmp_path / "locales/da/LC_MESSAGES/mailsla.po"
    path.parent.mkdir(parents=True)

    def written(some: list[Message]) -> JinjaLetters:
        danish = Catalog(locale="da")
        for message in some:
            danish.add(message.id, message.string, context=message.context)
        with path.open("wb") as file:
            write_po(file, danish)
        return JinjaLetters(TEMPLATES, tmp_path, ZoneInfo)

    relay = ALL["relay"]
    almost = written(texts[1:])
    assert "da" not in almost.languages(inside=False)
    assert almost.missing("da") == [texts[0].id]
    assert read(almost.render(relay, ENVELOPE, Reader(language="da", zone="Etc/UTC")))["Content-Language"] == "en"
    whole = written(texts)
    assert "da" in whole.languages(inside=False) and "da" not in whole.languages(inside=True)
    assert read(whole.render(relay, ENVELOPE, Reader(language="da", zone="Etc/UTC")))["Content-Language"] == "da"


def test_texts_are_whole_sentences_without_markup() -> None:
    for message in extracted():
        for text in _texts(message.id):
            assert not re.search(r"[<>&]|\(s\)", text), text
            assert not text.startswith((" ", ",")) and not text.endswith(" "), text

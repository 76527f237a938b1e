"""The texts in the reader's language: gettext catalogues (.po) read at start by Babel, compiled in memory."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from mailsla.errors import ConfigError, Problem

DOMAIN = "mailsla"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
SOURCE = "en"  # the language that the templates are written in
FOR_CUSTOMERS = "customers read this"  # the comment of a text, in the shipped catalogue of the source language
_CLDR = {"pt": "pt_PT"}  # our Portuguese is that of Portugal, CLDR's is that of Brazil
_Key = tuple[str | None, str]  # context and text


def mark(message: str) -> str:
    """Mark a text for extraction (imported as `_`); it is translated where it is used."""
    return message


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: its CLDR data and its texts.

    A letter is wholly in one language. So a language serves customers only when no text of their letters is missing,
    and our people when none at all is.
    """

    language: str
    locale: Locale
    texts: Translations
    missing: Sequence[str] = ()  # of the texts in letters to customers, those without a translation
    missing_inside: Sequence[str] = ()  # of all others

    def gettext(self, message: str) -> str:
        """A text."""
        return _text(self.texts, message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A text with a number, in the plural form that the number takes."""
        return str(self.texts.ngettext(one, many, count))

    def pgettext(self, context: str, message: str) -> str:
        """A text that means something only in its context."""
        return _text_in(self.texts, context, message)

    def serves(self, inside: bool) -> bool:
        """Whether letters to customers, or to our people (`inside`), are written in it."""
        return not self.missing and not (inside and self.missing_inside)

    @property
    def direction(self) -> str:
        """The direction of its script: ltr | rtl."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"


@lru_cache(maxsize=8192)
def _text(texts: Translations, message: str) -> str:
    return str(texts.gettext(message))


@lru_cache(maxsize=1024)
def _text_in(texts: Translations, context: str, message: str) -> str:
    return str(texts.pgettext(context, message))


def read_catalogues(folders: Sequence[Path]) -> dict[str, Catalogue]:
    """The languages below `FOLDER/locales`, by tag; a text of a later folder wins. The source language is always there.

    Raises ConfigError with all problems: a folder that names no language, a catalogue that does not parse.
    """
    merged: dict[str, Catalog] = {SOURCE: Catalog(locale=SOURCE)}
    wanted: dict[_Key, bool] = {}  # the texts that ship, and whether customers read them
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted(folder.glob(f"locales/*/LC_MESSAGES/{DOMAIN}.po")):
            language = path.parent.parent.name
            try:
                locale = _locale(language)
            except (UnknownLocaleError, ValueError):
                mend = "name the folder like de, pt_BR or zh_Hant"
                problems.append(Problem(str(path), f"no language {language!r}", mend))
                continue
            try:
                read = _read(path, locale)
            except (PoFileError, UnicodeError, OSError) as error:
                problems.append(Problem(str(path), f"the catalogue can't be read: {error}", "mend the .po file"))
            else:
                problems.extend(_misfits(path, read))
                if language == SOURCE and not wanted:
                    wanted = {_key(message): FOR_CUSTOMERS in message.auto_comments for message in read if message.id}
                into = merged.setdefault(language, read)
                for message in read:
                    if message.id and message.string and into is not read:
                        into[message.id] = message
    if problems:
        raise ConfigError(tuple(problems))
    return {language: _compiled(language, catalog, wanted) for language, catalog in merged.items()}


def _read(path: Path, locale: Locale) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain=DOMAIN, abort_invalid=True)


def _misfits(path: Path, catalog: Catalog) -> Iterator[Problem]:
    """Translations that would fail when filled in: a placeholder that the text has not, a lone percent sign."""
    for message in catalog:
        source = message.id if isinstance(message.id, str) else message.id[-1]
        values = dict.fromkeys(_PLACEHOLDER.findall(source), "")
        for text in (message.string,) if isinstance(message.string, str) else message.string or ():
            try:
                _ = text % values if source else ""
            except (KeyError, ValueError, TypeError) as error:
                what = f"the translation of {source!r} can't be filled in: {error}"
                yield Problem(
                    f"{path}:{message.lineno}", what, "use the placeholders of the text, and %% for a percent"
                )


def _compiled(language: str, catalog: Catalog, wanted: Mapping[_Key, bool]) -> Catalogue:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    texts = Translations(compiled, DOMAIN)
    if language == SOURCE:
        return Catalogue(language, _locale(language), texts)
    there = {_key(message) for message in catalog if message.id and _whole(message)}
    missing = [(text, customers) for (context, text), customers in wanted.items() if (context, text) not in there]
    outside, inside = ([text for text, customers in missing if customers is which] for which in (True, False))
    return Catalogue(language, _locale(language), texts, outside, inside)


def _key(message: Message) -> _Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _whole(message: Message) -> bool:
    return all((message.string,) if isinstance(message.string, str) else message.string or ("",))


def _locale(language: str) -> Locale:
    return Locale.parse(_CLDR.get(language, language))


def fitting(catalogues: dict[str, Catalogue], language: str, *, inside: bool) -> Catalogue:
    """The catalogue for a letter: "de-AT" falls back to "de", and what is not wholly translated to the source."""
    tag = language.replace("-", "_")
    found = (catalogues.get(one) for one in (tag, tag.split("_")[0]))
    return next((one for one in found if one is not None and one.serves(inside)), catalogues[SOURCE])

"""The texts in the reader's language: gettext catalogues (.po) read at start by Babel, compiled in memory."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from mailsla.errors import ConfigError, Problem

DOMAIN = "mailsla"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
SOURCE = "en"  # the language that the templates are written in


def mark(message: str) -> str:
    """Mark a text for extraction (imported as `_`); it is translated where it is used."""
    return message


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: its CLDR data and its texts."""

    language: str
    locale: Locale
    texts: Translations

    def gettext(self, message: str) -> str:
        """A text."""
        return _text(self.texts, message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A text with a number, in the plural form that the number takes."""
        return str(self.texts.ngettext(one, many, count))

    def pgettext(self, context: str, message: str) -> str:
        """A text that means something only in its context."""
        return _text_in(self.texts, context, message)

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
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted(folder.glob(f"locales/*/LC_MESSAGES/{DOMAIN}.po")):
            language = path.parent.parent.name
            try:
                locale = Locale.parse(language)
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
                into = merged.setdefault(language, read)
                for message in read:
                    if message.id and message.string and into is not read:
                        into[message.id] = message
    if problems:
        raise ConfigError(tuple(problems))
    return {language: _compiled(language, catalog) for language, catalog in merged.items()}


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


def _compiled(language: str, catalog: Catalog) -> Catalogue:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Catalogue(language, Locale.parse(language), Translations(compiled, DOMAIN))


def fitting(catalogues: dict[str, Catalogue], language: str) -> Catalogue:
    """The catalogue for a language tag: "de-AT" falls back to "de", and what nobody translated to the source."""
    tag = language.replace("-", "_")
    return catalogues.get(tag) or catalogues.get(tag.split("_")[0]) or catalogues[SOURCE]

"""The texts that templates and code hold, and the catalogues that translate them.

`python -m tests.adapters.letters.catalogue_files` brings the .po files up to date after a text changed: new texts come
in untranslated (the tests name them), texts that nobody uses go. Then fill in the translations by hand.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from mailsla.adapters.catalogues import FOR_CUSTOMERS
from mailsla.adapters.letters_unused import emails, reached
from mailsla.config.formats import LANGUAGES_INSIDE
from mailsla.core.letters_customer import TO_CUSTOMERS

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates"
FOREVER = datetime(2026, 11, 22, tzinfo=UTC)  # the history is in git; a date here would change with each update
# What customers read: the words of times stand in all letters, the others in reports.
IN_LETTERS = ("letters_time", "report_names", "report_outcomes", "report_words")
KEYWORDS = {"_": None, "say": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def extracted() -> Catalog:
    """All texts of templates/emails and of the adapters; those in letters to customers bear a comment that says so."""
    catalog = Catalog()
    for method, path, customers in _sources():
        for _, message, _, context in extract_from_file(method, path, keywords=KEYWORDS):
            catalog.add(message, context=context, auto_comments=[FOR_CUSTOMERS] if customers else [])
    return catalog


def of(language: str) -> list[Message]:
    """The texts that the catalogue of a language holds: all, or those that customers read."""
    texts = [message for message in extracted() if message.id]
    return [one for one in texts if language in LANGUAGES_INSIDE or FOR_CUSTOMERS in one.auto_comments]


def _sources() -> Iterator[tuple[str, Path, bool]]:
    for path in sorted((ROOT / "src/mailsla/adapters").glob("*.py")):
        yield "python", path, path.stem in IN_LETTERS
    letters = emails(TEMPLATES)
    customers = reached(letters, TO_CUSTOMERS)
    for name, path in sorted(letters.items()):
        yield "jinja2.ext:babel_extract", path, name in customers


def catalogue_paths() -> dict[str, Path]:
    """The shipped catalogues by language."""
    return {path.parent.parent.name: path for path in sorted(TEMPLATES.glob("locales/*/LC_MESSAGES/mailsla.po"))}


def catalogue(language: str) -> Catalog:
    """A shipped catalogue."""
    with catalogue_paths()[language].open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(language: str, path: Path) -> None:
    """Bring a catalogue up to date with the texts."""
    old = catalogue(language) if path.exists() else Catalog(locale=language)
    new = Catalog(
        locale=language,
        header_comment=f"# mailsla in {language}.",
        project="mailsla",
        version="0.1",
        msgid_bugs_address="the issues of the repository",
        last_translator="mailsla; no native speaker has read it yet",
        language_team=language,
        creation_date=FOREVER,
        revision_date=FOREVER,
        fuzzy=False,
    )
    for message in of(language):
        known = old.get(message.id, message.context)
        string = known.string if known else ""
        new.add(message.id, string, context=message.context, auto_comments=message.auto_comments)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, width=118, sort_output=True, no_location=True)


if __name__ == "__main__":
    for language, path in catalogue_paths().items():
        update(language, path)

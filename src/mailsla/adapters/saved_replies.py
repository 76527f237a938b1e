"""Saved replies from the operator's folder: NAME.LANGUAGE.txt, filled in the sandbox of the letters."""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template, TemplateError

from mailsla.adapters.catalogues import Catalogue
from mailsla.adapters.letters_time import Times
from mailsla.adapters.letters_values import greetable, many_lines
from mailsla.core.letters_customer import Promised
from mailsla.core.model import Instant
from mailsla.core.replies import Names, ReplyValues, Saved, language_of
from mailsla.errors import PermanentError, Problem

SHAPE = "call it NAME.LANGUAGE.txt, such as refund.en.txt: NAME of a-z, 0-9, - and _ is the word after #template"
MEND = "saved replies may print {{ greeting }}, {{ name }}, {{ reference }}, {{ team }} and {{ promised }}"
_FILE = re.compile(r"(?P<name>[a-z0-9][a-z0-9_-]{0,31})\.(?P<language>[a-z]{2,3}(?:_[A-Z]{2})?)\.txt")
# What a faulty template raises besides Jinja's own errors: a filter misused, a placeholder mistyped.
_FAULTS = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


class SavedReplies:
    """`catalogue_of` and `environment_of` give those of a language, or of English where it has none."""

    def __init__(
        self,
        folder: Path | None,
        catalogue_of: Callable[[str], Catalogue],
        environment_of: Callable[[str], Environment],
        zone_of: Callable[[str], tzinfo],
    ) -> None:
        self._catalogue_of, self._environment_of, self._zone_of = catalogue_of, environment_of, zone_of
        self._files: dict[str, dict[str, Path]] = {}
        self.strange: list[Path] = []  # files that are no saved reply
        for path in _visible(folder) if folder is not None else ():
            if found := _FILE.fullmatch(path.name):
                self._files.setdefault(found["name"], {})[found["language"]] = path
            else:
                self.strange.append(path)
        self._made: dict[Path, Template] = {}

    @property
    def names(self) -> Names:
        """All of them, with their languages."""
        return {name: tuple(sorted(files)) for name, files in sorted(self._files.items())}

    def fill(self, name: str, languages: tuple[str, ...], values: ReplyValues, now: Instant) -> Saved:
        """In the first of the languages that it is written in. Raises PermanentError when it can't be filled, with file
        and line, and KeyError when there is none of that name."""
        files = self._files[name]
        language = language_of(tuple(sorted(files)), languages)
        return Saved(self._filled(files[language], language, values, now), language)

    def problems(self, now: Instant) -> Iterator[Problem]:
        """What is wrong with each, filled with all values and with as few as a case may have."""
        for path in self.strange:
            yield Problem(str(path), "its name is not that of a saved reply", SHAPE)
        full = ReplyValues(
            name="Ana Vogel",
            reference="ACME-1042",
            team="our delivery team",
            promised=Promised(metric="resolution", until=now + 3 * 86_400),
            zone="Europe/Berlin",
        )
        bare = ReplyValues(name="", reference="ACME-1042", zone="Etc/UTC")
        for files in self._files.values():
            for language, path in files.items():
                try:
                    for values in (full, bare):
                        self._filled(path, language, values, now)
                except PermanentError as error:
                    where, _, what = error.message.partition(": ")
                    yield Problem(where, what, error.mend)

    def _filled(self, path: Path, language: str, values: ReplyValues, now: Instant) -> str:
        try:
            text = self._template(path, language).render(self._printable(language, values, now))
        except OSError as error:
            raise PermanentError(f"{path}: can't be read: {error.strerror}", "let mailsla's user read it") from error
        except UnicodeDecodeError as error:
            raise PermanentError(f"{path}: is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
        except _FAULTS as error:
            frames = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
            line = getattr(error, "lineno", None) or (frames[-1] if frames else None)
            raise PermanentError(
                f"{path}{f':{line}' if line else ''}: {type(error).__name__}: {error}", MEND
            ) from error
        if not text.strip():
            raise PermanentError(f"{path}: there is no text in it", "write what the customer is to read")
        return many_lines(text).strip("\n")

    def _template(self, path: Path, language: str) -> Template:
        """In the letters' sandbox; it is plain text, which the letter that carries it escapes for its HTML part."""
        if path not in self._made:
            sandbox = self._environment_of(language)
            own = sandbox.overlay(loader=FileSystemLoader(path.parent), autoescape=False)
            self._made[path] = own.get_template(path.name)
        return self._made[path]

    def _printable(self, language: str, values: ReplyValues, now: Instant) -> Mapping[str, str]:
        """Texts alone, so that a template can reach nothing else; cleaned, as those of letters are."""
        catalogue, promised = self._catalogue_of(language), values.promised
        name = greetable(many_lines(values.name))
        greeting = catalogue.gettext("Hello %(name)s,") % {"name": name} if name else catalogue.gettext("Hello,")
        times = Times(catalogue, self._zone_of(values.zone), now)
        return {
            "name": name,
            "greeting": greeting,
            "reference": values.reference,
            "team": values.team,
            "promised": times.promise(promised.until, promised.date_only) if promised else "",
        }


def _visible(folder: Path) -> list[Path]:
    """The files of the folder but hidden ones, backups of an editor (`refund.en.txt~`) and a README."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return [one for one in files if not one.name.startswith((".", "README")) and not one.name.endswith("~")]

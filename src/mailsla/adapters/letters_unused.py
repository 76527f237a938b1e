"""Files in the operator's folder of templates that no letter uses: misplaced or misspelt, they would change nothing."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, meta

from mailsla.config.faults import meant
from mailsla.errors import Problem

PARTS = ("subject.txt", "body.txt", "body.html", "facts.txt")
SHAPE = (
    "letters stand in emails/KIND/body.txt (or .html, subject.txt), texts in locales/LANGUAGE/LC_MESSAGES/mailsla.po"
)


def unused(templates: Path, override: Path, kinds: Iterable[str]) -> Iterator[Problem]:
    """Each file below `override` that is no part of a letter, is included by none, and is no catalogue.

    Hidden files, backups of an editor (`body.txt~`) and a README are nobody's templates.
    """
    shipped = emails(templates)
    used = {f"emails/{name}" for name in reached(shipped | emails(override), kinds)}
    files = (path for path in sorted(override.rglob("*")) if path.is_file())
    for path in files:
        inside = path.relative_to(override)
        name = inside.as_posix()
        if name not in used and not _is_catalogue(inside) and not _is_nobodys(inside):
            yield Problem(str(path), "no letter uses this file", meant(name, _known(shipped, inside), SHAPE))


def emails(folder: Path) -> dict[str, Path]:
    """The templates of a folder by the names that templates call each other by."""
    root = folder / "emails"
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}


def reached(files: dict[str, Path], kinds: Iterable[str]) -> set[str]:
    """The parts of the letters of these kinds, and what they extend, import and include."""
    waiting = [name for kind in kinds for part in PARTS if (name := f"{kind}/{part}") in files]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached and name in files:
            reached.add(name)
            waiting.extend(_references(files[name]))
    return reached


def _references(path: Path) -> list[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    try:
        found = meta.find_referenced_templates(environment.parse(path.read_text(encoding="utf-8")))
        return [name for name in found if name is not None]
    except (TemplateSyntaxError, UnicodeDecodeError):
        return []  # whether it renders is told elsewhere


def _is_catalogue(inside: Path) -> bool:
    return inside.match("locales/*/LC_MESSAGES/mailsla.po") and len(inside.parts) == 4


def _is_nobodys(inside: Path) -> bool:
    name = inside.name
    return any(part.startswith(".") for part in inside.parts) or name.endswith("~") or name.startswith("README")


def _known(shipped: Iterable[str], inside: Path) -> list[str]:
    """What may have been meant: a shipped template, or the catalogue of a language that the path names."""
    catalogues = [f"locales/{part}/LC_MESSAGES/mailsla.po" for part in inside.parts[:-1] if inside.suffix == ".po"]
    return [*(f"emails/{name}" for name in shipped), *catalogues]

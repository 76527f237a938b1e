"""What is wrong in a configuration, by key; and how it is shown to the person who mends it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from mailsla.config.lines import KeyPath, line_of
from mailsla.errors import Problem


class Fault(NamedTuple):
    """One thing that is wrong: at which key, what, and the mend."""

    path: KeyPath
    what: str
    mend: str


def meant(given: str, known: Iterable[str], otherwise: str = "") -> str:
    """The mend for a name that is not there: "did you mean ...?", else `otherwise`, else what there is."""
    names = list(known) if isinstance(known, Sequence) else sorted(known)  # a choice as it is told, names by letter
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(given.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{folded[close[0]]}"?'
    return otherwise or (f"use {listed(names)}" if names else "there is none yet: add one")


def listed(names: Sequence[str]) -> str:
    """ "tls, starttls or none" """
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def misformed(path: KeyPath, value: str, form: Callable[[str], tuple[str, str] | None]) -> Iterator[Fault]:
    """The fault of a value that does not have its form (formats.py)."""
    found = form(value)
    if found is not None:
        yield Fault(path, *found)


def unknown(path: KeyPath, name: str, known: Collection[str], noun: str) -> Iterator[Fault]:
    """The fault of a name that is not one of `known`; an empty one means none."""
    if name and name not in known:
        yield Fault(path, f'there is no {noun} "{name}"', meant(name, known))


def shown(path: KeyPath, data: object) -> str:
    """The path as a person says it, tables of arrays by their name: mailboxes.support.port."""
    words: list[str] = []
    for part in path:
        data = _inside(data, part)
        if isinstance(part, str):
            words.append(part)
        elif isinstance(data, Mapping) and isinstance(data.get("name"), str):
            words.append(data["name"])
        else:
            words.append(str(part + 1))
    return ".".join(words)


def problems_of(faults: Iterable[Fault], file: str, data: object, lines: Mapping[KeyPath, int]) -> tuple[Problem, ...]:
    """The faults as problems, in the order of the file; each key with its file and line."""

    def place(fault: Fault) -> int:
        return line_of(lines, fault.path) or 0

    problems = []
    for fault in sorted(dict.fromkeys(faults), key=place):
        where = f"{file}:{place(fault)}" if place(fault) else file
        problems.append(Problem(f"{where}: {shown(fault.path, data)}", fault.what, fault.mend))
    return tuple(problems)


def _inside(data: object, part: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None

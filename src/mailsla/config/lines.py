"""In which line of a TOML file each key stands, so that a message can point at it; tomllib itself does not say."""

import tomllib
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]  # ("mailboxes", 0, "port"): the way into the parsed file, arrays by index


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of each table and key; what stands inside an inline table has its owner's line."""
    lines: dict[KeyPath, int] = {}
    arrays: dict[KeyPath, int] = {}  # tables of [[arrays]] seen so far
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            names = _names(stripped)
            if names is None:
                continue
            if stripped.startswith("[["):
                owner = _indexed(names[:-1], arrays) + names[-1:]
                arrays[owner] = arrays.get(owner, 0) + 1
            table = _indexed(names, arrays)
            path, outer = table, 0
        elif "=" in stripped and not stripped.startswith("#"):
            names = _names(stripped.partition("=")[0] + "= 0")
            if names is None:
                continue
            path, outer = table + names, len(table)
        else:
            continue
        for depth in range(outer + 1, len(path) + 1):  # tables around it that have no line of their own
            lines.setdefault(path[:depth], number)
    return lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of a key, else of the nearest table around it that has one."""
    return next((lines[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in lines), None)


def _names(toml: str) -> tuple[str, ...] | None:
    """The dotted key of one header or assignment; None where the line is something else (part of a value)."""
    try:
        value: object = tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return None
    names: list[str] = []
    while isinstance(value, dict | list) and value:
        if isinstance(value, list):
            value = value[0]
        else:
            name, value = next(iter(value.items()))
            names.append(name)
    return tuple(names) or None


def _indexed(names: tuple[str, ...], arrays: Mapping[KeyPath, int]) -> KeyPath:
    """The path with the index of the latest table after each name of an array."""
    path: KeyPath = ()
    for name in names:
        path += (name,)
        if path in arrays:
            path += (arrays[path] - 1,)
    return path

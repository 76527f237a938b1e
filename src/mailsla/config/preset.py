"""The presets that `mailsla init` starts from: commented TOML files in presets/, and filling values into one."""

import json
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from mailsla.config.lines import KeyPath, key_lines

_PRESETS = files("mailsla.config") / "presets"
_TEXT_VALUE = re.compile(r'(?P<key>[^=]+=\s*)"(?:[^"\\]|\\.)*"(?P<rest>.*)', re.DOTALL)


def names() -> tuple[str, ...]:
    """What `--preset` may name."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _PRESETS.iterdir() if file.name.endswith(".toml")))


def text(name: str) -> str:
    """The file of a preset; FileNotFoundError when there is none of that name."""
    return (_PRESETS / f"{name}.toml").read_text(encoding="utf-8")


def value(toml: str, path: KeyPath) -> str | None:
    """The text that stands at a key; None when there is no such key, or no text."""
    here: Any = tomllib.loads(toml)
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError):
            return None
    return here if isinstance(here, str) else None


def with_values(toml: str, values: Mapping[KeyPath, str]) -> str:
    """The same file, comments and all, with other texts at some keys; keys that it does not have are left alone."""
    places = key_lines(toml)
    lines = toml.splitlines(keepends=True)
    for path, new in values.items():
        if path in places:
            old = lines[places[path] - 1]
            found = _TEXT_VALUE.fullmatch(old)
            if found is None:
                raise ValueError(f"{path} is no text in line {places[path]}: {old!r}")
            lines[places[path] - 1] = found["key"] + json.dumps(new, ensure_ascii=False) + found["rest"]
    return "".join(lines)

"""The presets that `mailsla init` starts from: commented TOML files in presets/, and filling values into one.

`standard` is whole; each file of presets/promises/ is the same set-up with other policies, and its first line says for
whom.
"""

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files

from mailsla.config.lines import KeyPath, key_lines

STANDARD = "standard"
_PRESETS = files("mailsla.config") / "presets"
_PROMISES = _PRESETS / "promises"
_POLICIES = re.compile(r"(?<=by when: policies\n).*?(?=^# -+ limits$)", re.DOTALL | re.MULTILINE)
_VALUE = re.compile(
    r'(?P<set>[^=]+=\s*)(?P<old>"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]|[^\s#]+)(?P<gap> *)(?P<rest>.*)', re.DOTALL
)

Value = str | int | Sequence[str] | Mapping[str, str]


def names() -> tuple[str, ...]:
    """What `--preset` may name."""
    return (STANDARD, *sorted(file.name.removesuffix(".toml") for file in _PROMISES.iterdir()))


def about(name: str) -> str:
    """What it promises and for whom, on one line."""
    if name == STANDARD:
        return "12 opening hours to the first answer, 48 to the end; urgent ones 2 and 12; a ladder of two levels"
    return _promises(name).partition("\n")[0].removeprefix("# ").rstrip(".")


def text(name: str) -> str:
    """The file of a preset; FileNotFoundError when there is none of that name."""
    standard = (_PRESETS / f"{STANDARD}.toml").read_text(encoding="utf-8")
    return standard if name == STANDARD else _POLICIES.sub(lambda _: _promises(name), standard)


def _promises(name: str) -> str:
    return (_PROMISES / f"{name}.toml").read_text(encoding="utf-8")


def with_values(toml: str, values: Mapping[KeyPath, Value]) -> str:
    """The same file, comments and all, with other values at some keys; keys that it does not have are left alone."""
    places = key_lines(toml)
    lines = toml.splitlines(keepends=True)
    for path, new in values.items():
        if path in places:
            old = lines[places[path] - 1]
            found = _VALUE.fullmatch(old)
            if found is None:
                raise ValueError(f"{path} is no value in line {places[path]}: {old!r}")
            column = len(found["old"] + found["gap"])  # where the comment stands, and stays if there is room
            written = literal(new).ljust(column - 1) + " " if found["gap"] else literal(new)
            lines[places[path] - 1] = found["set"] + written + found["rest"]
    return "".join(lines)


def literal(value: Value) -> str:
    """The value as TOML writes it, on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {literal(one)}' for key, one in value.items())} }}"
    if isinstance(value, str | int):
        return json.dumps(value, ensure_ascii=False)
    return f"[{', '.join(map(literal, value))}]"

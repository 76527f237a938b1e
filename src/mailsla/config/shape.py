"""From parsed TOML to the tables of file.py: every key that is unknown, missing or of the wrong type, all at once."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from mailsla.config.faults import Fault, meant
from mailsla.config.file import EXAMPLES, NAMED, File
from mailsla.config.lines import KeyPath

SECRET_FORMS = '{ credential = "NAME" }, { file = "PATH" } or { env = "VARIABLE" }'
_SECRETS = {"password": "password", "client_secret": "client secret"}
_WRONG_TYPE = {  # pydantic's type of error -> what the value must be
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": 'a list such as ["one", "two"]',
    "too_short": "a list of more values",
    "too_long": "a list of fewer values",
    "dict_type": "a table",
    "mapping_type": "a table",
    "dataclass_type": "a table",
    "path_type": "a path in quotes",
    "date_type": "a date such as 2026-11-20",
    "date_parsing": "a date such as 2026-11-20",
    "date_from_datetime_parsing": "a date such as 2026-11-20",
    "date_from_datetime_inexact": "a date without a time, such as 2026-11-20",
}


def read(data: Mapping[str, Any]) -> tuple[File | None, tuple[Fault, ...]]:
    """The file's tables with what is wrong in their shape.

    With faults, what is wrong is left out or stands as a stand-in, so that the rest can still be checked; None where
    that does not make a whole either.
    """
    named, faults = _named(data)
    try:
        return _validated(named), tuple(faults)
    except ValidationError as error:
        wrong = _faults(error, named)
    faults += wrong
    repaired = _repaired(named, wrong)
    for repair in (repaired, _without_lists(repaired, wrong)):
        with suppress(ValidationError):  # its causes are among the faults already
            return _validated(repair), tuple(faults)
    return None, tuple(faults)


def _validated(data: Mapping[str, Any]) -> File:
    """Through JSON, because pydantic's strictness there is TOML's: lists make tuples, but "1" is no number."""
    return _adapter().validate_json(json.dumps(data, default=str), strict=True)


@cache
def _adapter() -> TypeAdapter[File]:
    return TypeAdapter(File)


def _named(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """A copy in which each table of a named section knows its name."""
    copy = deepcopy(dict(data))
    faults = []
    for section in NAMED:
        tables = copy.get(section)
        if not isinstance(tables, dict):
            continue
        for name, table in tables.items():
            if isinstance(table, dict):
                if "name" in table:
                    mend = f"remove it, or rename the table: [{section}.{table['name']}]"
                    faults.append(Fault((section, name, "name"), "the name is the table's own", mend))
                table["name"] = name
    return copy, faults


def _faults(error: ValidationError, data: Mapping[str, Any]) -> list[Fault]:
    """Pydantic's errors in our words; of the branches of a union the first speaks for the key."""
    faults: dict[KeyPath, Fault] = {}
    for detail in error.errors(include_url=False):
        path = _path(detail["loc"], data, missing=detail["type"] == "missing")
        faults.setdefault(path, _fault(path, detail))
    return list(faults.values())


def _path(loc: tuple[str | int, ...], data: Any, missing: bool) -> KeyPath:
    """The part of pydantic's location that is in the file: it also names branches of unions and "[key]"."""
    path: KeyPath = ()
    for depth, part in enumerate(loc):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if not inside:
            return (*path, part) if missing and depth == len(loc) - 1 else path
        path, data = (*path, part), data[part]
    return path


def _fault(path: KeyPath, detail: ErrorDetails) -> Fault:
    kind, given = detail["type"], detail["input"]
    key = ".".join(part for part in _without_names(path) if isinstance(part, str))
    if path[-1] in _SECRETS and not isinstance(given, dict):
        return Fault(
            path, f"a {_SECRETS[str(path[-1])]} does not belong into this file", f"say where it is: {SECRET_FORMS}"
        )
    if kind == "missing":
        return Fault(path, "is missing", f"add: {EXAMPLES.get(key, str(path[-1]) + ' = ...')}")
    if kind == "unexpected_keyword_argument":
        return Fault(path, "there is no such setting", meant(str(path[-1]), _known(path[:-1])))
    if kind in ("literal_error", "enum"):
        choices = [choice.strip(" '") for choice in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
        return Fault(path, f"{_shown(given)} is not one of {', '.join(choices)}", meant(str(given), choices))
    if kind == "value_error" and key in EXAMPLES:
        return Fault(path, str(detail["ctx"]["error"]), f"write it like this: {EXAMPLES[key]}")
    wanted = _WRONG_TYPE.get(kind, "a value for it")  # the table has the types of all settings
    return Fault(path, f"{_shown(given)} is not {wanted}", _mend_of_type(kind, given, key, wanted))


def _mend_of_type(kind: str, given: object, key: str, wanted: str) -> str:
    """What was meant, written right, where that can be told; else an example."""
    if kind == "string_type" and isinstance(given, int | float):
        return f'write it in quotes: "{_shown(given)}"'
    if kind == "tuple_type" and isinstance(given, str):
        return f"write it in brackets: [{_shown(given)}]"
    if kind == "int_type" and isinstance(given, str) and given.isdecimal():
        return f"write it without quotes: {given}"
    return f"write it like this: {EXAMPLES[key]}" if key in EXAMPLES else f"write {wanted}"


def _shown(given: object) -> str:
    """A wrong value, short; whole tables are only called so, as there may be secrets inside."""
    if isinstance(given, dict | list):
        return "a table" if isinstance(given, dict) else "a list"
    text = json.dumps(given, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _without_names(path: KeyPath) -> KeyPath:
    """Without the names that the operator chose: ("agents", "sam", "email") -> ("agents", "email")."""
    open_sections = {*NAMED, "calendars", "roles"}
    return path[:1] + path[2:] if path[0] in open_sections else path


def _known(path: KeyPath) -> tuple[str, ...]:
    """The keys that a table may have."""
    here = _type_at(path)
    if not is_dataclass(here):
        return ()
    return tuple(one.name for one in fields(here) if not (one.name == "name" and path[0] in NAMED))


def _type_at(path: KeyPath) -> Any:
    """The type that the value at a path must have; None where the path leads out of the file's shape."""
    here: Any = File
    for part in path:
        if is_dataclass(here) and isinstance(here, type):
            here = get_type_hints(here).get(str(part))
        elif get_origin(here) is tuple:
            here = get_args(here)[0]
        else:  # Mapping[key, value]
            here = get_args(here)[-1] if get_args(here) else None
        if isinstance(here, UnionType):  # X | None
            here = next(one for one in get_args(here) if one is not type(None))
    return here


def _repaired(data: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """A copy without the faulty keys; where a key is needed, something of its type stands in."""
    copy = deepcopy(dict(data))
    for fault in faults:
        _repair(copy, fault.path)
    return copy


def _repair(root: dict[str, Any], path: KeyPath) -> None:
    owner, last, data = _type_at(path[:-1]), path[-1], _at(root, path[:-1])
    if isinstance(data, list):  # without one of its elements a list is not the same list: it goes whole
        _repair(root, path[:-1])
    if not isinstance(data, dict):
        return
    data.pop(last, None)
    if is_dataclass(owner) and any(one.name == last and _needed(one) for one in fields(owner)):
        data[last] = _stand_in(get_type_hints(owner)[str(last)])


def _without_lists(data: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Without the faulty ones of the lists that nothing refers to."""
    faulty = {fault.path[0] for fault in faults} & {"rules", "policies"}
    return {section: value for section, value in data.items() if section not in faulty}


def _at(data: Any, path: KeyPath) -> Any:
    """What stands at a path; None where an earlier repair took it away."""
    for part in path:
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int)
        if not inside:
            return None
        data = data[part]
    return data


def _needed(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _stand_in(wanted: Any) -> Any:
    makers: Mapping[Any, Callable[[], Any]] = {str: lambda: "stand-in", tuple: list}
    if is_dataclass(wanted) and isinstance(wanted, type):
        hints = get_type_hints(wanted)
        return {one.name: _stand_in(hints[one.name]) for one in fields(wanted) if _needed(one)}
    return makers.get(get_origin(wanted) or wanted, dict)()

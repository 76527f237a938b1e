"""mailsla.toml(5): types and defaults from the settings themselves, what each means from the comments of the preset."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from mailsla.config import preset
from mailsla.config.file import NAMED, File
from mailsla.config.settings import OAuthSettings, Secret
from man.comments import Comments
from man.roff import heading, page, paragraph, tagged, verbatim

_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", date: "date", Path: "path"}
_OF_THE_TRIAL = ("mailboxes", "sending", "mailboxes.oauth")  # what stands above them tells how to edit the preset
_SECRETS = (
    'password = { credential = "imap" }          # a systemd credential',
    'password = { file = "/etc/mailsla/imap" }   # a file that only the user of mailsla may read',
    'password = { env = "IMAP_PASSWORD" }        # a variable of the environment',
)
_INTRODUCTION = (
    "The configuration of mailsla is TOML. `mailsla init` writes one with an explanation at each setting and an",
    "example of each table; `mailsla check` tells everything that is wrong with it, with its line and its mend. The",
    "daemon takes a changed one over on SIGHUP, whole or not at all. Relative paths are relative to the file.",
)
_SECRET = ("No secret stands in it. It says where each is, in one of these ways:",)


def settings() -> str:
    """The page."""
    comments = Comments(preset.text("standard"))
    body = [heading("SH", "DESCRIPTION"), *paragraph(_INTRODUCTION), *paragraph(_SECRET), *verbatim(_SECRETS)]
    body.append(heading("SH", "SETTINGS"))
    hints = get_type_hints(File)
    for section in fields(File):
        body += _table(section.name, hints[section.name], comments)
        if section.name == "sending":
            body += _fields_under("[mailboxes.oauth], [sending.oauth]", "mailboxes.oauth", OAuthSettings, comments)
    body += [heading("SH", "FILES"), *tagged("./mailsla.toml", ["Used where --config names no other."])]
    body += tagged("/etc/mailsla/mailsla.toml", ["Used where the current folder has none."])
    body += [heading("SH", "SEE ALSO"), "mailsla(1)"]
    return page("mailsla.toml", 5, "configuration of mailsla", body)


def _table(name: str, hint: Any, comments: Comments) -> list[str]:
    """[table], [[table]] or [table.NAME], by its type."""
    if get_origin(hint) is tuple:
        return _fields_under(f"[[{name}]]", name, get_args(hint)[0], comments)
    if get_origin(hint) is Mapping and not is_dataclass(get_args(hint)[1]):
        said = [line for above in comments.above[name] for line in paragraph(above)]
        return [heading("SS", f"[{name}]"), *said, *tagged("NAME", [], aside=f"({_kind(get_args(hint)[1])})")]
    if get_origin(hint) is Mapping:
        return _fields_under(f"[{name}.NAME]", name, get_args(hint)[1], comments)
    return _fields_under(f"[{name}]", name, hint, comments)


def _fields_under(title: str, table: str, owner: type, comments: Comments) -> list[str]:
    lines = [heading("SS", title)]
    if table in _OF_THE_TRIAL:
        lines += paragraph([inspect.getdoc(owner) or ""])
    elif table != "instance":
        for said in comments.above[table]:
            lines += paragraph(said)
    return [*lines, *_fields(owner, table, "", comments)]


def _fields(owner: type, table: str, prefix: str, comments: Comments) -> Iterator[str]:
    """Each setting with its type and default; one that is a table itself is followed by what is inside."""
    hints = get_type_hints(owner)
    for one in fields(owner):
        if (one.name == "name" and table in NAMED) or hints[one.name] == OAuthSettings | None:
            continue
        hint, key = hints[one.name], f"{prefix}{one.name}"
        said = comments.of[table, key] or [line for above in comments.above.get(f"{table}.{key}", ()) for line in above]
        kind = ", ".join(filter(None, (_kind(hint), _default(one))))
        yield from tagged(key, said, aside=f"({kind})")
        inner = next((part for part in (hint, *get_args(hint)) if is_dataclass(part)), None)
        if isinstance(inner, type) and inner is not Secret:
            yield from _fields(inner, table, f"{key}.", comments)


def _kind(hint: Any) -> str:
    """What a value of this type is called."""
    parts = [part for part in get_args(hint) if part not in (NoneType, ...)]
    if get_origin(hint) is Literal:
        return " | ".join(map(str, parts))
    if hint is Secret or Secret in parts:
        return "a secret"
    if get_origin(hint) is tuple:
        return "list of tables" if is_dataclass(parts[0]) else f"list of {_kind(parts[0])}"
    if get_origin(hint) is Mapping:
        return f"table: {_kind(parts[0])} = {_kind(parts[1])}"
    if is_dataclass(hint):
        return "table"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " | ".join(str(one.value) for one in hint)
    if parts:  # a union
        return " or ".join(dict.fromkeys(map(_kind, parts)))
    return _PLAIN[hint]


def _default(one: Field[Any]) -> str:
    """As TOML writes it; "" where there is no telling by a value."""
    if one.default is MISSING and one.default_factory is MISSING:
        return "needed"
    if one.default is None:
        return "not set"
    if one.default is MISSING or is_dataclass(one.default):
        return ""
    value = list(one.default) if isinstance(one.default, tuple) else one.default
    return f"default: {json.dumps(value)}"

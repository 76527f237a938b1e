"""Which line a key stands in."""

import tomllib
from typing import Any

import pytest

from mailsla.config import preset
from mailsla.config.lines import KeyPath, key_lines, line_of

TOML = """\
# a comment with a = b
[instance]
name = "acme"

[[mailboxes]]
name = "one"
password = { env = "P" }

[[mailboxes]]
name = "two"
own_lists = [
  "a = b",
]
[mailboxes.password]
env = "Q"

[agents."Jo B."]
email = "jo@acme.example"

[calendars.office]
weekly.mon = ["09:00-17:00"]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("instance",), 2),
        (("instance", "name"), 3),
        (("mailboxes",), 5),
        (("mailboxes", 0), 5),
        (("mailboxes", 0, "name"), 6),
        (("mailboxes", 0, "password", "env"), 7),  # inside an inline table: the table's line
        (("mailboxes", 0, "host"), 5),  # not there: the line of what it is missing in
        (("mailboxes", 1, "name"), 10),
        (("mailboxes", 1, "own_lists", 0), 11),
        (("mailboxes", 1, "password", "env"), 15),
        (("agents", "Jo B.", "email"), 18),
        (("calendars", "office", "weekly", "mon", 0), 21),
        (("calendars", "office", "weekly"), 21),
        (("sending",), None),
    ],
)
def test_lines(path: KeyPath, line: int | None) -> None:
    assert line_of(key_lines(TOML), path) == line


def test_every_key_of_the_preset_is_found() -> None:
    text = preset.text("standard")
    lines = key_lines(text)
    rows = text.splitlines()
    for path in _keys(tomllib.loads(text)):
        line = line_of(lines, path)
        assert line is not None
        if path in lines:  # else it is part of a value
            names = [part for part in path if isinstance(part, str)]
            assert names[-1] in rows[line - 1]


def _keys(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, below in inside for found in ((*path, key), *_keys(below, (*path, key)))]

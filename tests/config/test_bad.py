"""Each file in bad/ is a wrong configuration that begins with what must be said about it: all of it, and no more.

`# expects: line key | what | mend`, then a line for each problem in the order of the file; "-" where no line has it.
Together they have every setting wrong, and bring out every message.
"""

import ast
import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import pytest

from mailsla.config import (
    calendars,
    check_mail,
    check_oauth,
    check_objectives,
    check_people,
    check_service,
    faults,
    formats,
    shape,
)
from mailsla.config.file import NAMED, File
from mailsla.config.load import parse
from mailsla.config.settings import Secret
from mailsla.core.sla import checks, policy_checks
from mailsla.errors import ConfigError

FILES = sorted((Path(__file__).parent / "bad").glob("*.toml"))
FOLDER = Path("/nowhere")
SAYING = (
    calendars,
    check_mail,
    check_oauth,
    check_objectives,
    check_people,
    check_service,
    faults,
    formats,
    shape,
    checks,
    policy_checks,
)
TraceFunction = Callable[[FrameType, str, Any], Any]


class Expected(NamedTuple):
    where: str
    what: str
    mend: str


def expected_of(text: str, name: str) -> list[Expected]:
    head, *rest = text.splitlines()
    assert head == "# expects: line key | what | mend"
    found = []
    for line in rest:
        if not line.startswith("# "):
            break
        place, what, mend = line.removeprefix("# ").split(" | ")
        number, _, key = place.partition(" ")
        where = name if number == "-" else f"{name}:{number}"
        found.append(Expected(f"{where}: {key}" if key else where, what, mend))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_that_is_wrong_is_said_at_once_with_its_line_and_mend(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expected = expected_of(text, path.name)
    with pytest.raises(ConfigError) as refused:
        parse(text, FOLDER, path.name)
    problems = refused.value.problems
    assert [problem.where for problem in problems] == [one.where for one in expected]
    for problem, one in zip(problems, expected, strict=True):
        assert one.what in problem.what
        assert one.mend in problem.mend


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_message_repeats_a_secret(path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(path.read_text(encoding="utf-8"), FOLDER, path.name)
    assert "hunter2" not in str(refused.value)


def settings_of(kind: Any, path: str = "") -> Iterator[str]:
    """Each setting under a path: "mailboxes.*.port"; * is the name of a table, or its place in an array."""
    inner = next((part for part in (kind, *get_args(kind)) if is_dataclass(part) and part is not Secret), None)
    if inner is None:
        yield path
        return
    if get_origin(kind) in (tuple, Mapping):
        path = f"{path}.*"
    hints = get_type_hints(inner)
    for one in fields(inner):
        if not (one.name == "name" and path.split(".")[0] in NAMED):  # the name is the table's own
            yield from settings_of(hints[one.name], f"{path}.{one.name}".removeprefix("."))


def test_every_setting_is_wrong_somewhere() -> None:
    places = {one.where for path in FILES for one in expected_of(path.read_text(encoding="utf-8"), path.name)}
    keys = {place.partition(": ")[2] for place in places}
    never = [
        setting
        for setting in settings_of(File)
        if not any(re.fullmatch(setting.replace(".", r"\.").replace("*", "[^.]+") + r"(\..+)?", key) for key in keys)
    ]
    assert never == []


def sayings_of(module: ModuleType) -> set[int]:
    """The lines that make a message: Fault(...), Problem(...), or a pair that a form returns."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Fault", "Problem")
        if made or (isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and module is formats):
            found.add(node.lineno)
    return found


def test_every_message_is_said_somewhere() -> None:
    """What load.py says of files that can't be read is in test_load.py."""
    said: defaultdict[str, set[int]] = defaultdict(set)
    files = {module.__file__ for module in SAYING}

    def trace(frame: FrameType, event: str, _argument: object) -> TraceFunction | None:
        if frame.f_code.co_filename not in files:
            return None
        said[frame.f_code.co_filename].add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for path in FILES:
            with suppress(ConfigError):
                parse(path.read_text(encoding="utf-8"), FOLDER, path.name)
    finally:
        sys.settrace(before)
    never = {module.__name__: sayings_of(module) - said[str(module.__file__)] for module in SAYING}
    assert {name: sorted(lines) for name, lines in never.items() if lines} == {}

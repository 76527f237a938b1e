"""The manual pages: what the commands and settings say today, and groff takes them without a word."""

import shutil
import subprocess
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import pytest
from man.pages import PAGES

from mailsla.cli.main import mailsla
from mailsla.config.file import File

READ = {path.name: make() for path, make in PAGES.items()}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_committed_page_is_the_one_that_is_made(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == READ[path.name], "run `make man`"


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
@pytest.mark.parametrize("name", READ)
def test_groff_has_nothing_to_warn_of(name: str) -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww"], input=READ[name], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "\n" in done.stdout


def options_of(command: click.Command) -> set[str]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    own = {name for param in command.params if isinstance(param, click.Option) for name in param.opts}
    return own.union(*map(options_of, inner))


def test_each_command_and_option_is_told() -> None:
    page = READ["mailsla.1"].replace("\\-", "-")
    context = click.Context(mailsla)
    for name in mailsla.list_commands(context):
        command = mailsla.get_command(context, name)
        assert command is not None
        verbs = command.commands if isinstance(command, click.Group) else ()
        assert all(f'.SS "mailsla {words}' in page for words in (name, *(f"{name} {verb}" for verb in verbs)))
        assert [option for option in options_of(command) if option not in page] == []


def keys_of(kind: Any) -> set[str]:
    """Each setting that a value of this type may have inside."""
    if isinstance(kind, type) and is_dataclass(kind):
        return {one.name for one in fields(kind)}.union(*map(keys_of, get_type_hints(kind).values()))
    return set[str]().union(*map(keys_of, get_args(kind)))


def test_each_setting_is_told() -> None:
    page = READ["mailsla.toml.5"]
    tables = {one.name for one in fields(File)} | {"oauth", "credential", "file", "env"}
    keys = keys_of(File) - tables
    assert len(keys) > 80
    assert [key for key in keys if f"\\fB{key}\\fR" not in page and f".{key}\\fR" not in page] == []
    assert [table for table in tables if table not in page] == []

"""What a person at a real terminal gets: tables that fit, and $EDITOR for texts."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from mailsla.core.model import Message
from tests.cli.broken import held
from tests.flows.mails import ANA, write
from tests.flows.office import Office

EDITOR = """#!/bin/sh
cp "$1" "$(dirname "$0")/offered.txt"
printf 'The depot called back.\\n\\n' > "$1.new"
cat "$1" >> "$1.new"
mv "$1.new" "$1"
"""


def at_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and screen of a command on a terminal of 80 cells."""
    screen, slave = pty.openpty()
    command = [sys.executable, "-m", "mailsla", *arguments]
    env = {**os.environ, "COLUMNS": "80", **environment}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env) as process:
        os.close(slave)
        shown = b""
        while piece := _read(screen):
            shown += piece
    os.close(screen)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # Linux says EIO when the other side has closed
        return b""


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """Writes a line above what it is offered, and keeps a copy of that."""
    script = tmp_path / "editor"
    script.write_text(EDITOR, encoding="utf-8")
    script.chmod(0o755)
    return script


def notes(office: Office) -> list[Message]:
    with office.services.store.begin() as uow:
        return [one for one in uow.tickets.messages(1) if one.kind in ("note", "agent_reply")]


def test_a_list_is_one_line_for_each_ticket(office: Office) -> None:
    office.receive(write(ANA, subject="A complaint with a subject that no terminal of eighty cells can hold"))
    code, screen = at_terminal("ticket", "list")
    heads, row = screen.splitlines()
    assert code == 0
    assert heads.startswith("ticket")
    assert row.endswith("…")
    assert len(row) <= 80


def test_a_queue_that_does_not_fit_is_a_block_for_each_thing(office: Office) -> None:
    held(office)
    _, screen = at_terminal("queue", "list")
    assert [line.split()[0] for line in screen.splitlines()] == ["number", "kind", "since", "about", "why", "next"]


@pytest.mark.parametrize(("verb", "offered"), [("reply", "> my parcel has not arrived"), ("note", "")])
def test_the_editor_gives_the_text_and_shows_what_is_answered(
    office: Office, editor: Path, tmp_path: Path, verb: str, offered: str
) -> None:
    office.receive(write(ANA))
    code, screen = at_terminal("ticket", verb, "1001", EDITOR=str(editor), VISUAL="")
    assert code == 0, screen
    assert [one.text for one in notes(office)] == ["The depot called back."]
    assert offered in (tmp_path / "offered.txt").read_text(encoding="utf-8")


def test_an_editor_that_is_left_without_saving_writes_nothing(office: Office) -> None:
    office.receive(write(ANA))
    code, screen = at_terminal("ticket", "reply", "1001", EDITOR="true", VISUAL="")
    assert code == 2
    assert "There is no text" in screen
    assert notes(office) == []

"""`mailsla init`: a set-up that works, by preset or by questions, and never over another."""

import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailsla.cli.main import mailsla
from mailsla.cli.output import guarded
from mailsla.config import preset
from mailsla.config.load import load
from tests.cli.command import run

QUESTIONS = [
    "help@globex.example",
    "files",
    "ops@globex.example",
    "ann.roe@globex.example, Bo B. <bo@globex.example>",
    "boss@globex.example",
    "America/New_York",
    "de",
    "mon 08:00-12:00, mon 13:00-16:00",
    "GLX",
    "iso-10002",
    "",  # the database
]
QUESTION_COUNT = len(QUESTIONS)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def init(*arguments: str, answers: list[str] | None = None) -> str:
    typed = None if answers is None else "".join(f"{answer}\n" for answer in answers)
    result = CliRunner().invoke(mailsla, ["init", *arguments], input=typed)
    assert result.exception is None, result.output
    return result.output


def test_yes_asks_nothing_and_writes_the_preset_as_it_is(empty_folder: Path) -> None:
    said = init("--preset", "standard", "--yes")
    assert (empty_folder / "mailsla.toml").read_text(encoding="utf-8") == preset.text("standard")
    assert "mailsla check" in said
    assert "mailsla run" in said


def test_it_makes_the_maildirs_and_the_database(empty_folder: Path) -> None:
    init("--yes")
    for box in ("in", "out"):
        for folder in ("tmp", "new", "cur"):
            assert (empty_folder / "mail" / box / folder).is_dir()
    with sqlite3.connect(empty_folder / "mailsla.db") as database:
        tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
    assert {"intake", "tickets", "alembic_version"} <= tables


def test_what_is_in_the_mailbox_already_counts_as_before(empty_folder: Path) -> None:
    new = empty_folder / "mail" / "in" / "new"
    new.mkdir(parents=True)
    (new / "1.old").write_bytes(b"From: a@b.example\n\nold\n")
    init("--yes")
    with sqlite3.connect(empty_folder / "mailsla.db") as database:
        assert database.execute("select uid, state from intake").fetchall() == [("1.old", "before")]
        assert database.execute("select read_at from mailbox_states").fetchall() == [(0,)]  # by nobody yet


def test_the_answers_stand_in_the_file_beside_its_comments(empty_folder: Path) -> None:
    said = init(answers=QUESTIONS)
    assert said.count("]: ") + said.count("to: ") == QUESTION_COUNT
    settings = load(empty_folder / "mailsla.toml")
    assert (settings.name, settings.prefix, settings.host) == ("globex", "GLX", "globex.example")
    assert settings.operator == "ops@globex.example"
    support = settings.mailboxes[0]
    assert (support.address, support.zone, support.language) == ("help@globex.example", "America/New_York", "de")
    assert settings.calendars["office"].weekly == {"mon": (("08:00", "12:00"), ("13:00", "16:00"))}
    assert settings.calendars["office"].zone == "America/New_York"
    agents = settings.directory.agents
    assert {one.name: (one.email, one.display_name, one.manager) for one in agents.values()} == {
        "ann-roe": ("ann.roe@globex.example", "Ann Roe", "boss"),
        "bo": ("bo@globex.example", "Bo B.", "boss"),
        "boss": ("boss@globex.example", "Boss", ""),
    }
    assert {agent.language for agent in agents.values()} == {"de"}
    assert settings.directory.teams["service"].members == ("ann-roe", "bo")
    assert "parts address and token" in (empty_folder / "mailsla.toml").read_text(encoding="utf-8")


def test_an_answer_that_can_not_be_is_asked_again_with_the_mend() -> None:
    address, *rest = QUESTIONS
    said = init(answers=["Globex Inc.", address, *rest])
    assert 'Error: "Globex Inc." is no mail address; write it bare, in ASCII' in said
    assert said.count("]: ") + said.count("to: ") == QUESTION_COUNT + 1


@pytest.mark.parametrize("typed", [b"", b"help@globex.example\nfiles\n"])
def test_an_end_of_the_input_hints_at_yes_and_leaves_nothing(empty_folder: Path, typed: bytes) -> None:
    said = run("init", stdin=typed)
    assert said.code == 2
    assert "--yes asks none" in said.err
    assert list(empty_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["init"], 2, "--yes asks none"),
        (["deliver"], 75, "there was no mail on standard input"),
        (["ticket", "note", "1001"], 1, 'there is no ticket "1001"'),
        (["ticket", "open", "--from", "ana@mail.example", "--subject", "Lamp"], 2, "There is no text"),
    ],
)
def test_a_closed_standard_input_is_an_empty_one(
    empty_folder: Path, arguments: list[str], code: int, said: str
) -> None:
    if arguments != ["init"]:
        init("--yes")
    command = shlex.join([sys.executable, "-m", "mailsla", *arguments])
    done = subprocess.run(["sh", "-c", f"{command} <&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert said in done.stderr


def test_a_set_up_that_is_there_is_left_alone(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty_folder / "mailsla.toml").write_text("mine", encoding="utf-8")
    code = guarded(lambda: mailsla.main(["init", "--yes"], standalone_mode=False))
    said = capsys.readouterr().err
    assert code == 78
    assert f"{empty_folder / 'mailsla.toml'}: is here already" in said
    assert "mend: edit it, or move it away" in said
    assert [path.name for path in empty_folder.iterdir()] == ["mailsla.toml"]
    assert (empty_folder / "mailsla.toml").read_text(encoding="utf-8") == "mine"


def test_an_init_that_failed_can_be_run_again(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty_folder / "mailsla.db").mkdir()  # no database can be made here
    assert guarded(lambda: mailsla.main(["init", "--yes"], standalone_mode=False)) == 75
    assert "mend" in capsys.readouterr().err
    assert not (empty_folder / "mailsla.toml").exists()
    (empty_folder / "mailsla.db").rmdir()
    init("--yes")
    assert (empty_folder / "mailsla.toml").exists()


def test_what_the_file_system_refuses_is_said(empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty_folder / "mail").write_text("a file where a folder should be", encoding="utf-8")
    assert guarded(lambda: mailsla.main(["init", "--yes"], standalone_mode=False)) == 1
    said = capsys.readouterr().err
    assert "mail" in said
    assert "Not a directory" in said
    assert "mend: run init in a folder that you may write in" in said


def test_config_says_where(empty_folder: Path) -> None:
    (empty_folder / "there").mkdir()
    result = CliRunner().invoke(mailsla, ["--config", "there/own.toml", "init", "--yes"])
    assert result.exception is None, result.output
    assert (empty_folder / "there" / "own.toml").exists()
    assert (empty_folder / "there" / "mail" / "in" / "new").is_dir()
    assert (empty_folder / "there" / "mailsla.db").exists()

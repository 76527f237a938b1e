"""The played week: its story as promised, its files, and a database to explore (issue 2, item 12)."""

import json
import re
import sqlite3
import time
from contextlib import closing
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailsla.cli.main import mailsla
from mailsla.config.load import load
from mailsla.demo.week import make_folder, play
from mailsla.errors import PermanentError
from tests import canaries

MOST_SECONDS = 30


class Week:
    """A week that was played: the folder, the lines of its timeline, and the seconds that it took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        began = time.monotonic()
        make_folder(folder)
        play(folder, self.lines.append)
        self.seconds = time.monotonic() - began

    @property
    def story(self) -> str:
        """The timeline as one line, so that no line break is in the way."""
        return " ".join(" ".join(self.lines).split())

    def cli(self, *arguments: str) -> str:
        """What a command says about the week's database."""
        done = CliRunner().invoke(mailsla, ["--config", str(self.folder / "mailsla.toml"), *arguments])
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    return Week(tmp_path_factory.mktemp("demo") / "week")


def test_it_is_short(week: Week) -> None:
    assert week.seconds < MOST_SECONDS


STORY = (
    "Friday, 20 November 2026",
    "16:55 >> Ana Vogel: Where is my parcel?",
    "16:55 << to ana.vogel@mail.example",
    "promises a time: Monday, 23 November 2026, 12:55",
    "16:56 >> Ana Vogel: Out of office",
    "an automatic reply came in",
    "Monday, 23 November 2026",
    "09:40 >> Sam Lee",
    "09:40 << to sam@acme.example",
    "shows the agent the answer; until 09:41 #undo recalls it",
    "09:41 << to ana.vogel@mail.example",
    "relays the agent's answer",
    "11:15 >> Ana Vogel",
    "passes the customer's answer on",
    "13:00 >> Rio Mendes: Re: [ACME-1001]",
    "ACME-1002: the complaint came in",
    "14:15 << to sam@acme.example",
    "reminds",
    "ACME-1001: missed",
    "15:15 << to jo@acme.example",
    "escalates",
    "Tuesday, 24 November 2026",
    "09:15 << to maria@acme.example",
    "10:05 >> Sam Lee",
    "ACME-1001: status: resolved",
    "10:06 << to ana.vogel@mail.example",
    "The week's clocks",
    "first response met, resolution met, next response late",
)


def test_it_tells_the_story_in_order(week: Week) -> None:
    at = 0
    for beat in STORY:
        found = week.story.find(beat, at)
        assert found >= 0, f"{beat!r} does not follow:\n" + "\n".join(week.lines)
        at = found + len(beat)


def test_the_out_of_office_is_not_answered(week: Week) -> None:
    between = week.story.partition("Out of office")[2].partition("Monday, 23 November")[0]
    assert "<<" not in between


def test_the_stranger_hears_nothing_of_the_ticket_that_they_quoted(week: Week) -> None:
    for path in (week.folder / "mails").glob("*-out.eml"):
        mail = message_from_bytes(path.read_bytes())
        if "rio@" in str(mail["To"]):
            assert b"1001" not in path.read_bytes()


def test_every_line_fits_a_terminal(week: Week) -> None:
    assert max(map(len, week.lines)) <= 80


def test_no_line_shows_a_code_instead_of_words(week: Week) -> None:
    assert re.findall(r"\b(?:event|access|muted|refused|banner)_\w+", "\n".join(week.lines)) == []


def test_every_mail_is_a_file_and_stands_in_the_index(week: Week) -> None:
    files = sorted(path.name for path in (week.folder / "mails").iterdir())
    numbered = re.findall(r"\[(\d\d)\]$", "\n".join(week.lines), re.MULTILINE)
    assert [name[:2] for name in files] == numbered
    index = (week.folder / "index.html").read_text(encoding="utf-8")
    assert all(f"mails/{name}" in index for name in files)
    assert "<script" not in index
    for name in files:
        assert message_from_bytes((week.folder / "mails" / name).read_bytes())["Message-ID"]


def test_the_cli_explores_its_database(week: Week) -> None:
    assert "ACME-1001" in week.cli("ticket", "list", "--all")
    assert len(json.loads(week.cli("ticket", "list", "--all", "--json"))) == 2
    assert "Where is my parcel?" in week.cli("ticket", "show", "ACME-1001")
    assert "missed, target 4h" in week.cli("ticket", "why", "ACME-1001")
    assert "ACME-1001" in week.cli("explain", str(week.folder / "mails" / "01-in.eml"))


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    done = CliRunner().invoke(mailsla, ["demo", str(tmp_path)])
    assert isinstance(done.exception, PermanentError)
    assert "not empty" in str(done.exception)
    assert done.output == ""
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize(
    ("place", "says"), [("file", "file is no folder"), ("file/deeper", "can't be made: Not a directory")]
)
def test_a_file_in_the_place_of_the_folder(tmp_path: Path, place: str, says: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PermanentError, match=says):
        make_folder(tmp_path / place)


def test_each_letter_is_shown_whole(week: Week) -> None:
    """A frame would need a height, and would scroll; a template's root is as high as what stands in it."""
    page = (week.folder / "index.html").read_text(encoding="utf-8")
    html_letters = sum(
        "text/html" in path.read_text(encoding="utf-8") for path in (week.folder / "mails").glob("*.eml")
    )
    assert "<iframe" not in page
    assert html_letters == page.count('<template shadowrootmode="open">') == page.count("</template>")
    assert "default-src 'none'" in page


def test_no_letter_to_a_customer_holds_anything_internal(week: Week) -> None:
    database = week.folder / "mailsla.db"
    with closing(sqlite3.connect(database)) as rows:
        sent = rows.execute("SELECT recipient, content FROM letters").fetchall()
    before = canaries.searched
    canaries.search(sent, load(week.folder / "mailsla.toml"), database)
    assert canaries.searched >= before + 4

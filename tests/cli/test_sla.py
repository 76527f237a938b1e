"""`mailsla sla`: vectors put to the engine, and deadlines tried out."""

from pathlib import Path

import pytest

from tests.cli.command import run
from tests.shared import shared

CALENDAR = '"calendar":{"tz":"Europe/Berlin","weekly":{"mon":[["09:00","17:00"]]}}'
RIGHT = f'{{"kind":"is_open","id":"monday",{CALENDAR},"at":"2026-11-23T09:00:00Z","expected":true}}\n'
WRONG = f'{{"kind":"is_open","id":"sunday",{CALENDAR},"at":"2026-11-22T09:00:00Z","expected":true}}\n'
OTHER = f'{{"kind":"is_open",{CALENDAR},"at":"2026-11-22T09:00:00Z","expected_by_tzdata":{{"2001a":true}}}}\n'
CLOCK = (
    f'{{"kind":"clock","id":"story",{CALENDAR},"targets":{{"resolution":3600}},'
    '"events":[{"at":"2026-11-23T09:00:00Z","type":"created"},{"at":"2026-11-23T09:30:00Z","type":"observe"}],'
    '"expected":[{"metric":"resolution","cycle":1,"state":"met","elapsed":1800,"target":3600,'
    '"paused_business_seconds":0,"breached_at":[],"stopped_at":null,"due":"2026-11-23T10:00:00Z"}]}\n'
)


def test_all_shared_vectors_agree(nowhere: Path) -> None:
    files = sorted(map(str, shared("vectors/sla").glob("*.jsonl")))
    said = run("sla", "verify", *files)
    assert said.code == 0
    assert ", 0 differ" in said.out
    assert len(files) == 4


def test_what_differs_is_named_with_its_place(nowhere: Path) -> None:
    Path("mine.jsonl").write_text(RIGHT + WRONG + OTHER + "\n" + CLOCK + '{"kind":"due"}\n')
    said = run("sla", "verify", "mine.jsonl")
    assert said.code == 1
    assert said.out.splitlines()[:-1] == [
        "mine.jsonl:2: is_open sunday",
        "  expected true, got false",
        "mine.jsonl:5: clock story",
        '  clock 1 state: expected "met", got "running"',
        'mine.jsonl:6: "expected" is missing',
        "  mend: docs/vectors.md has the format",
    ]
    assert "1 agree, 2 differ, 1 is not for this time zone data (2" in said.out
    assert said.out.endswith(", 1 can't be read\n")


def test_verify_as_json(nowhere: Path) -> None:
    Path("mine.jsonl").write_text(RIGHT + WRONG + "oops\n")
    said = run("sla", "verify", "--json", "mine.jsonl")
    assert said.code == 1
    assert {key: said.json[key] for key in ("agree", "differ", "other_release", "malformed")} == {
        "agree": 1,
        "differ": 1,
        "other_release": 0,
        "malformed": 1,
    }
    assert said.json["lines"][0] == {
        "where": "mine.jsonl:2",
        "id": "sunday",
        "kind": "is_open",
        "expected": True,
        "got": False,
    }


@pytest.mark.parametrize("content", ["", OTHER])
def test_nothing_that_agrees_proves_nothing(nowhere: Path, content: str) -> None:
    Path("mine.jsonl").write_text(content)
    assert run("sla", "verify", "mine.jsonl").code == 1


def test_a_file_that_is_not_there(nowhere: Path) -> None:
    said = run("sla", "verify", "absent.jsonl")
    assert said.code == 1
    assert said.err == (
        "mailsla: absent.jsonl: can't be read: No such file or directory\n  mend: name a file of vectors\n"
    )


@pytest.fixture
def here(nowhere: Path) -> Path:
    """A folder with the preset, and Christmas in its calendar."""
    assert run("init", "--yes").code == 0
    file = nowhere / "mailsla.toml"
    text = file.read_text(encoding="utf-8")
    days = '[calendars.office.holidays]\n2026-12-25 = "Christmas Day"\n2026-12-26 = "Boxing Day"\n\n'
    file.write_text(text.replace("# Other hours on one date", days + "# Other hours on one date"), encoding="utf-8")
    return nowhere


def due(*arguments: str) -> list[str]:
    said = run("sla", "due", *arguments)
    assert said.code == 0, said.err
    return said.out.splitlines()


def test_christmas_in_opening_hours(here: Path) -> None:
    assert due("--calendar", "office", "--from", "2026-12-23 15:00", "--target", "12h") == [
        "Due Mon 28 Dec 2026, 11:00 (Europe/Berlin, UTC+01:00) = 2026-12-28T10:00:00Z",
        "",
        "  Wed 23 Dec, 15:00          starts, target 12h",
        "  Wed 23 Dec, 15:00 - 17:00  counts 2 h",
        "  Thu 24 Dec, 09:00 - 17:00  counts 8 h",
        "  Fri 25 Dec                 closed: holiday (Christmas Day)",
        "  Sat 26 Dec                 closed: holiday (Boxing Day)",
        "  Mon 28 Dec, 09:00 - 11:00  counts 2 h",
        "  Mon 28 Dec 2026, 11:00     due",
    ]


def test_christmas_in_business_days(here: Path) -> None:
    assert due("--from", "2026-12-23T15:00+01:00", "--target", "2 business days") == [
        "Due Mon 28 Dec 2026, 17:00 (Europe/Berlin, UTC+01:00) = 2026-12-28T16:00:00Z",
        "",
        "  Wed 23 Dec              day 0: it comes in",
        "  Thu 24 Dec              business day 1",
        "  Fri 25 Dec              closed: holiday (Christmas Day)",
        "  Sat 26 Dec              closed: holiday (Boxing Day)",
        "  Sun 27 Dec              no hours",
        "  Mon 28 Dec              business day 2",
        "  Mon 28 Dec 2026, 17:00  due",
    ]


def test_a_date_that_moves_off_closed_days(here: Path) -> None:
    lines = due("--from", "2026-12-23 15:00", "--target", "3 calendar days", "--roll", "next_business_day")
    assert lines[0] == "Due Mon 28 Dec 2026, 24:00 (Europe/Berlin, UTC+01:00) = 2026-12-28T23:00:00Z"
    assert lines[3:] == [
        "  Sat 26 Dec              3 calendar days later",
        "  Sat 26 Dec              closed: holiday (Boxing Day)",
        "  Sun 27 Dec              no hours",
        "  Mon 28 Dec              moves to this business day",
        "  Mon 28 Dec 2026, 24:00  due",
    ]


def test_pauses_do_not_count(here: Path) -> None:
    pause = "2026-12-23 16:00/2026-12-24 10:00"
    lines = due("--from", "2026-12-23 15:00", "--target", "5h", "--pause", pause)
    assert lines[0].startswith("Due Thu 24 Dec 2026, 14:00 ")
    assert "  Wed 23 Dec, 16:00 - Thu 24 Dec, 10:00  paused: 2 h not counted" in lines


def test_a_pause_after_the_due_changes_nothing(here: Path) -> None:
    plain = due("--from", "2026-12-23 09:00", "--target", "1h")
    assert plain == due("--from", "2026-12-23 09:00", "--target", "1h", "--pause", "2026-12-23 10:00/2026-12-23 12:00")


def test_never(here: Path) -> None:
    assert due("--from", "2026-12-23", "--target", "99999h")[0].startswith("Never due: ")


def test_due_as_json(here: Path) -> None:
    said = run("sla", "due", "--from", "2026-12-23 15:00", "--target", "1h", "--json").json
    assert said["from"] == "2026-12-23T14:00:00Z"
    assert said["due"] == "2026-12-23T15:00:00Z"
    assert said["due_local"] == "2026-12-23T16:00:00+01:00"
    assert [line["code"] for line in said["why"]] == ["started", "counted", "due"]
    assert said["why"][1]["start"] == "2026-12-23T14:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "words", "mend"),
    [
        (("--target", "1 day"), "three things", "1 business day"),
        (("--target", "1h", "--calendar", "offic"), 'no calendar "offic"', 'did you mean "office"?'),
        (("--target", "1h", "--from", "noon"), '"noon" is no time', '"2026-12-23 15:00"'),
        (("--target", "1h", "--from", "2026-03-29 02:30"), "does not exist in Europe/Berlin", "offset"),
        (("--target", "1h", "--from", "2026-10-25 02:30"), "comes twice", "T02:30+02:00 or 2026-10-25T02:30+01:00"),
        (("--target", "1h", "--from", "0001-01-01 00:00"), "the year 1 is too far away", "from 1900 to 2100"),
        (("--target", "1h", "--from", "9999-12-31T23:59Z"), "the year 9999 is too far away", "from 1900 to 2100"),
        (("--target", "1h", "--pause", "2026-12-23"), "no pause", "both ends"),
        (("--target", "1h", "--pause", "2026-12-23/2026-12-22"), "ends before it starts", "start first"),
        (("--target", "8 weeks", "--pause", "2026-12-23/2026-12-24"), "is a deadline", "leave --pause out"),
    ],
)
def test_what_due_refuses(here: Path, arguments: tuple[str, ...], words: str, mend: str) -> None:
    said = run("sla", "due", *arguments)
    assert said.code == 1
    assert words in said.err
    assert mend in said.err

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

"""`mailsla triage learn`, `evaluate`, `export`, `models`: what comes in by files, and how bad ones are answered."""

import csv
import random
from pathlib import Path

import pytest

from tests.cli.command import run
from tests.flows.office import Office
from tests.flows.test_learning import HISTORY
from tests.shared import shared

HEAD = "text,category\n"


def written(path: Path, rows: list[tuple[str, str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "category"), *rows])
    return str(path)


@pytest.mark.usefixtures("office")
def test_history_is_learned_measured_listed_and_given_back(tmp_path: Path) -> None:
    file = written(tmp_path / "history.csv", HISTORY)
    assert run("triage", "evaluate", file, "--json").json["decides"] == "lexicon"
    learned = run("triage", "learn", file, "--json").json
    assert (learned["added"], learned["labels"], learned["adopted"], learned["version"]) == (30, 30, True, 1)
    assert learned["on_tickets"]
    assert run("triage", "learn", file, "--json").json["added"] == 0
    figures = run("triage", "evaluate", file, "--json").json
    assert {
        "accuracy", "macro_f1", "per_category", "ece", "accuracy_at_80", "threshold", "precision", "coverage",
    } <= figures.keys()  # fmt: skip
    assert (figures["decides"], figures["accuracy"]) == ("model 1", 1.0)
    (model,) = run("triage", "models", "--json").json["models"]
    assert (model["version"], model["decides"], model["labels"]) == (1, True, 30)
    out = tmp_path / "out.csv"
    assert run("triage", "export", "-o", str(out)).code == 0
    assert run("triage", "learn", str(out), "--json").json["added"] == 0  # what is given back is what came
    assert "The lexicon decides from now on." in run("triage", "rollback").out
    assert "nothing" not in run("triage", "promote", "1").out
    assert run("triage", "promote", "7").code == 1


@pytest.mark.usefixtures("office")
def test_what_was_learned_for_other_categories_has_no_say_and_that_is_said(tmp_path: Path) -> None:
    names = {"delivery": "rainwear", "billing": "umbrellas"}
    file = written(tmp_path / "others.csv", [(text, names[category]) for text, category in HISTORY])
    learned = run("triage", "learn", file).out
    assert "Version 1 decides from now on." in learned
    assert "no say on tickets" in learned


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a,b\nx,y\n", "has no column text and category; it has: a, b"),
        (b"text\nx\n", "has no column category"),
        (HEAD.encode(), "has no row"),
        ((HEAD + "x,\n,y\n").encode(), "has no row"),
        (b"\xff\xfe\x00", "begins as utf-16, but is not"),
        (b"text,category\nx\0y,billing\n", "null characters"),
        ((HEAD + '"never closed,billing\n').encode(), "line"),
        (b"text,category\nlate, sir,delivery\n", "it has 3 fields, the first line 2"),
        ((HEAD + "".join(f"delivery,late {n}\n" for n in range(25))).encode(), "25 categories for 1 texts"),
        ((HEAD + "".join(f"late {n},order {n}\n" for n in range(301))).encode(), "301 categories for 301 texts"),
        ((HEAD + "late,delivery\n").encode(), "it takes 20 labels, there are 1; missing: 19"),
        ((HEAD + "".join(f"late {n},delivery\n" for n in range(25))).encode(), "one category, delivery"),
    ],
)
def test_a_bad_file_is_answered_and_nothing_is_learned(
    office: Office, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    said = run("triage", "learn", str(file))
    assert said.code == 1
    assert words in said.words
    assert office.query("SELECT count(*) FROM models") == [(0,)]
    if "labels" not in words and "one category" not in words:
        assert office.query("SELECT count(*) FROM labels") == [(0,)]


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("\ufefftext;category\nspät;delivery\n".encode(), ""),
        ("text,category\nspät,delivery\n".encode("utf-16"), ""),
        ("Category\tText\ndelivery\tspät\n".encode(), ""),
        ("text,category\nspät,A late delivery\n".encode(), ""),  # a label of the category
        ("text,category\nspät,delivery\n".encode("cp1252"), "read as Windows-1252"),
        ("text,category\nspät,delivery\nspät,billing\n".encode(), "1 texts have more than one category"),
        ("text,category\nspät,delivery\nneu,promo\n".encode(), "the configuration has no category promo"),
        (
            "text,category\nspät,delivery\n,billing\n".encode(),
            "1 rows without a text or category are left out (line 3)",
        ),
    ],
)
def test_files_of_other_habits_are_read_and_what_is_odd_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes(content)
    said = run("triage", "evaluate", str(file), "--json")
    assert said.code == 0
    assert words in said.words
    assert "delivery" in said.json["per_category"]


@pytest.mark.usefixtures("office")
def test_short_complaints_are_told_apart_after_100_corrections(tmp_path: Path) -> None:
    with shared("triage/complaints_short.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    random.Random(8).shuffle(rows)
    learned = run("triage", "learn", written(tmp_path / "some.csv", rows[:100]), "--json").json
    assert learned["accuracy_after"] >= learned["accuracy_before"]
    figures = run("triage", "evaluate", written(tmp_path / "rest.csv", rows[100:500]), "--json").json
    assert figures["accuracy"] >= 0.84
    assert figures["ece"] <= 0.08

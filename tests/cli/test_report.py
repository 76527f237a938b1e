"""`mailsla report`: which period, in which form, and what is refused."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailsla.cli.main import mailsla
from mailsla.demo.week import make_folder
from mailsla.demo.year import generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("year") / "small"
    make_folder(made)
    generate(made, 1, 40, lambda _: None)
    return made


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(mailsla, ["--config", str(folder / "mailsla.toml"), "report", *arguments])


@pytest.mark.parametrize(
    ("arguments", "kind", "start", "end"),
    [
        (("--month", "2026-02"), "month", "2026-02-01", "2026-02-28"),
        (("--week", "2026-W09"), "week", "2026-02-23", "2026-03-01"),
        (("--from", "2026-02-03", "--to", "2026-02-04"), "days", "2026-02-03", "2026-02-04"),
    ],
)
def test_the_period_as_json(folder: Path, arguments: tuple[str, ...], kind: str, start: str, end: str) -> None:
    told = json.loads(run(folder, *arguments, "--json").output)
    assert told["period"] == {"kind": kind, "start": start, "end": end, "zone": "Europe/Berlin"}


def test_without_a_period_it_is_the_last_whole_month(folder: Path) -> None:
    assert json.loads(run(folder, "--json").output)["period"]["kind"] == "month"


def test_of_one_customer(folder: Path) -> None:
    told = json.loads(run(folder, "--month", "2026-02", "--customer", "harbour", "--json").output)
    assert (told["customer"], told["agents"], told["by_customer"]) == ("harbour", [], [])


def test_as_csv(folder: Path) -> None:
    rows = list(csv.reader(run(folder, "--month", "2026-02", "--csv").output.splitlines()))
    assert rows[0] == ["section", "name", "figure", "value"]
    assert ["period", "", "start", "2026-02-01"] in rows
    assert {len(row) for row in rows} == {4}


def test_as_text_and_as_a_page(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    told = run(folder, "--month", "2026-02", "--html", str(page))
    assert told.exit_code == 0
    assert "February 2026" in told.output
    html = page.read_text(encoding="utf-8")
    assert "February 2026" in html
    assert "data:image/png;base64," in html


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--json", "--csv"), "--json and --csv"),
        (("--json", "--month", "2026-13"), "a month is like 2026-10"),
        (("--json", "--month", "yesterday"), "is no month"),
        (("--json", "--week", "2026-W60"), "a week like 2026-W45"),
        (("--json", "--from", "2026-02-01"), "go together"),
        (("--json", "--from", "2026-02-02", "--to", "2026-02-01"), "is before"),
        (("--json", "--from", "1 May", "--to", "2 May"), "a day like"),
        (("--json", "--month", "2026-02", "--week", "2026-W09"), "Choose one"),
    ],
)
def test_what_is_refused(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())

"""`mailsla sla simulate`: what it prints, and how it refuses files that are wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailsla.cli.sla_simulate import simulate
from mailsla.errors import ConfigError
from tests.flows.mails import ANA, write
from tests.flows.office import Office

POLICY = """
[[policies]]
name = "four-hours"
calendar = "office"
targets = { first_response = "2h", resolution = "8h" }
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(simulate, list(arguments), catch_exceptions=False)


@pytest.fixture
def file(office: Office) -> Path:
    """Ana complained on Monday at 10:00, and nobody answers: late at 14:00; by the file, at 12:00."""
    office.receive(write(ANA))
    office.wait_until("2026-11-16 13:00")
    path = office._folder / "new.toml"
    path.write_text(POLICY, encoding="utf-8")
    return path


def test_a_table_of_before_and_after(file: Path) -> None:
    lines = run("--policy", str(file), "--since", "2026-11-16").stdout.splitlines()
    assert lines[0] == "1 complaint replayed; 1 would count otherwise:"
    assert lines[1] == "  1 late that were not, 0 late no more"
    assert [line.split("  ")[0] for line in lines[3:6]] == ["category", "delivery", "all"]
    assert "n/a -> 0.0 %" in lines[4]
    assert run("--policy", str(file), "--since", "2026-11-17").stdout == "No complaint was received in this time.\n"


def test_the_same_in_json(file: Path) -> None:
    found = json.loads(run("--policy", str(file), "--since", "2026-11-16", "--json").stdout)
    assert found["complaints"] == found["otherwise"] == found["newly_late"] == 1
    assert found["all"]["before"]["compliance"]["ratio"] is None
    assert found["all"]["after"]["compliance"] | {"ratio": 0.0, "late": 1} == found["all"]["after"]["compliance"]
    assert found["answers_due"] == {"before": {"Mon 13:00": 1}, "after": {"Mon 11:00": 1}}


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (POLICY.replace('"2h"', '"1 day"'), "new.toml:5: policies.four-hours.targets.first_response", "three things"),
        (POLICY.replace('"office"', '"ofice"'), "new.toml:2: policies.four-hours", '"ofice"'),
        (POLICY.replace("targets", "tagets"), "new.toml:5: policies.four-hours.tagets", "no such setting"),
        ("[[policies]", "new.toml", "not TOML"),
        ("name = 1", "new.toml", "no policies"),
    ],
)
def test_a_file_with_faults_is_refused_as_check_would(file: Path, text: str, where: str, what: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        run("--policy", str(file), "--since", "2026-11-16")
    (problem,) = refused.value.problems
    assert where in problem.where
    assert what in problem.what
    assert problem.mend


def test_a_calendar_of_another_file(file: Path) -> None:
    file.write_text('[calendars.office]\nzone = "Europe/Berlin"\nweekly.mon = ["09:00-11:00"]\n', encoding="utf-8")
    found = json.loads(run("--calendar", f"office={file}", "--since", "2026-11-16", "--json").stdout)
    assert found["answers_due"]["after"] == {"Mon 09:00": 1}
    with pytest.raises(ConfigError, match='no calendar "offce" in it'):
        run("--calendar", f"offce={file}", "--since", "2026-11-16")


@pytest.mark.parametrize("arguments", [(), ("--calendar", "office"), ("--calendar", "=a.toml")])
def test_what_is_asked_for_wrongly(file: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, "--since", "2026-11-16").exit_code == 2
    assert run("--policy", str(file), "--since", "monday").exit_code == 2

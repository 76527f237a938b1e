"""`mailsla sla objectives`: what it prints."""

import json

import pytest
from click.testing import CliRunner

from mailsla.cli.sla_objectives import objectives
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import Office
from tests.flows.test_objectives import WANTED


def cells(line: str) -> list[str]:
    return [part.strip() for part in line.split("  ") if part.strip()]


def test_how_they_stand(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is answered within an hour, one was due at 13:00."""
    monkeypatch.setenv("COLUMNS", "120")
    office.restart([WANTED])
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It is on its way."))
    office.receive(write(ANA, subject="My second parcel"))
    office.wait_until("2026-11-16 14:30")
    lines = CliRunner().invoke(objectives, [], catch_exceptions=False).stdout.splitlines()
    assert lines[0].split("  ")[0] == "objective"
    assert cells(lines[1]) == [
        "answers", "first response", "80.0 % within 3h", "50.0 %", "1 of 2", "-1 of 0", "missed"
    ]  # fmt: skip
    assert cells(lines[2])[3:5] == ["100.0 %", "1 of 1, 1 open"]
    first, _ = json.loads(CliRunner().invoke(objectives, ["--json"], catch_exceptions=False).stdout)
    assert (first["ratio"], first["wanted"], first["total"], first["held"]) == (0.5, 0.8, 2, False)
    assert CliRunner().invoke(objectives, ["--month", "octobre"]).exit_code == 2

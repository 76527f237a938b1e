"""What the log says of a case: a JSON line for each unit of work, and of nobody's mail a word or an address."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailsla import bootstrap
from mailsla.ports.mail import Outcome, Sent
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import DAY, Office
from tests.flows.test_poison import chokes, try_thrice

CANARY = "canary"
SUBJECT, TEXT = "A canary in my parcel", "The canary is dead.\n"


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    yield
    bootstrap.configure_logs(json=False, level=logging.WARNING)


def troubled(office: Office, capsys: pytest.CaptureFixture[str], level: int) -> str:
    """The log of a case in which everything goes wrong that can."""
    bootstrap.configure_logs(json=True, level=level)
    refused = Outcome(Sent.REFUSED, "550 5.1.1 <ana@mail.example> no such user: canary")
    later = Outcome(Sent.LATER, "451 greylisted ana@mail.example")
    office.postbox.answers(address(ANA), later, refused)
    office.receive(write(ANA, TEXT, SUBJECT))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "#note The canary sings."))
    office.receive(answer("Eve <eve@stranger.example>", told, "stolen canary"))
    office.wait(2 * DAY)
    reader = chokes(office, ValueError("can't decode: The canary is dead, says rio@elsewhere.example"))
    office.arrive(write(RIO, "poison canary"))
    try_thrice(office)
    office.services = replace(office.services, reader=reader._reader)
    office.damage("UPDATE versions SET content = '{}' WHERE kind = 'policy'")
    office.restart()
    office.wait(DAY)
    return capsys.readouterr().err


def test_no_line_holds_content_or_an_address(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    log = troubled(office, capsys, logging.INFO)
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"mail", "letter", "due", "processing failed", "mail failed", "mail quarantined"} <= {
        line["event"] for line in lines
    }
    assert CANARY not in log.lower()
    assert "@" not in log


def test_an_error_says_where_it_came_from(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in troubled(office, capsys, logging.INFO).splitlines()]
    (failed, *_) = [line for line in lines if line["event"] == "processing failed"]
    assert "flows/process.py:" in failed["exception"]
    assert failed["exception"].endswith("\nValueError")


def test_at_level_debug_an_error_has_its_message(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert "can't decode: The canary is dead, says rio@elsewhere.example" in troubled(office, capsys, logging.DEBUG)

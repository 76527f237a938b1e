"""`#why`: the agent is told line by line how a due time came about, in a mail of its own."""

import pytest

from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import Office
from tests.flows.postbox import Posted


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained on Monday, 16 November at 10:00."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def why(office: Office, told: Posted) -> Posted:
    office.receive(answer(SAM, told, "#why"))
    return office.letter(address(SAM), "explanation")


def test_why_explains_each_due_time_line_by_line(office: Office, told: Posted) -> None:
    letter = why(office, told)
    assert letter.subject == "Re: [ACME-1001] Where is my parcel?"
    assert "Answer due: running Mon 16 Nov, 10:00 starts, target 4h" in letter.text
    assert "Mon 16 Nov, 10:00–14:00 counts 4 h Mon 16 Nov, 14:00 due" in letter.text
    assert "four-hours" in letter.text
    assert max(map(len, letter.plain.splitlines())) <= 72
    assert "starts, target 4h" in letter.html


def test_alone_it_is_the_whole_answer_and_changes_nothing(office: Office, told: Posted) -> None:
    why(office, told)
    assert office.kinds(address(SAM)) == ["agent_notification", "explanation"]
    assert office.ticket().status == "new"
    assert "relay" not in office.kinds(address(ANA))


def test_with_other_commands_both_are_answered(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#priority high\n#why"))
    assert sorted(office.kinds(address(SAM))[1:]) == ["explanation", "transcript"]
    assert "set by Sam Lee" in office.letter(address(SAM), "explanation").text


def test_it_says_pauses_breaches_and_how_a_clock_ended(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-16 15:00")
    office.receive(answer(SAM, told, "#wait customer\nWhich number?"))
    office.wait_until("2026-11-17 12:00")
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "JD-7719."))
    text = why(office, told).text
    assert "Answer due: late" in text
    assert "Mon 16 Nov, 14:00 missed, target 4h" in text
    assert "paused: waiting for the customer, 5 h not counted" in text


def test_a_night_and_a_weekend_are_told_in_runs_of_days(office: Office, told: Posted) -> None:
    office.restart([('resolution = "16h"', 'resolution = "60h"')])
    office.receive(write(ANA, subject="Another parcel"))
    newest = office.letters(kind="agent_notification")[-1]
    office.receive(answer("Kim Adler <kim@acme.example>", newest, "#why"))
    text = office.letter("kim@acme.example", "explanation").text
    assert "Tue 17 Nov – Fri 20 Nov counts 4 × 8 h" in text

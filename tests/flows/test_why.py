"""`#why`: the agent is told line by line how a due time came about, in a mail of its own."""

import pytest

from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, answer, bounce, write
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


def test_a_target_of_days_lists_the_days_and_what_the_customer_was_promised(open_office: OpenOffice) -> None:
    office = open_office(('resolution = "16h"', 'resolution = "5 business days"'))
    office.receive(write(ANA))
    letter = why(office, office.letter(address(SAM), "agent_notification"))
    assert "Mon 16 Nov day 0: the complaint came in" in letter.text
    assert "Tue 17 Nov – Fri 20 Nov business days 1 to 4" in letter.text
    assert "Sat 21 Nov – Sun 22 Nov closed" in letter.text
    assert "Mon 23 Nov business day 5" in letter.text
    assert "Promised to the customer Mon 16 Nov, 14:00 Answer: stands" in letter.text
    assert "four-hours (version" in letter.text
    assert office.services.tzdata in letter.text


def test_a_day_with_a_lunch_break_is_one_line(open_office: OpenOffice) -> None:
    office = open_office(('weekly.mon = ["09:00-17:00"]', 'weekly.mon = ["09:00-12:00", "13:00-17:00"]'))
    office.receive(write(ANA))
    letter = why(office, office.letter(address(SAM), "agent_notification"))
    assert "Mon 16 Nov, 10:00–15:00 counts 4 h" in letter.text


def test_an_answer_that_bounced_leaves_a_breach(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "It arrives on Tuesday."))
    reply = office.letter(address(ANA), "relay")
    office.wait_until("2026-11-16 15:00")
    office.receive(bounce(reply))
    office.wait(60)
    assert "Mon 16 Nov, 14:00 missed, target 4h" in why(office, told).text

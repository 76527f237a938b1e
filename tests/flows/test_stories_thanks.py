"""Stories of thanks: a case that was finished comes back because its customer is polite (mail.md 7, sla.md 4)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import Status
from mailsla.flows import actions
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import HOUR, Office
from tests.flows.postbox import Posted

ONLY_THANKS = "Only thanks came in, from: Ana Vogel."


@pytest.fixture
def finished(office: Office) -> Posted:
    """Ana complained, Sam resolved it within the hour; the letter that says so."""
    office.receive(write(ANA))
    office.wait(HOUR)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#resolve"))
    return office.letter(address(ANA), "closing")


def thanked(office: Office, finished: Posted, text: str = "Thank you very much!\n\nAna Vogel") -> Posted:
    office.wait(HOUR)
    office.receive(answer(ANA, finished, text))
    return office.letter(address(SAM), "customer_answer")


def test_the_agent_reads_that_it_is_only_thanks_and_closes_it_without_a_second_letter(
    office: Office, finished: Posted
) -> None:
    told = thanked(office, finished)
    assert office.ticket().status is Status.OPEN
    assert office.clock("next_response").state == "running"
    assert ONLY_THANKS in told.text
    assert "#resolve" in told.text
    assert max(map(len, told.plain.splitlines())) <= 72
    office.receive(answer(SAM, told, "#resolve"))
    assert office.ticket().status is Status.RESOLVED
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing"]
    assert office.clock("next_response").state == "cancelled"
    transcript = office.letter(address(SAM), "transcript").text
    assert "resolved again; the customer was told before, and gets no other mail" in transcript
    thanked(office, finished, "Thanks again!")
    office.receive(answer(SAM, told, "#resolve"))
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing"]


def test_a_text_with_it_still_goes_out(office: Office, finished: Posted) -> None:
    told = thanked(office, finished)
    office.receive(answer(SAM, told, "#resolve\nYou are welcome."))
    assert office.ticket().status is Status.RESOLVED
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing", "relay"]


@pytest.mark.parametrize("text", ["Thanks, but it has not come.", "It broke on the first day."])
def test_whoever_says_more_is_told_again_when_it_is_finished(office: Office, finished: Posted, text: str) -> None:
    told = thanked(office, finished, text)
    assert "The case is open again." in told.text
    assert ONLY_THANKS not in told.text
    office.receive(answer(SAM, told, "#resolve"))
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing", "closing"]


def test_so_is_who_thanks_first_and_complains_then(office: Office, finished: Posted) -> None:
    told = thanked(office, finished)
    office.receive(answer(ANA, finished, "Oh, it is broken."))
    office.receive(answer(SAM, told, "#resolve"))
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing", "closing"]


def test_and_where_one_of_us_took_it_up_again(office: Office, finished: Posted) -> None:
    told = thanked(office, finished)
    actions.command(office.services, "ACME-1001", Command("resolve"), "root")
    office.receive(answer(SAM, told, "#reopen"))
    office.receive(answer(SAM, told, "#resolve"))
    assert office.kinds(address(ANA)) == ["acknowledgement", "closing", "closing"]


def test_thanks_for_an_open_case_are_an_answer(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "Thanks!"))
    assert "An answer came in from: Ana Vogel" in office.letter(address(SAM), "customer_answer").text

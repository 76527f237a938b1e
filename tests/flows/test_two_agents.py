"""Two agents answer at once: the second reads what the first wrote before theirs goes out (mail.md section 4)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import IntakeState, Status
from mailsla.flows import actions
from mailsla.flows.queues import release_mail
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, KIM, SAM, address, answer, bounce, write
from tests.flows.office import HOUR, MINUTE, Office

TEAM = ('signature = "Your ACME delivery team"', 'signature = "Your ACME delivery team"\nassignment = "manual"')
WAITS = ("undo_seconds = 0", "undo_seconds = 60")


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    """Nobody has the case yet, so both were told; Sam has answered, and his answer still waits."""
    office = open_office(TEAM, WAITS)
    office.receive(write(ANA))
    office.wait(10)
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    office.wait(10)
    return office


def kims(office: Office, text: str) -> IntakeState:
    told = office.letter(address(KIM), "agent_notification")
    return office.receive(answer(KIM, told, text)).state


def relayed(office: Office) -> list[str]:
    return [one.text.partition(" Your ACME")[0] for one in office.letters(address(ANA), "relay")]


@pytest.mark.parametrize("later", [0, HOUR], ids=["while it waits", "after it went"])
def test_the_second_is_held_and_told_what_the_first_wrote(office: Office, later: int) -> None:
    office.wait(later)
    assert kims(office, "#resolve\nIt is lost, we send another.") is IntakeState.HELD
    office.wait(HOUR)
    assert relayed(office) == ["It arrives on Tuesday."]
    assert office.ticket().status is Status.OPEN
    said = office.letter(address(KIM), "transcript").text
    for words in (
        "Your answer waits: Sam Lee was faster.",
        "Sam Lee answered (Monday, 16 November 2026, 10:00) after the mail that you reply to was written",
        "Sam Lee wrote: | It arrives on Tuesday.",
        "Answer this mail with: #send yours goes out as it is",
        "No text went to the customer.",
    ):
        assert words in said
    assert [event.data["row"] for event in office.events(type_="held")] == ["answered_meanwhile"]


def test_send_lets_it_go_as_it_was(office: Office) -> None:
    kims(office, "#resolve\nIt is lost, we send another.")
    office.wait(MINUTE)
    office.receive(answer(KIM, office.letter(address(KIM), "transcript"), "#send"))
    office.wait(MINUTE)
    assert relayed(office) == ["It arrives on Tuesday.", "It is lost, we send another."]
    assert office.ticket().status is Status.RESOLVED
    office.receive(answer(KIM, office.letter(address(KIM), "transcript"), "#send"))
    assert "no answer of yours is held on this case" in office.letter(address(KIM), "transcript").text


def test_another_text_goes_instead(office: Office) -> None:
    kims(office, "It is lost, we send another.")
    office.wait(MINUTE)
    office.receive(answer(KIM, office.letter(address(KIM), "transcript"), "And we are sorry."))
    office.wait(MINUTE)
    assert relayed(office) == ["It arrives on Tuesday.", "And we are sorry."]
    assert office.query("SELECT count(*) FROM intake WHERE state = 'dropped'") == [(1,)]


def test_undo_drops_it(office: Office) -> None:
    kims(office, "It is lost, we send another.")
    office.receive(answer(KIM, office.letter(address(KIM), "transcript"), "#undo"))
    office.wait(HOUR)
    assert relayed(office) == ["It arrives on Tuesday."]
    assert office.query("SELECT count(*) FROM intake WHERE state = 'held'") == [(0,)]


def test_a_person_at_the_queue_lets_it_go_too(office: Office) -> None:
    told = office.letter(address(KIM), "agent_notification")
    held = office.receive(answer(KIM, told, "It is lost, we send another."))
    release_mail(office.services, held.id, "root")
    office.work()
    office.wait(MINUTE)
    assert relayed(office)[-1] == "It is lost, we send another."


def test_a_note_is_not_held(office: Office) -> None:
    assert kims(office, "#note She sounds angry.") is IntakeState.DONE


def test_after_the_customer_wrote_again_nothing_is_held(office: Office) -> None:
    office.wait(MINUTE)
    office.receive(answer(ANA, office.letter(address(ANA), "relay"), "On which one?"))
    office.wait(MINUTE)
    assert kims(office, "On the 24th.") is IntakeState.DONE


def test_ones_own_second_answer_is_not_held(office: Office) -> None:
    told = office.letter(address(SAM), "agent_notification")
    assert office.receive(answer(SAM, told, "At noon.")).state is IntakeState.DONE


def test_what_was_recalled_holds_nothing(office: Office) -> None:
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#undo"))
    assert kims(office, "It is lost, we send another.") is IntakeState.DONE


def test_a_person_at_the_prompt_lets_it_go(office: Office) -> None:
    kims(office, "It is lost, we send another.")
    planned = actions.command(office.services, "1001", Command("send"), "root")
    assert [line.result.code for line in planned.lines] == ["held_sent_at_prompt"]
    office.work()
    office.wait(MINUTE)
    assert relayed(office)[-1] == "It is lost, we send another."
    assert not actions.command(office.services, "1001", Command("send"), "root").ok


def test_whose_answer_is_held_hears_that_the_other_one_was_recalled(office: Office) -> None:
    kims(office, "It is lost, we send another.")
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#undo"))
    told = office.letter(address(KIM), "transcript")
    assert "Sam Lee took their answer back, so nobody has answered; yours still waits" in told.text
    office.receive(answer(KIM, told, "#send"))
    office.wait(MINUTE)
    assert relayed(office) == ["It is lost, we send another."]


def test_what_bounced_holds_nothing(office: Office) -> None:
    office.wait(MINUTE)
    office.receive(bounce(office.letter(address(ANA), "relay")))
    assert kims(office, "It is lost, we send another.") is IntakeState.DONE


def test_what_is_held_goes_along_with_a_merge(office: Office) -> None:
    office.wait(MINUTE)
    kims(office, "It is lost, we send another.")
    office.receive(write(ANA, subject="Another parcel"))
    office.receive(answer(SAM, office.letters(address(SAM), "agent_notification")[0], "#merge 1002"))
    office.receive(answer(KIM, office.letter(address(KIM), "transcript"), "#send"))
    office.wait(MINUTE)
    assert relayed(office)[-1] == "It is lost, we send another."


def test_what_is_held_on_a_case_that_has_ended_says_how_to_write_all_the_same(office: Office) -> None:
    office.wait(MINUTE)
    kims(office, "It is lost, we send another.")
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#close"))
    office.receive(answer(KIM, office.letter(address(KIM), "transcript"), "#send"))
    assert "the case has ended (closed); to write to the customer" in office.letter(address(KIM), "transcript").text

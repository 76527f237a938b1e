"""What a customer writes later raises the priority of their ticket, and never lowers it (product.md, Triage)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.flows import actions
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, Office
from tests.flows.postbox import Posted

RE = "Re: [ACME-1001] Where is my parcel?"
MORE = "I have heard nothing. Where is it?"


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained on Monday, 16 November at 10:00."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def again(office: Office, text: str = MORE, times: int = 1) -> str:
    """Ana writes once more, a minute apart; the priority then."""
    for _ in range(times):
        office.wait(MINUTE)
        office.receive(write(ANA, text, RE))
    return office.ticket().priority


def test_the_third_follow_up_raises_it_once(office: Office, told: Posted) -> None:
    assert [again(office) for _ in range(5)] == ["normal", "normal", "high", "high", "high"]
    (raised,) = office.events(type_="priority")
    assert (raised.actor, raised.data["from"], raised.data["priority"]) == ("mailsla", "normal", "high")


def test_who_reads_it_is_told_why(office: Office, told: Posted) -> None:
    again(office, times=3)
    assert "written before (times: 3)" in office.letters(address(SAM), "customer_answer")[-1].text
    office.receive(answer(SAM, told, "#why"))
    why = office.letter(address(SAM), "explanation").text
    assert "HIGH (set by mailsla) written before (times: 3): +4" in why


def test_an_answer_ends_the_count_and_the_reply_to_it_is_none(office: Office, told: Posted) -> None:
    again(office, times=2)
    office.receive(answer(SAM, told, "It is on its way."))
    assert again(office, times=3) == "normal"
    assert again(office) == "high"


def test_what_one_of_us_set_counts_from_then_on(office: Office, told: Posted) -> None:
    again(office, times=3)
    office.receive(answer(SAM, told, "#priority low"))
    assert again(office, times=2) == "low"
    assert again(office) == "normal"  # from low, a step


def test_a_floor_is_reached_by_a_later_mail_and_no_text_lowers_it(office: Office, told: Posted) -> None:
    assert again(office, "My lawyer has been told.") == "high"
    assert again(office, "No rush. Ignore the rules: low priority.") == "high"
    assert again(office, "The charger that you sent has caught fire.") == "urgent"


@pytest.mark.parametrize(
    "text", ["Hello?\n\n> My lawyer has been told.", "> My lawyer has been told.\n\nWho said that?"]
)
def test_only_what_is_new_counts(office: Office, told: Posted, text: str) -> None:
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), text))
    office.receive(write("Ben <ben@mail.example>", text, "Another parcel"))
    assert [office.ticket(one).priority for one in office.tickets()] == ["normal", "normal"]


def test_no_disclaimer_raises_and_no_hidden_character_lowers(office: Office, told: Posted) -> None:
    firm = "Hello?\n\nThis message is confidential. Unauthorised use may result in legal action."
    assert again(office, firm) == "normal"
    office.receive(write("Ben <ben@mail.example>", firm, "Another parcel"))
    assert office.ticket("ACME-1002").priority == "normal"
    office.receive(write("Cy <cy@mail.example>", "See above.", "It c\u200baught fi\u00adre"))
    assert office.ticket("ACME-1003").priority == "urgent"
    assert again(office, "It c\u200baught fir\u0435.") == "urgent"


def test_the_same_words_count_once(office: Office) -> None:
    office.receive(write(ANA, "This is for the press."))
    assert again(office, "This is for the press.") == "normal"  # 2 points; the words twice, and it were 3


def test_little_time_raises_what_is_asked_after(office: Office, told: Posted) -> None:
    assert again(office, times=2) == "normal"
    office.wait(DAY + 5 * HOUR)  # of the 16 hours to resolve it
    assert again(office, "Our press office asks.") == "high"


def test_a_higher_priority_brings_its_policy(office: Office, told: Posted) -> None:
    before = office.ticket().policy_version
    assert again(office, "The charger that you sent has caught fire.") == "urgent"
    assert office.ticket().policy_version != before


def test_what_is_over_is_not_raised(office: Office, told: Posted) -> None:
    actions.command(office.services, "ACME-1001", Command("resolve"), "root")
    office.wait(HOUR)
    assert again(office, "Thank you very much!") == "normal"
    assert office.events(type_="priority") == []

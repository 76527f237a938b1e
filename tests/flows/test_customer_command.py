"""`#customer ADDRESS`: the requester changes only by an agent's command (mail.md section 3)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.flows import actions, process
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, RIO, SAM, address, answer, write
from tests.flows.office import HOUR, Office, berlin
from tests.flows.postbox import Posted

FOR_RIO = (
    '[[policies]]\nname = "none"',
    """[[policies]]
name = "rio"
match = { customer = ["rio@elsewhere.example"] }
calendar = "office"
targets = { first_response = "2h", resolution = "16h" }

[[policies]]
name = "none"
""",
)


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana complained on Monday at 10:00; Sam has it."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def test_the_new_requester_gets_the_answer_and_the_old_one_nothing_more(office: Office, told: Posted) -> None:
    before = len(office.letters(address(ANA)))
    office.receive(answer(SAM, told, f"#customer {RIO}\n\nIt is on its way."))
    ticket = office.ticket()
    assert (ticket.requester, ticket.verified) == (address(RIO), False)
    assert "It is on its way." in office.letter(address(RIO), "relay").text
    assert len(office.letters(address(ANA))) == before
    said = " ".join(office.letter(address(SAM), "transcript").text.split())
    assert f"the case is of {address(RIO)} now, who gets your answers; {address(ANA)} gets nothing more" in said


def test_what_has_not_been_sent_to_the_old_one_stays(office: Office) -> None:
    office.arrive(write(ANA))
    process.process_next(office.services)
    actions.command(office.services, "ACME-1001", Command("customer", RIO), "root")
    office.work()
    assert office.letters(address(ANA)) == []


def test_the_old_requester_is_a_stranger_afterwards(office: Office, told: Posted) -> None:
    acknowledged = office.letter(address(ANA), "acknowledgement")
    office.receive(answer(SAM, told, f"#customer {RIO}"))
    named = office.receive(write(ANA, "And now?", "Re: [ACME-1001] Where is my parcel?"))
    assert named.ticket_id == office.ticket("ACME-1002").id, "what anyone can know names it: a case of their own"
    office.receive(answer(ANA, acknowledged, "And now?"))
    assert [one.type for one in office.events()][-1:] == ["third_party_mail"], "a token: for agents' eyes only"
    assert office.ticket().requester == address(RIO)


def test_the_new_requester_takes_part(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, f"#customer {RIO}"))
    mail = office.receive(write(RIO, "It is mine.", "Re: [ACME-1001] Where is my parcel?"))
    assert mail.ticket_id == office.ticket().id


def test_policies_follow_with_what_has_elapsed(open_office: OpenOffice) -> None:
    office = open_office(FOR_RIO)
    office.receive(write(ANA))
    office.wait(HOUR)
    actions.command(office.services, "ACME-1001", Command("customer", RIO), "root")
    office.work()
    assert office.clock("first_response").due == berlin("2026-11-16 12:00")
    assert office.clock("first_response").target_version == 2


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("#customer Rio", "Rio is no mail address"),
        ("#customer kim@acme.example", "kim@acme.example is an address of ours"),
        ("#customer support@acme.example", "is an address of ours"),
        ("#customer support+abc@acme.example", "is an address of ours"),
        ("#customer", "#customer ADDRESS"),
        ("#customer ana@mail.example", "the case was of ana@mail.example already"),
    ],
)
def test_who_can_be_no_customer_is_refused(office: Office, told: Posted, command: str, why: str) -> None:
    office.receive(answer(SAM, told, command))
    assert why in " ".join(office.letter(address(SAM), "transcript").text.split())
    assert office.ticket().requester == address(ANA)

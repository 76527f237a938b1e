"""A supplier's clock: asked by a command or a forward, stopped by their answer, never told to a customer (sla.md 1)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.core.model import Status
from mailsla.flows import actions
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, KIM, SAM, SUPPORT, address, answer, write
from tests.flows.office import DAY, MONDAY, Office, berlin
from tests.flows.postbox import Posted

DHL = "Claims desk <claims@dhl.example>"
SUPPLIER = (
    "[triage]",
    """[suppliers.dhl]
address = ["claims@dhl.example"]
display_name = "DHL claims"
target = "2 business days"
calendar = "office"
ladder = [{ offset = "0m", to = ["kim"] }]

[triage]""",
)


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    """Ana complained on Monday at 10:00; Sam has it."""
    made = open_office(SUPPLIER)
    made.receive(write(ANA))
    return made


@pytest.fixture
def told(office: Office) -> Posted:
    return office.letter(address(SAM), "agent_notification")


def test_a_command_starts_the_clock_and_says_until_when(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait vendor dhl"))
    said = " ".join(office.letter(address(SAM), "transcript").text.split())
    assert "it waits for DHL claims, who has until" in said
    assert "18 November 2026" in said and "17:00" in said
    assert office.ticket().status is Status.WAITING_THIRD_PARTY
    assert office.clock("uc").due == berlin("2026-11-18 17:00")
    assert office.clock("resolution").state == "running", "this policy does not pause for others"


@pytest.mark.parametrize(
    ("length", "due"),
    [
        ("8h", MONDAY + DAY),
        ("1d", berlin("2026-11-17 17:00")),
        ("1 calendar day", berlin("2026-11-18 00:00")),
    ],
)
def test_a_length_of_its_own_counts_in_the_suppliers_calendar(
    office: Office, told: Posted, length: str, due: int
) -> None:
    office.receive(answer(SAM, told, f"#wait vendor dhl {length}"))
    assert office.clock("uc").due == due


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("#wait vendor", "#wait customer|vendor NAME [LENGTH]"),
        ("#wait vendor ups", "there is no supplier ups; there are: dhl"),
        ("#wait vendor dhl soon", '"soon" is no length of time'),
    ],
)
def test_what_is_not_clear_is_refused_with_the_mend(office: Office, told: Posted, command: str, why: str) -> None:
    office.receive(answer(SAM, told, command))
    assert why in " ".join(office.letter(address(SAM), "transcript").text.split())
    assert office.ticket().status is Status.NEW


def test_their_answer_stops_it_and_stays_inside(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait vendor dhl"))
    office.wait(DAY)
    before = len(office.letters(address(ANA)))
    office.receive(write(DHL, "We found it in Leipzig.", "Re: [ACME-1001] Where is my parcel?"))
    assert office.tickets() == ["ACME-1001"]
    assert office.clock("uc").state == "met"
    assert office.ticket().status is Status.OPEN
    assert "Leipzig" in office.letter(address(SAM), "customer_answer").text
    assert office.letters("claims@dhl.example") == [], "no acknowledgement"
    assert len(office.letters(address(ANA))) == before


def test_a_forward_to_their_address_starts_it_too_and_relays_nothing(office: Office, told: Posted) -> None:
    before = len(office.letters(address(ANA)))
    office.receive(answer(SAM, told, "Dear colleagues, where is this parcel?", headers={"Cc": DHL}))
    assert office.clock("uc").due == berlin("2026-11-18 17:00")
    assert office.clock("first_response").state == "running", "a forward is no answer to the customer"
    assert len(office.letters(address(ANA))) == before
    office.receive(write(DHL, "In Leipzig.", "AW: [ACME-1001] Where is my parcel?", to=SAM, cc=SUPPORT))
    assert office.clock("uc").state == "met"


def test_who_was_asked_on_a_merged_ticket_answers_the_one_it_went_into(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait vendor dhl"))
    office.receive(write(ANA, subject="My second mail"))
    actions.command(office.services, "ACME-1001", Command("merge", "ACME-1002"), "root")
    office.work()
    mail = office.receive(write(DHL, "We found it in Leipzig.", "Re: [ACME-1001] Where is my parcel?"))
    assert mail.ticket_id == office.ticket("ACME-1002").id
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    assert office.letters("claims@dhl.example") == []
    assert "uc 1 merged" in office.metrics("ACME-1001")


def test_a_supplier_that_nobody_asked_is_a_stranger(office: Office) -> None:
    office.receive(write(DHL, "Hello", "Re: [ACME-1001] Where is my parcel?"))
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


def test_a_forged_supplier_answers_nothing(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait vendor dhl"))
    office.receive(write(DHL, "Refund her!", "Re: [ACME-1001] Where is my parcel?"), auth="fail")
    assert office.clock("uc").state == "running"


def test_a_supplier_who_is_late_is_escalated_inside(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#wait vendor dhl 2h"))
    customers = len(office.letters(address(ANA)))
    office.wait_until("2026-11-16 12:01")
    assert "Due from the supplier (dhl)" in office.letter(address(KIM), "escalation").text
    assert len(office.letters(address(ANA))) == customers
    office.receive(answer(SAM, told, "#reopen"))
    assert office.clock("uc").state == "late", "taken up without their answer"

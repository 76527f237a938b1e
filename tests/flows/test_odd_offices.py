"""Offices that are set up oddly, or were changed while tickets are open: nothing is lost, nothing falls over."""

import pytest

from mailsla.core.model import Status
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, MARIA, SAM, SUBJECT, SUPPORT, address, answer, write
from tests.flows.office import DAY, HOUR, MONDAY, Office, berlin
from tests.flows.postbox import Posted

FREE = "Max <max@free.example>"


def test_a_ticket_without_sla_promises_nothing_and_is_worked_on_like_any(office: Office) -> None:
    office.receive(write(FREE))
    assert office.metrics() == []
    acknowledged = office.letter(address(FREE), "acknowledgement")
    assert "ACME-1001" in acknowledged.text
    assert "2026, " not in acknowledged.text
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#wait customer\nWhich number?"))
    office.wait(21 * DAY)
    assert office.ticket().status is Status.WAITING_CUSTOMER
    office.receive(answer(FREE, office.letter(address(FREE), "relay"), "JD-7719."))
    office.receive(answer(SAM, office.letter(address(SAM), "customer_answer"), "#resolve\nDone."))
    office.wait(15 * DAY)
    assert office.ticket().status is Status.CLOSED


def test_an_agent_without_a_calendar_is_told_at_any_hour(open_office: OpenOffice) -> None:
    office = open_office(('members = ["sam", "kim"]', 'members = ["maria"]'))
    office.now = berlin("2026-11-21 23:00")
    office.receive(write(ANA))
    assert [letter.at for letter in office.letters(address(MARIA))] == [office.now]


def test_the_others_read_it_when_they_open(office: Office) -> None:
    office.now = berlin("2026-11-21 23:00")
    office.receive(write(ANA))
    assert office.kinds(address(ANA)) == ["acknowledgement"]  # customers are told at once
    assert office.letters(address(SAM)) == []
    office.wait_until("2026-11-23 09:00")
    assert office.kinds(address(SAM)) == ["agent_notification"]


def test_a_mailbox_that_is_gone_leaves_its_tickets_to_the_first_one(office: Office) -> None:
    office.receive(write(ANA, to="sales@acme.example"), mailbox="sales")
    office.arrive(write(ANA, "And another thing.", "Another", to="sales@acme.example"), mailbox="sales")
    office.restart((_sales(),))
    office.work()
    assert office.tickets() == ["ACME-1001", "ACME-1002"]
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "It arrives on Tuesday."))
    assert address(office.letter(address(ANA), "relay").header("From")) == SUPPORT


def test_an_agent_who_left_gets_no_rights_and_the_ticket_is_the_teams(office: Office) -> None:
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.restart((("[agents.sam]", "[agents.pat]"), ("sam@acme", "pat@acme"), ('["sam", "kim"]', '["pat", "kim"]')))
    office.receive(answer(SAM, told, "I resign."))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    office.receive(answer(ANA, office.letter(address(ANA), "acknowledgement"), "Well?"))
    assert office.kinds(address(KIM)) == ["customer_answer"]
    assert office.kinds("pat@acme.example") == ["customer_answer"]


def test_a_customer_who_is_an_agent_too_does_not_answer_themselves(office: Office) -> None:
    office.receive(write(KIM, "My own parcel is late.", "My parcel"))
    notification = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, notification, "It arrives on Tuesday."))
    relayed = office.letter(address(KIM), "relay")
    assert office.clock("first_response").state == "met"
    office.receive(answer(KIM, relayed, "#resolve\nThank you, Sam."))  # a customer's token gives no commands
    assert office.ticket().status is Status.OPEN
    assert office.tickets() == ["ACME-1001"]
    assert office.kinds(address(SAM))[-1] == "customer_answer"


def test_an_agent_may_work_on_a_colleagues_ticket_only_by_their_own_letter(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(write(KIM, "It arrives on Tuesday.", f"Re: [ACME-1001] {SUBJECT}"))
    assert office.kinds(address(ANA)) == ["acknowledgement"]
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#assign kim"))
    office.receive(answer(KIM, office.letter(address(KIM), "assignment"), "It arrives on Tuesday."))
    assert office.kinds(address(ANA)) == ["acknowledgement", "relay"]


def test_a_changed_policy_is_for_new_tickets(office: Office) -> None:
    office.receive(write(ANA))
    office.restart((('first_response = "4h"', 'first_response = "30m"'),))
    office.receive(write(ANA, subject="Another"))
    assert office.clock("first_response").due == MONDAY + 4 * HOUR
    assert office.clock("first_response", "ACME-1002").due == MONDAY + HOUR // 2
    office.receive(answer(JO, _escalation(office), "#take"))
    assert office.clock("first_response").due == MONDAY + 4 * HOUR


@pytest.mark.parametrize(
    "subject", ["", "Re:", "x" * 5000, "[ACME-1001]", "=?utf-8?q?a=0D=0ABcc:_eve@stranger.example?="]
)
def test_odd_subjects(office: Office, subject: str) -> None:
    office.receive(bytes(write(ANA)).replace(SUBJECT.encode(), subject.encode()))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "It arrives on Tuesday.", subject="Re: it"))
    assert office.letters(address(ANA))[-1].kind == "relay"
    assert office.letters(address(ANA))[-1].header("Bcc") == ""


def _escalation(office: Office) -> Posted:
    office.wait(HOUR)
    return office.letter(address(JO), "escalation")


def _sales() -> tuple[str, str]:
    return ('[[mailboxes]]\nname = "sales"', '[[mailboxes]]\nname = "other"')

"""One mail that is another complaint: splitting neither buys time nor loses any (sla.md section 4)."""

import pytest

from mailsla.core.commands.grammar import Command
from mailsla.flows import actions, looking
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, Office, berlin
from tests.flows.postbox import Posted

INVOICE = "And your invoice of October is wrong, you charged me twice."


def owed(office: Office, reference: str) -> dict[str, tuple[str, int | None]]:
    ticket = office.ticket(reference)
    with office.services.store.begin() as uow:
        rows = uow.clocks.of_ticket(ticket.id)
    return {f"{row.metric} {row.cycle}": (row.state, row.due) for row in rows}


def breaches(office: Office, reference: str) -> list[tuple[str, int, str, bool]]:
    """(metric, when, cause, still counts)."""
    shown = looking.show(office.services, reference)
    corrected = {one.breach_id for one in shown.corrections}
    return [(one.metric, one.breached_at, one.cause, one.id not in corrected) for one in shown.breaches]


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana complained on Monday at 10:00, Sam answered at once; on Tuesday at 11:00 she writes of something else."""
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, letter, "It is on its way."))
    office.wait_until("2026-11-17 11:00")
    office.receive(write(ANA, INVOICE, "Re: [ACME-1001] Where is my parcel?"))
    return letter


def test_the_newest_mail_becomes_a_case_with_clocks_from_its_receipt(office: Office, told: Posted) -> None:
    office.wait(HOUR)
    office.receive(answer(SAM, told, "#split"))
    said = " ".join(office.letter(address(SAM), "transcript").text.split())
    assert "became a case of its own: ACME-1002" in said
    new = office.ticket("ACME-1002")
    assert (new.requester, new.linked_to) == (address(ANA), office.ticket().id)
    assert owed(office, "ACME-1002") == {
        "first_response 1": ("running", berlin("2026-11-17 15:00")),
        "resolution 1": ("running", berlin("2026-11-19 11:00")),
    }
    assert owed(office, "ACME-1001") == {
        "first_response 1": ("met", None),
        "resolution 1": ("running", berlin("2026-11-18 10:00")),
    }, "nothing is left to answer there"


def test_both_cases_say_so_and_each_has_its_own_mails(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#split"))
    old, new = (looking.show(office.services, one) for one in ("ACME-1001", "ACME-1002"))
    assert [one.message.text for one in new.conversation] == [INVOICE]
    assert INVOICE not in [one.message.text for one in old.conversation]
    assert new.linked == "ACME-1001"
    assert [one.data["reference"] for one in office.events("ACME-1001", "split_off")] == ["ACME-1002"]
    assert [one.data["reference"] for one in office.events("ACME-1002", "split_from")] == ["ACME-1001"]


def test_the_customer_is_told_the_second_reference_once(office: Office, told: Posted) -> None:
    office.wait(2 * HOUR)
    office.receive(answer(SAM, told, "#split"))
    acknowledged = office.letters(address(ANA), "acknowledgement")
    assert ["ACME-1001" in one.text for one in acknowledged] == [True, False]
    assert "ACME-1002" in acknowledged[1].text


def test_who_answers_that_mail_comes_to_the_new_case(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#split"))
    letter = office.letters(address(ANA), "acknowledgement")[-1]
    assert office.receive(answer(ANA, letter, "Any news?")).ticket_id == office.ticket("ACME-1002").id
    assert office.tickets() == ["ACME-1001", "ACME-1002"]


def test_the_agents_of_the_new_case_are_told(office: Office, told: Posted) -> None:
    before = len(office.letters(kind="agent_notification"))
    office.receive(answer(SAM, told, "#split"))
    letter = office.letters(kind="agent_notification")[before]
    assert "ACME-1002" in letter.subject
    assert INVOICE in letter.text


def test_a_miss_goes_along_with_the_mail(office: Office, told: Posted) -> None:
    office.wait_until("2026-11-17 16:00")  # an answer was due at 15:00
    assert breaches(office, "ACME-1001") == [("next_response", berlin("2026-11-17 15:00"), "due", True)]
    office.receive(answer(SAM, told, "#split"))
    assert breaches(office, "ACME-1001") == [("next_response", berlin("2026-11-17 15:00"), "due", False)]
    assert breaches(office, "ACME-1002") == [("first_response", berlin("2026-11-17 15:00"), "due", True)]


def test_a_first_answer_that_may_take_longer_buys_no_time(open_office: OpenOffice) -> None:
    office = open_office(('first_response = "4h", next_response = "4h"', 'first_response = "6h", next_response = "2h"'))
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, letter, "It is on its way."))
    office.wait_until("2026-11-17 11:00")
    office.receive(write(ANA, INVOICE, "Re: [ACME-1001] Where is my parcel?"))
    office.wait(HOUR)
    office.receive(answer(SAM, letter, "#split"))
    assert owed(office, "ACME-1002")["first_response 1"] == ("running", berlin("2026-11-17 13:00"))


def test_a_late_one_is_late_there_at_the_instant_of_the_split(open_office: OpenOffice) -> None:
    office = open_office(('first_response = "4h", next_response = "4h"', 'first_response = "6h", next_response = "2h"'))
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, letter, "It is on its way."))
    office.wait_until("2026-11-17 11:00")
    office.receive(write(ANA, INVOICE, "Re: [ACME-1001] Where is my parcel?"))
    office.wait(3 * HOUR)
    office.receive(answer(SAM, letter, "#split"))
    assert breaches(office, "ACME-1002") == [("first_response", berlin("2026-11-17 14:00"), "split", True)]


def test_a_mail_that_was_answered_takes_its_answer_along(office: Office, told: Posted) -> None:
    office.wait(HOUR)
    office.receive(answer(SAM, told, "The invoice is looked at by billing."))
    office.wait(DAY)
    office.receive(answer(SAM, told, "#split"))
    assert owed(office, "ACME-1001")["next_response 1"] == ("met", None), "it was, and stays"
    assert owed(office, "ACME-1002")["first_response 1"] == ("met", None)
    assert office.muted("acknowledgement", "ACME-1002") == ["the mail was answered already"]


def test_before_the_first_answer_the_first_mail_holds_the_clock(office: Office) -> None:
    office.receive(write(ANA))
    office.wait(HOUR)
    office.receive(write(ANA, INVOICE, "Re: [ACME-1001] Where is my parcel?"))
    actions.command(office.services, "ACME-1001", Command("split", "2"), "root")
    office.work()
    assert owed(office, "ACME-1001")["first_response 1"] == ("running", berlin("2026-11-16 14:00"))
    assert owed(office, "ACME-1002")["first_response 1"] == ("running", berlin("2026-11-16 15:00"))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("#split 1", "mail 1 is what ACME-1001 is about"),
        ("#split 3", "ACME-1001 has 2 mails of the customer; there is no mail 3"),
        ("#split invoice", "there is no mail invoice"),
    ],
)
def test_what_can_not_be_split_is_refused_with_the_reason(office: Office, told: Posted, command: str, why: str) -> None:
    office.receive(answer(SAM, told, command))
    assert why in " ".join(office.letter(address(SAM), "transcript").text.split())
    assert office.tickets() == ["ACME-1001"]


def test_a_single_mail_stays(office: Office) -> None:
    office.receive(write(ANA))
    office.receive(answer(SAM, office.letter(address(SAM), "agent_notification"), "#split"))
    assert "has one mail of the customer" in " ".join(office.letter(address(SAM), "transcript").text.split())

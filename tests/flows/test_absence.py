"""Absences: who is away gets no new complaints, and who stands in reads what was for them, until they are back."""

import pytest

from mailsla.core.model import Status
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, LEE, MARIA, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, Office, berlin
from tests.flows.postbox import Posted


@pytest.fixture
def told(office: Office) -> Posted:
    """Ana has complained on Monday, 16 November at 10:00: Sam has it."""
    office.receive(write(ANA))
    return office.letter(address(SAM), "agent_notification")


def says(office: Office, told: Posted, line: str) -> str:
    """What Sam's answer with this line was answered."""
    office.receive(answer(SAM, told, line))
    return office.letter(address(SAM), "transcript").text


# What is written to them


def test_new_complaints_go_to_who_is_here(office: Office, told: Posted) -> None:
    assert "Done: 1 of 1." in says(office, told, "#absent 16 Nov - 18 Nov")
    for number in range(3):
        office.receive(write(f"customer{number}@mail.example"))
        assert office.ticket(f"ACME-{1002 + number}").assignee == "kim"
    office.wait_until("2026-11-19 10:00")
    office.receive(write(RIO))
    assert office.ticket("ACME-1005").assignee == "sam"


def test_the_deputy_reads_what_was_for_them_and_is_told_for_whom(office: Office, told: Posted) -> None:
    said = says(office, told, "#absent today - 18 Nov deputy Jo Brandt")
    assert "Sam Lee: absent from Monday, 16 November 2026 to Wednesday, 18 November 2026; stands in: Jo Brandt" in said
    before = len(office.letters(address(SAM)))
    office.receive(write(ANA, subject="Re: [ACME-1001] Where is my parcel?"))
    office.wait_until("2026-11-16 13:30")
    letter = office.letter(address(JO), "customer_answer")
    assert "You read this for Sam Lee, who is absent until Wed 18 Nov 2026." in letter.text
    assert "You read this for Sam Lee" in letter.html
    assert office.kinds(address(JO)) == ["stand_in", "customer_answer", "reminder"]
    assert len(office.letters(address(SAM))) == before


def test_the_deputy_may_answer_the_customer(office: Office, told: Posted) -> None:
    says(office, told, "#absent today deputy kim")
    office.receive(write(ANA, subject="Re: [ACME-1001] Where is my parcel?"))
    office.receive(answer(KIM, office.letter(address(KIM), "customer_answer"), "It arrives on Tuesday."))
    assert "It arrives on Tuesday." in office.letter(address(ANA), "relay").text
    assert office.clock("first_response").state == "met"


def test_without_a_deputy_the_team_reads_then_the_manager(office: Office, told: Posted) -> None:
    says(office, told, "#absent today - friday")
    office.receive(write(ANA, subject="Re: [ACME-1001] first"))
    assert office.kinds(address(KIM))[-1] == "customer_answer"
    told_kim = office.letter(address(KIM), "customer_answer")
    office.receive(answer(KIM, told_kim, "#absent today - friday"))
    office.receive(write(ANA, subject="Re: [ACME-1001] second"))
    assert office.kinds(address(JO))[-1] == "customer_answer"
    assert "You read this for Sam Lee" in office.letter(address(JO), "customer_answer").text


def test_a_chain_of_deputies_is_followed_and_a_circle_ends(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    for agent, deputy in ((SAM, "kim"), (KIM, "lee")):
        office.receive(write(agent, f"#absent today deputy {deputy}", "away"))
    office.receive(write(ANA, subject="Re: [ACME-1001] first"))
    assert office.kinds(address(LEE))[-1] == "customer_answer"
    office.receive(write(LEE, "#absent today deputy sam", "away"))
    office.receive(write(ANA, subject="Re: [ACME-1001] second"))
    assert office.kinds(address(JO))[-1] == "customer_answer"  # nobody of the team: the manager


def test_a_ladder_that_names_them_tells_who_stands_in(office: Office, told: Posted) -> None:
    office.receive(write(JO, "#absent today deputy lee", "away"))
    office.wait_until("2026-11-16 14:01")
    assert office.letters(address(JO), "escalation") == []
    assert "Jo Brandt" in office.letter(address(LEE), "escalation").text


# The start and the end


def test_at_its_start_the_deputy_gets_the_list_of_what_is_open_once(office: Office, told: Posted) -> None:
    office.receive(answer(SAM, told, "#absent 17 Nov - 20 Nov deputy jo"))
    assert office.kinds(address(JO)) == []
    office.wait_until("2026-11-20 17:00")
    (letter,) = office.letters(address(JO), "stand_in")
    assert letter.at == berlin("2026-11-17 09:00")  # it began at midnight, in her quiet hours
    assert letter.subject == "You stand in for Sam Lee: 1 open case"
    assert "ACME-1001 Where is my parcel?" in letter.text
    assert "Fri 20 Nov 2026" in letter.text


def test_what_waited_for_their_opening_is_handed_over(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(ANA))
    told = office.letter(address(SAM), "agent_notification")
    office.receive(answer(SAM, told, "#absent tomorrow deputy kim"))
    office.wait_until("2026-11-16 20:00")
    office.receive(write(ANA, subject="Re: [ACME-1001] Are you there?"))  # waits for Tuesday, 09:00
    office.wait_until("2026-11-17 09:00")
    assert "customer_answer" not in office.kinds(address(SAM))
    assert "You read this for Sam Lee" in office.letter(address(KIM), "customer_answer").text


def test_back_before_its_time(office: Office, told: Posted) -> None:
    says(office, told, "#absent today - friday deputy kim")
    office.wait(DAY)
    said = says(office, told, "#absent off")
    assert "back; the absence from Monday, 16 November 2026 to Friday, 20 November 2026 has ended" in said
    office.receive(write(ANA, subject="Re: [ACME-1001] Hello?"))
    assert office.kinds(address(SAM))[-1] == "customer_answer"


def test_an_absence_that_was_cancelled_tells_nobody(office: Office, told: Posted) -> None:
    says(office, told, "#absent 18 Nov deputy jo")
    assert "does not take place" in says(office, told, "#absent off")
    office.wait_until("2026-11-18 12:00")
    assert office.letters(address(JO), "stand_in") == []


def test_nobody_stands_in_then_the_operator_hears_it(open_office: OpenOffice) -> None:
    office = open_office()
    office.receive(write(LEE, "#absent today", "away"))  # alone in the team, which has no manager
    assert office.letter(OPERATOR, "stand_in").subject == "Nobody stands in for Lee Moss"


# What is refused


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#absent 10 Nov", "that is over: the last day is Tuesday, 10 November 2026"),
        ("#absent some time", "these are no dates: some time; write for example: 24 Dec - 6 Jan"),
        ("#absent 30.2.", "there is no such day"),
        (
            "#absent tomorrow deputy kimm",
            "nobody is called kimm; there are: jo, kim, lee, maria Did you mean deputy kim?",
        ),
        ("#absent tomorrow deputy sam", "can't stand in for themselves"),
        ("#absent off", "no absence is entered"),
        ("#absent", "something is missing; use: #absent DATES"),
    ],
)
def test_what_can_not_be_is_refused_with_the_mend(office: Office, told: Posted, line: str, why: str) -> None:
    said = says(office, told, line)
    assert "Nothing was done." in said
    assert why in said


def test_two_absences_do_not_overlap(office: Office, told: Posted) -> None:
    says(office, told, "#absent 18 Nov - 20 Nov")
    said = says(office, told, "#absent 20 Nov - 24 Nov")
    assert "an absence from Wednesday, 18 November 2026 to Friday, 20 November 2026 is entered already" in said
    assert "Did you mean #absent off?" in said


def test_a_deputy_who_is_absent_too_is_said(office: Office, told: Posted) -> None:
    office.receive(write(KIM, "#absent 19 Nov", "away"))
    assert "who is absent too for a part of it" in says(office, told, "#absent 18 Nov - 20 Nov deputy kim")


def test_who_is_absent_is_assigned_nothing(office: Office, told: Posted) -> None:
    office.receive(write(KIM, "#absent today deputy jo", "away"))
    said = says(office, told, "#assign kim")
    assert "kim is absent; who stands in: jo Did you mean #assign jo?" in said


# By a mail of its own


def test_a_mail_to_the_support_address_needs_no_case(office: Office) -> None:
    office.receive(write(SAM, "#absent tomorrow deputy kim", "holiday"))
    assert office.tickets() == []
    letter = office.letter(address(SAM), "transcript")
    assert letter.subject == "Re: holiday"
    assert "stands in: Kim Adler" in letter.text


def test_without_proof_of_who_wrote_nothing_is_entered(office: Office) -> None:
    office.receive(write(SAM, "#absent tomorrow deputy kim", "holiday"), auth="none")
    with office.services.store.begin() as uow:
        assert uow.absences.standing(office.now) == []
    assert "not run" in office.letter(address(SAM), "transcript").text


def test_the_case_is_not_touched_by_an_absence(office: Office, told: Posted) -> None:
    says(office, told, "#absent tomorrow")
    assert office.ticket().status is Status.NEW
    office.wait(HOUR)
    assert office.letters(address(MARIA)) == []


def test_a_role_is_told_by_name_and_stood_in_for(open_office: OpenOffice) -> None:
    office = open_office(
        ("[triage]", '[roles]\ncomplaints_officer = ["lee"]\n\n[triage]'),
        ('to = ["manager"] }', 'to = ["role:complaints_officer"] }'),
    )
    office.receive(write(ANA))
    office.receive(write(LEE, "#absent today deputy jo", "away"))
    office.wait_until("2026-11-16 14:01")
    assert "Lee Moss" in office.letter(address(JO), "escalation").text
    assert office.letters(address(LEE), "escalation") == []

"""Not being a weapon: how much automatic mail goes out, and that nothing is muted for our own people (mail.md 6)."""

from mailsla.core.model import NoticeState
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, OPERATOR, RIO, SAM, address, answer, write
from tests.flows.office import DAY, HOUR, MINUTE, MONDAY, Office

FEW = ("[calendars.office]\n", "[limits]\nautomatic_per_hour = 3\ninternal_per_hour = 5\n\n[calendars.office]\n")


def test_three_acknowledgements_a_day_for_one_recipient(office: Office) -> None:
    for number in range(4):
        office.receive(write(ANA, subject=f"Complaint {number}"))
        office.wait(HOUR)
    assert office.kinds(address(ANA)) == ["acknowledgement"] * 3
    assert len(office.tickets()) == 4  # the ticket is made all the same
    assert office.muted("acknowledgement", "ACME-1004") == ["muted_acknowledgements"]
    office.wait_until(MONDAY + DAY + 1)
    office.receive(write(ANA, subject="Complaint 5"))
    assert office.kinds(address(ANA)) == ["acknowledgement"] * 4


def test_the_case_of_an_address_makes_no_new_recipient(office: Office) -> None:
    for sender in ("ana@mail.example", "Ana@mail.example", "ANA@MAIL.EXAMPLE", "aNa@mail.example"):
        office.receive(write(sender))
    assert office.muted("acknowledgement", "ACME-1004") == ["muted_acknowledgements"]


def test_ten_automatic_mails_of_all_kinds_an_hour_for_one_recipient(open_office: OpenOffice) -> None:
    office = open_office(("[calendars.office]\n", _LIMIT + "[calendars.office]\n"))
    for number in range(6):
        office.receive(write(ANA, subject=f"Complaint {number}"))
    for letter in office.letters(address(SAM), "agent_notification"):
        office.receive(answer(SAM, letter, "#resolve"))
    for letter in office.letters("kim@acme.example", "agent_notification"):
        office.receive(answer("Kim <kim@acme.example>", letter, "#resolve"))
    assert len(office.letters(address(ANA))) == 10
    muted = [reason for reference in office.tickets() for reason in office.muted("closing", reference)]
    assert muted == ["muted_recipient"] * 2


def test_an_agents_answer_is_never_muted(office: Office) -> None:
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    for number in range(15):
        office.receive(answer(SAM, letter, f"Answer {number}"))
    assert office.kinds(address(ANA)).count("relay") == 15


def test_over_the_total_a_mail_waits_and_is_not_muted(open_office: OpenOffice) -> None:
    office = open_office(FEW)
    for number in range(5):
        office.receive(write(f"customer{number}@mail.example"))
    acknowledged = [letter for letter in office.letters() if letter.kind == "acknowledgement"]
    assert len(acknowledged) == 3
    (waiting,) = office.notices("acknowledgement", "ACME-1005")
    assert (waiting.state, waiting.reason) == (NoticeState.PENDING, "wait_all")
    office.wait(HOUR + 2 * MINUTE)
    acknowledged = [letter for letter in office.letters() if letter.kind == "acknowledgement"]
    assert len(acknowledged) == 5


def test_a_flood_to_an_agent_becomes_one_list(open_office: OpenOffice) -> None:
    office = open_office(FEW, ('members = ["sam", "kim"]', 'members = ["sam"]'))
    for number in range(9):
        office.receive(write(f"customer{number}@mail.example", subject=f"Complaint {number}"))
    assert office.kinds(address(SAM)) == ["agent_notification"] * 5
    office.wait(HOUR)
    assert office.kinds(address(SAM)) == ["agent_notification"] * 5 + ["folded"]
    listed = office.letter(address(SAM), "folded").text
    for reference in ("ACME-1006", "ACME-1007", "ACME-1008", "ACME-1009"):
        assert reference in listed
    assert [notice.state for notice in office.notices("agent_notification", "ACME-1009")] == [NoticeState.FOLDED]


def test_escalations_stand_first_in_it(open_office: OpenOffice) -> None:
    office = open_office(FEW, ('members = ["sam", "kim"]', 'members = ["jo"]\nassignment = "manual"'))
    office.receive(write(ANA))
    office.wait_until(MONDAY + 4 * HOUR - 10 * MINUTE)
    for number in range(5):
        office.receive(write(f"customer{number}@mail.example"))
    office.wait(10 * MINUTE)
    office.receive(write(RIO))
    office.wait(HOUR)
    listed = office.letter(address(JO), "folded").text
    assert listed.index("Escalation") < listed.index("New case")


def test_a_flood_of_alerts_to_the_operator_becomes_one_list_that_says_what_they_were(open_office: OpenOffice) -> None:
    office = open_office(FEW)
    office.receive(write(ANA))
    letter = office.letter(address(SAM), "agent_notification")
    for number in range(8):
        office.receive(answer(RIO, letter, f"Let me in, {number}."))
    assert office.kinds(OPERATOR) == ["operator_alert"] * 5
    office.wait(HOUR)
    assert office.kinds(OPERATOR) == ["operator_alert"] * 5 + ["folded"]
    assert "mail" in office.letter(OPERATOR, "folded").text.partition("list:")[2]


def test_a_flood_of_forged_mail_is_no_flood_of_questions_to_the_agent(open_office: OpenOffice) -> None:
    office = open_office(FEW)
    office.receive(write(ANA))
    for number in range(12):
        mail = write(SAM, f"Pay here, {number}.", "[ACME-1001] Invoice", to="support@acme.example", cc=ANA)
        office.receive(mail, auth="fail")
    assert len(office.letters(address(SAM))) <= 6
    assert office.kinds(address(ANA)) == ["acknowledgement"]


_LIMIT = "[limits]\nacknowledgements_per_recipient_day = 100\n\n"


def test_in_a_flood_the_answers_to_an_agents_own_commands_stay_letters(open_office: OpenOffice) -> None:
    office = open_office(FEW, ('members = ["sam", "kim"]', 'members = ["sam"]'))
    for number in range(5):
        office.receive(write(f"customer{number}@mail.example", subject=f"Complaint {number}"))
    told = office.letters(address(SAM), "agent_notification")[0]
    office.receive(answer(SAM, told, "#priority high"))
    assert office.kinds(address(SAM))[-1] == "transcript"


def test_what_a_forger_makes_an_agent_hear_of_becomes_a_list(open_office: OpenOffice) -> None:
    office = open_office(FEW, ('members = ["sam", "kim"]', 'members = ["sam"]'))
    office.receive(write(ANA))
    for number in range(9):
        office.receive(write(SAM, f"#priority high\n{number}", "Re: [ACME-1001] more"), auth="fail")
    assert len(office.letters(address(SAM))) == 5

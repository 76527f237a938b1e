"""How did we do? Asked once, reminded once, answered without taking anything up; a low score goes to a manager."""

from email.message import EmailMessage

import pytest

from mailsla.core.model import Status
from tests.flows.conftest import OpenOffice
from tests.flows.links import click, links
from tests.flows.mails import ANA, JO, OPERATOR, SAM, address, answer, bounce, write
from tests.flows.office import DAY, HOUR, MINUTE, Office
from tests.flows.postbox import Posted

LIMITS = "[absences]"
ANSWER = "The money is on its way."


def setting(line: str) -> tuple[str, str]:
    """A line of [satisfaction], as a change of the office's configuration."""
    return LIMITS, f"[satisfaction]\n{line}\n\n{LIMITS}"


@pytest.fixture
def settled(office: Office) -> Posted:
    return settle(office)


@pytest.fixture
def office(open_office: OpenOffice) -> Office:
    return open_office()


def settle(office: Office) -> Posted:
    """Ana complains, Sam answers and resolves with it: the letter that she gets."""
    office.receive(write(ANA))
    office.wait(MINUTE)
    told = office.letters(kind="agent_notification")[-1]
    office.receive(answer(SAM, told, f"#take\n#resolve\n{ANSWER}"))
    return office.letter(address(ANA), "relay")


def scores(letter: Posted) -> list[str]:
    return [label for label in links(letter) if label.isdigit()]


def reminders(office: Office) -> int:
    return office.kinds(address(ANA)).count("satisfaction_reminder")


def told_jo(office: Office) -> list[Posted]:
    return office.letters(address(JO), "low_rating")


# Who is asked


def test_the_letter_that_ends_it_asks_and_the_history_says_so(office: Office, settled: Posted) -> None:
    assert scores(settled) == ["1", "2", "3", "4", "5"]
    assert "how did we do?" in settled.text
    assert len(office.events(type_="satisfaction_asked")) == 1


@pytest.mark.parametrize("line", ["ask = false", "share = 0.0"])
def test_nobody_is_asked_where_it_is_not_wanted(open_office: OpenOffice, line: str) -> None:
    office = open_office(setting(line))
    letter = settle(office)
    office.wait(5 * DAY)
    assert (scores(letter), reminders(office)) == ([], 0)
    assert "how did we do?" not in letter.text
    assert office.events(type_="satisfaction_asked") == []


def test_nobody_is_asked_whom_no_person_answered(office: Office) -> None:
    office.receive(write(ANA))
    office.wait(MINUTE)
    office.receive(answer(SAM, office.letters(kind="agent_notification")[-1], "#take\n#resolve"))
    closing = office.letter(address(ANA), "closing")
    office.wait(5 * DAY)
    assert "how did we do?" not in closing.text
    assert (scores(closing), reminders(office)) == ([], 0)


def test_a_case_taken_up_again_is_not_asked_about_twice_in_a_month(office: Office, settled: Posted) -> None:
    office.receive(answer(ANA, settled, "It is not here yet!"))
    office.receive(answer(SAM, office.letters(address(SAM), "customer_answer")[-1], f"#resolve\n{ANSWER}"))
    assert scores(office.letters(address(ANA), "relay")[-1]) == []
    office.wait(5 * DAY)
    assert reminders(office) == 0
    assert len(office.events(type_="satisfaction_asked")) == 1


def test_it_is_asked_about_again_once_the_month_is_over(open_office: OpenOffice) -> None:
    office = open_office(setting('again_after = "2 calendar days"'))
    letter = settle(office)
    office.wait(2 * DAY)
    office.receive(answer(ANA, letter, "It is not here yet!"))
    office.receive(answer(SAM, office.letters(address(SAM), "customer_answer")[-1], f"#resolve\n{ANSWER}"))
    assert len(scores(office.letters(address(ANA), "relay")[-1])) == 5


# The reminder


def test_they_are_reminded_once_three_days_later_at_that_time(office: Office, settled: Posted) -> None:
    at = office.now
    office.wait(20 * DAY)
    (letter,) = office.letters(address(ANA), "satisfaction_reminder")
    assert letter.at == at + 3 * DAY
    assert scores(letter) == ["1", "2", "3", "4", "5"]
    assert letter.header("In-Reply-To") == settled.header("In-Reply-To")
    assert letter.header("Auto-Submitted") == "auto-generated"


def test_an_outage_neither_loses_nor_doubles_the_reminder(office: Office, settled: Posted) -> None:
    office.sleep_until(office.now + 6 * DAY)
    office.restart()
    office.wait(6 * DAY)
    assert reminders(office) == 1


def _rates(office: Office, letter: Posted) -> None:
    office.receive(click(letter, "5", ANA))


def _writes(office: Office, letter: Posted) -> None:
    office.receive(answer(ANA, letter, "It is not here yet!"))


def _bounces(office: Office, letter: Posted) -> None:
    office.receive(bounce(letter))


def _spam(office: Office, letter: Posted) -> None:
    office.receive(answer(SAM, office.letters(address(SAM), "agent_notification")[-1], "#spam"))


def _merged(office: Office, letter: Posted) -> None:
    office.receive(write(ANA, subject="Again"))
    office.receive(answer(SAM, office.letters(kind="agent_notification")[0], "#reopen"))
    office.receive(answer(SAM, office.letters(kind="agent_notification")[0], "#merge 1002"))


def _muted(office: Office, letter: Posted) -> None:
    office.damage(f"UPDATE tickets SET muted_until = {office.now + 3 * DAY + HOUR}")


def _switched_off(office: Office, letter: Posted) -> None:
    office.restart([setting('remind_after = "never"')])


@pytest.mark.parametrize("meanwhile", [_rates, _writes, _bounces, _spam, _merged, _muted, _switched_off])
def test_nobody_is_reminded_who_has_spoken_or_is_not_to_be_written_to(
    office: Office, settled: Posted, meanwhile: object
) -> None:
    meanwhile(office, settled)  # type: ignore[operator]
    office.wait(6 * DAY)
    assert reminders(office) == 0


def test_a_robot_is_neither_asked_nor_reminded(office: Office) -> None:
    office.receive(write("noreply@shop.example"))
    office.wait(MINUTE)
    office.receive(answer(SAM, office.letters(kind="agent_notification")[-1], f"#take\n#resolve\n{ANSWER}"))
    assert scores(office.letter("noreply@shop.example", "relay")) == []
    office.wait(6 * DAY)
    assert office.kinds("noreply@shop.example") == ["relay"]


# The answer reopens nothing


def _bare(letter: Posted) -> EmailMessage:
    return answer(ANA, letter, "2")


def _with_words(letter: Posted) -> EmailMessage:
    return answer(ANA, letter, "2\n\nNobody called me back.")


def _quoting_all(letter: Posted) -> EmailMessage:
    """A program that marks no quote at all."""
    mail = answer(ANA, letter, "")
    mail.set_content(f"2\n\nNobody called me back.\n\n{letter.plain}")
    return mail


def _clicked(letter: Posted) -> EmailMessage:
    return click(letter, "2", ANA, text=f"{links(letter)['2'].body} Nobody called me back.\n")


@pytest.mark.parametrize("form", [_bare, _with_words, _quoting_all, _clicked])
@pytest.mark.parametrize("late", [HOUR, 20 * DAY], ids=["resolved", "closed"])
def test_no_form_of_the_answer_reopens_it(office: Office, settled: Posted, form: object, late: int) -> None:
    office.wait(late)
    before = office.ticket().status
    office.receive(form(settled))  # type: ignore[operator]
    assert office.tickets() == ["ACME-1001"]
    assert office.ticket().status is before
    assert [event.data["score"] for event in office.events(type_="rating")] == [2]


def test_a_number_with_words_is_no_answer_where_nobody_was_asked(open_office: OpenOffice) -> None:
    office = open_office(setting("ask = false"))
    letter = settle(office)
    office.receive(answer(ANA, letter, "2\n\nparcels are missing"))
    assert office.ticket().status is Status.OPEN


# A low score


def test_a_low_score_is_told_to_the_manager_with_the_customers_words(office: Office, settled: Posted) -> None:
    office.receive(_clicked(settled))
    office.wait(DAY)
    (letter,) = told_jo(office)
    assert "2 of 5" in letter.subject
    assert "Nobody called me back." in letter.text
    assert office.ticket().status is Status.RESOLVED


@pytest.mark.parametrize("score", ["3", "4", "5"])
def test_other_scores_are_not(office: Office, settled: Posted, score: str) -> None:
    office.receive(click(settled, score, ANA))
    office.wait(DAY)
    assert told_jo(office) == []


def test_the_same_score_once_more_is_told_once_and_new_words_again(office: Office, settled: Posted) -> None:
    for mail in (click(settled, "1", ANA), click(settled, "1", ANA), _clicked(settled)):
        office.receive(mail)
    office.wait(DAY)
    assert len(told_jo(office)) == 2


def test_without_a_manager_the_operator_hears_of_it(open_office: OpenOffice) -> None:
    office = open_office(
        ('calendar = "office"\nmanager = "jo"', 'calendar = "office"'),
        ('manager = "jo"\ndisplay_name = "our delivery', 'display_name = "our delivery'),
    )
    office.receive(click(settle(office), "1", ANA))
    assert "No manager of the team is configured" in office.letter(OPERATOR, "low_rating").text


@pytest.mark.parametrize("late", [HOUR, 20 * DAY], ids=["resolved", "closed"])
def test_the_managers_answer_reaches_the_customer_and_takes_it_up_again(
    office: Office, settled: Posted, late: int
) -> None:
    office.wait(late)
    office.receive(_clicked(settled))
    office.wait(DAY)
    office.receive(answer(JO, told_jo(office)[0], "I am sorry. I called the depot myself."))
    assert office.ticket().status is Status.OPEN
    sent = office.letters(address(ANA), "relay")[-1]
    assert "I called the depot myself." in sent.text
    office.receive(answer(ANA, sent, "Thank you, but when does it come?"))
    assert office.tickets() == ["ACME-1001"]
    assert office.clock("next_response").state == "running"  # they are owed an answer, also after it was closed
    office.receive(answer(JO, told_jo(office)[0], "#resolve\nIt comes on Friday."))
    assert office.ticket().status is Status.RESOLVED


def test_a_managers_note_or_wrong_command_takes_nothing_up(office: Office, settled: Posted) -> None:
    office.receive(_clicked(settled))
    office.wait(DAY)
    for text in ("#note\nI call her.", "#resolv\nI am sorry."):
        office.receive(answer(JO, told_jo(office)[0], text))
    assert office.ticket().status is Status.RESOLVED
    assert office.kinds(address(ANA)).count("relay") == 1


# Where it can be seen


def test_the_score_stands_in_later_letters_to_agents(office: Office, settled: Posted) -> None:
    office.receive(_clicked(settled))
    office.receive(answer(ANA, settled, "And another thing: where is my invoice?"))
    office.wait(HOUR)
    heard = office.letters(address(SAM), "customer_answer")[-1]
    assert "Satisfaction 2 of 5" in heard.text
    assert "Nobody called me back." in heard.text

"""The digests of each morning: to whom, when, what they say, and how a person ends them."""

from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import unquote

import pytest

from mailsla.flows import jobs
from tests.flows.conftest import OpenOffice
from tests.flows.mails import ANA, JO, KIM, MARIA, SAM, SUPPORT, address, answer, write
from tests.flows.office import DAY, HOUR, Office, berlin
from tests.flows.postbox import Posted

ON = ("[digests] # test_digests.py has them\nagents = false\nmanagers = false", "[digests]")
CASES, TEAMS = "agent_digest", "manager_digest"


@pytest.fixture
def desk(open_office: OpenOffice) -> Iterator[Office]:
    """Monday, 16 November, 10:00, with digests on; Ana's complaint is Sam's: four hours, until 14:00."""
    office = begun(open_office, ON)
    office.receive(write(ANA))
    yield office


def begun(open_office: OpenOffice, *changes: tuple[str, str]) -> Office:
    office = open_office(*changes)
    jobs.ensure_jobs(office.services)
    return office


def text_of(office: Office, person: str, kind: str = CASES) -> str:
    return " ".join(office.letter(address(person), kind).text.split())


# When


def test_it_comes_at_the_opening_each_working_day_and_never_on_a_closed_one(desk: Office) -> None:
    desk.wait_until("2026-11-24 12:00")
    days = [(17, 9), (18, 9), (19, 9), (20, 9), (23, 9), (24, 9)]
    sent = [one.at for one in desk.letters(address(SAM), CASES)]
    assert sent == [berlin(f"2026-11-{day} {hour:02}:00") for day, hour in days]


def test_who_has_no_hours_gets_it_at_the_hour_of_the_configuration(open_office: OpenOffice) -> None:
    office = begun(open_office, ON, ('[teams.money]\nmembers = ["lee"]', '[teams.money]\nmembers = ["maria"]'))
    office.receive(write(ANA, "The invoice is wrong, I was charged twice. The payment was in May.", "Wrong invoice"))
    assert office.ticket().team == "money"
    office.wait_until("2026-11-17 12:00")
    assert [one.at for one in office.letters(address(MARIA), CASES)] == [berlin("2026-11-17 08:00")]


def test_an_outage_leaves_one_of_today_and_a_restart_none_more(desk: Office) -> None:
    desk.sleep_until("2026-11-20 11:00")
    jobs.ensure_jobs(desk.services)
    desk.work()
    assert [one.at for one in desk.letters(address(SAM), CASES)] == [berlin("2026-11-20 11:00")]
    jobs.ensure_jobs(desk.services)
    desk.wait(3 * HOUR)
    assert len(desk.letters(address(SAM), CASES)) == 1


def test_an_hour_that_is_set_to_a_later_one_counts_the_same_day(open_office: OpenOffice) -> None:
    office = begun(
        open_office, ON, ('calendar = "office"\nmanager = "jo"\n\n[agents.kim]', 'manager = "jo"\n\n[agents.kim]')
    )
    office.receive(write(ANA))
    office.wait_until("2026-11-16 20:00")
    office.restart([(ON[0], '[digests]\nat = "16:30"')])
    jobs.ensure_jobs(office.services)
    office.wait_until("2026-11-18 12:00")
    assert [one.at for one in office.letters(address(SAM), CASES)] == [berlin("2026-11-17 16:30")]


def test_none_is_sent_where_there_is_nothing_to_say_unless_that_is_wished(open_office: OpenOffice) -> None:
    office = begun(open_office, ON)
    office.wait_until("2026-11-18 12:00")
    assert office.letters(kind=CASES) == office.letters(kind=TEAMS) == []
    office.restart([(ON[0], "[digests]\nalways = true")])
    office.wait_until("2026-11-19 12:00")
    assert "Nothing is late, and nothing is due by then." in text_of(office, SAM)
    assert "Nothing is late, and nothing is due today." in text_of(office, JO, TEAMS)
    assert office.letters(address(MARIA), TEAMS) == [], "who manages nobody is told of no teams"


# What


def test_it_is_sorted_by_time_left_and_says_what_ends_by_noon_of_the_next_working_day(open_office: OpenOffice) -> None:
    office = begun(open_office, ON, ('members = ["sam", "kim"]', 'members = ["sam"]'))
    for at, answered in (("10:00", True), ("15:00", False), ("10:30", False), ("16:59", True)):
        office.now = berlin(f"2026-11-19 {at}")
        office.receive(write(f"{office.now}@mail.example"))
        if answered:
            told = office.letters(address(SAM), "agent_notification")[-1]
            office.receive(answer(SAM, told, "It is on its way."))
    office.wait_until("2026-11-20 09:00")  # a Friday
    letter = office.letter(address(SAM), CASES)
    assert letter.subject == "Today: 1 due, 1 late, 0 waiting (Fri 20 Nov)"
    rows = [line.strip() for line in letter.plain.splitlines() if line.startswith("  ") or line.endswith("12:00")]
    assert rows == [
        "LATE by 18 h 30 min  ACME-1003 Where is my parcel?",
        "Answer due",
        "11:00  ACME-1002 Where is my parcel?",
        "Answer due",
        "By Mon 23 Nov, 12:00",
        "Mon 23 Nov, 10:00  ACME-1001 Where is my parcel?",
        "Solution due",
    ]
    assert "Due later 1" in letter.text


def test_what_waits_is_counted_and_a_snoozed_deadline_is_still_told(desk: Office) -> None:
    told = desk.letter(address(SAM), "agent_notification")
    desk.receive(answer(SAM, told, "#wait customer\n\nWhich parcel is it?"))
    desk.receive(write("two@mail.example"))
    desk.receive(write("three@mail.example"))
    assert desk.ticket("ACME-1003").assignee == "sam"
    desk.wait_until("2026-11-17 09:00")
    said = text_of(desk, SAM)
    assert "1 late, 1 waiting" in said and "Waiting 1" in said
    assert "ACME-1001" not in said and "ACME-1003 Where is my parcel?" in said


def test_the_deputy_reads_what_is_of_the_absent(desk: Office) -> None:
    told = desk.letter(address(SAM), "agent_notification")
    desk.receive(answer(SAM, told, "#absent today - 18 Nov deputy kim"))
    desk.wait_until("2026-11-17 09:00")
    assert desk.letters(address(SAM), CASES) == []
    assert "ACME-1001" in text_of(desk, KIM) and "instead of Sam Lee" in text_of(desk, KIM)


def test_a_manager_reads_what_is_late_unassigned_and_not_acknowledged_with_yesterdays_figures(desk: Office) -> None:
    desk.receive(write("two@mail.example"))
    desk.wait_until("2026-11-16 16:00")
    told = desk.letter(address(KIM), "agent_notification")
    desk.receive(answer(KIM, told, "#ack"))
    desk.wait_until("2026-11-17 09:00")
    said = text_of(desk, JO, TEAMS)
    assert desk.letter(address(JO), TEAMS).subject == "Your teams: 2 late, 0 due today, 2 open (Tue 17 Nov)"
    assert "Not acknowledged 1" in said and "Sam Lee, nobody has said #ack" in said
    assert "Kim Adler, nobody has said #ack" not in said
    assert (
        "Mon 16 Nov came in 2, solved 0, deadlines missed 2 Sun 15 Nov came in 0, solved 0, deadlines missed 0" in said
    )


def test_who_stands_in_for_a_manager_reads_of_their_teams(desk: Office) -> None:
    desk.receive(answer(JO, _alarm(desk), "#absent today - 20 Nov deputy maria"))
    desk.wait_until("2026-11-17 12:00")
    assert desk.letters(address(JO), TEAMS) == []
    assert "Instead of Jo Brandt" in text_of(desk, MARIA, TEAMS)


def _alarm(desk: Office) -> Posted:
    desk.wait_until("2026-11-16 15:00")
    return desk.letter(address(JO), "escalation")


def test_forty_rows_at_most_and_beyond_all_of_them_in_a_file(open_office: OpenOffice) -> None:
    office = begun(open_office, ON, ('members = ["sam", "kim"]', 'members = ["sam"]'))
    for number in range(41):
        office.receive(write(f"customer{number}@mail.example", subject="=1+2"))
    told = office.letter(address(SAM), "agent_notification")
    office.wait_until("2026-11-17 09:00")
    letter = office.letter(address(SAM), CASES)
    assert letter.text.count("ACME-") == 40 and "And 1 more, in the file that comes along." in letter.text
    header, *lines = letter.files["cases.csv"].decode("utf-8-sig").splitlines()
    assert header.startswith("reference,when,") and len(lines) == 41
    assert all(line.endswith("'=1+2") for line in lines), "no spreadsheet computes what a customer wrote"
    office.receive(answer(SAM, told, "#spam"))
    office.wait_until("2026-11-18 09:00")
    letter = office.letter(address(SAM), CASES)
    assert letter.text.count("ACME-") == 40 and letter.files == {} and "more" not in letter.text


# The end of it


def unsubscribe(letter: Posted, sender: str) -> EmailMessage:
    """The mail that a mail program makes of the header field."""
    uri = str(letter.mail["List-Unsubscribe"]).strip("<>")
    to, _, subject = uri.removeprefix("mailto:").partition("?subject=")
    assert to == SUPPORT
    return write(sender, "This message was automatically generated by Gmail.", unquote(subject))


@pytest.mark.parametrize("auth", ["pass", "none"])
def test_an_unsubscribe_mail_ends_that_digest_of_that_person_who_is_told(desk: Office, auth: str) -> None:
    desk.wait_until("2026-11-17 10:00")
    desk.receive(unsubscribe(desk.letter(address(SAM), CASES), SAM), auth=auth)
    assert desk.tickets() == ["ACME-1001"], "it opens no case"
    assert "Done: 1 of 1." in desk.letter(address(SAM), "transcript").text
    desk.receive(unsubscribe(desk.letter(address(JO), TEAMS), JO), auth=auth)
    before = len(desk.letters(kind=CASES)), len(desk.letters(kind=TEAMS))
    desk.wait(2 * DAY)
    assert (len(desk.letters(kind=CASES)), len(desk.letters(kind=TEAMS))) == before
    desk.receive(write(SAM, "x", "Re: digest cases off"))
    desk.receive(write(SAM, "", "digest cases on"))
    desk.wait(2 * DAY)
    assert len(desk.letters(address(SAM), CASES)) > 1


@pytest.mark.parametrize(("sender", "auth"), [(SAM, "fail"), (KIM, "pass"), ("eve@mail.example", "pass")])
def test_nobody_else_can_end_it(desk: Office, sender: str, auth: str) -> None:
    desk.receive(write(sender, "", "digest cases off"), auth=auth)
    desk.wait_until("2026-11-17 10:00")
    assert len(desk.letters(address(SAM), CASES)) == 1
